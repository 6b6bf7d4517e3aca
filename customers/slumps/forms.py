"""The shape of what people enter about slumps."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from customers.profile.forms import DayInput
from customers.slumps import reading
from customers.slumps.models import LONGEST, BrandDay, Sensitivity, SlumpAlert, SlumpCause


class CauseField(forms.ModelChoiceField):
    """The tree as groups. One statement."""

    def __init__(self, **kwargs):
        super().__init__(queryset=SlumpCause.objects.none(), **kwargs)

    def offer(self, kept: SlumpCause | None) -> None:
        tree = reading.causes()
        choices = [(branch, [(one.pk, str(one)) for one in rows]) for branch, rows in tree]
        if kept is not None and not kept.active:
            choices.insert(0, (kept.pk, str(kept)))
        self.queryset = reading.all_causes()
        self.widget.choices = [("", "–"), *choices]


class DiagnosisForm(forms.Form):
    cause = CauseField(label=gettext_lazy("Cause"))
    note = forms.CharField(
        label=gettext_lazy("What you heard"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("In the customer's own words."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, alert: SlumpAlert, **kwargs):
        kwargs["initial"] = {"cause": alert.cause_id, "note": alert.note, "version": alert.version}
        super().__init__(*args, **kwargs)
        self.fields["cause"].offer(alert.cause)


class DismissForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=LONGEST, widget=forms.Textarea({"rows": 2}))
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class SettingForm(forms.Form):
    sensitivity = forms.ChoiceField(
        label=gettext_lazy("Sensitivity"),
        choices=Sensitivity.choices,
        help_text=gettext_lazy("Keen finds smaller drops and calls more often for nothing; calm the other way round."),
    )
    silent_after = forms.IntegerField(
        label=gettext_lazy("Selling days without a report until we say so"), min_value=1, max_value=30
    )


class DayForm(forms.Form):
    day = forms.DateField(label=gettext_lazy("Date"), widget=DayInput())
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=BrandDay.Kind.choices)
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)
