"""What people enter in the laboratory and about tiers set by hand."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import today
from customers.profile.forms import DayInput
from customers.tiers.forms import PolicyForm
from customers.tiers.labbing import VALUES
from customers.tiers.models import Tier, TierPolicy
from customers.tiers.overridden import LEAST_REASON, LONGEST_REASON
from customers.tiers.trials import TierTrial

USUAL_DAYS = 90


def policy_of(trial: TierTrial) -> TierPolicy:
    """A trial's draft as a policy that is not stored, for what reads policies."""
    draft = trial.draft
    return TierPolicy(
        code=trial.base.code,
        version=trial.base.version,
        name=trial.base.name,
        options=draft["options"],
        cooperation_high=int(draft["cooperation_high"]),
        loyalty_high=int(draft["loyalty_high"]),
        min_observations=int(draft["min_observations"]),
        top_share=Decimal(draft["top_share"]),
        growth=Decimal(draft["growth"]),
    )


class LabForm(PolicyForm):
    """A draft with the day it is tried on and what it is compared with."""

    against = forms.ModelChoiceField(
        label=gettext_lazy("Compared with"), queryset=TierPolicy.objects.none(), empty_label=None
    )
    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("Empty: today. On a past day the sales that came after show how well it chose."),
    )
    field_order = ["against", "as_of"]

    def __init__(self, *args, policy: TierPolicy, against: TierPolicy | None, by, as_of=None, **kwargs):
        super().__init__(*args, policy=policy, **kwargs)
        self.fields["against"].queryset = TierPolicy.objects.visible_to(by).order_by("code", "-version")
        del self.fields["name"], self.fields["note"]
        self.initial = {**self.initial, "against": against, "as_of": as_of}

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day and day > today():
            raise ValidationError(_("This day has not come yet."))
        return day

    def asked(self) -> dict:
        """As `trying.ask` takes it."""
        self.cleaned_data["name"] = self.policy.title
        values = self.values()
        draft = {name: str(values[name]) for name in VALUES} | {"options": values["options"]}
        return {"draft": draft, "against": values["against"], "as_of": values["as_of"]}


class KeepForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    note = forms.CharField(label=gettext_lazy("Why this version?"), max_length=300, required=False)


class AdoptForm(forms.Form):
    day = forms.DateField(
        label=gettext_lazy("In force from"),
        required=False,
        widget=DayInput(),
        help_text=gettext_lazy("Empty: at once. On a later day the night does it; what was decided before stays."),
    )
    reason = forms.CharField(label=gettext_lazy("Why?"), max_length=300, required=False)


class OverrideForm(forms.Form):
    tier = forms.ChoiceField(label=gettext_lazy("Tier by hand"), choices=Tier.choices)
    since = forms.DateField(label=gettext_lazy("From"), required=False, widget=DayInput())
    until = forms.DateField(
        label=gettext_lazy("Until"),
        widget=DayInput(),
        help_text=gettext_lazy("The last day, a year ahead at most. Then the rule decides again."),
    )
    reason = forms.CharField(
        label=gettext_lazy("Why?"),
        min_length=LEAST_REASON,
        max_length=LONGEST_REASON,
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("What the figures do not show. Whoever approves it reads this, and so does the log."),
    )

    def __init__(self, *args, **kwargs):
        day = today()
        super().__init__(*args, **kwargs)
        self.initial = {"since": day, "until": day + datetime.timedelta(days=USUAL_DAYS), **self.initial}


class SaidForm(forms.Form):
    """A word about an override, and the version that the person saw."""

    note = forms.CharField(label=gettext_lazy("What do you say?"), max_length=LONGEST_REASON, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)
