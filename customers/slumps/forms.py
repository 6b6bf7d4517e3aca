"""The shape of what people enter about slumps."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from crm.accounts.models import Region, User
from customers.profile.forms import DayInput, RegionField
from customers.relationship.branddays import BrandDay
from customers.slumps import reading
from customers.slumps.models import LONGEST, Sensitivity, SlumpAlert, SlumpCause


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


class SchoolForm(forms.Form):
    first_day = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    last_day = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())
    region = RegionField(
        label=gettext_lazy("Region"), queryset=Region.objects.none(), required=False, empty_label=gettext_lazy("All")
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80, required=False)

    def __init__(self, *args, by: User, **kwargs):
        super().__init__(*args, auto_id="school-%s", **kwargs)
        self.fields["region"].queryset = Region.objects.visible_to(by)


class CauseForm(forms.Form):
    """cause: the one to change, None for a new one, which also has a code that stays."""

    code = forms.SlugField(
        label=gettext_lazy("Code"), max_length=30, help_text=gettext_lazy("For the API; it stays as it is.")
    )
    parent = forms.ModelChoiceField(
        label=gettext_lazy("Belongs to"),
        queryset=SlumpCause.objects.none(),
        required=False,
        empty_label=gettext_lazy("nothing: it is of the first floor"),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    name_zh_hans = forms.CharField(label=gettext_lazy("Name, simplified Chinese"), max_length=60, required=False)
    name_zh_hant = forms.CharField(label=gettext_lazy("Name, traditional Chinese"), max_length=60, required=False)
    position = forms.IntegerField(label=gettext_lazy("Position"), min_value=0, max_value=30_000, initial=100)
    active = forms.BooleanField(label=gettext_lazy("Offered"), required=False, initial=True)

    def __init__(self, *args, cause: SlumpCause | None, by: User, **kwargs):
        if cause is not None:
            kept = ("parent_id", "name", "name_zh_hans", "name_zh_hant", "position", "active")
            kwargs["initial"] = {name.removesuffix("_id"): getattr(cause, name) for name in kept}
        super().__init__(*args, **kwargs)
        if cause is not None:
            del self.fields["code"]
        first = SlumpCause.objects.visible_to(by).filter(parent=None)
        self.fields["parent"].queryset = first.exclude(pk=cause.pk if cause else None)
