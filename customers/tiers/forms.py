"""The shape of what people enter about tiers; shares and growth are typed as percent."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import today
from customers.tiers.models import TierPolicy


class RunForm(forms.Form):
    as_of = forms.DateField(
        label=gettext_lazy("As of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy("Empty: today. A past day is computed anew and leaves today's tiers alone."),
    )

    def clean_as_of(self):
        day = self.cleaned_data["as_of"]
        if day and day > today():
            raise ValidationError(_("This day has not come yet."))
        return day


def _percent(label, **kwargs) -> forms.DecimalField:
    return forms.DecimalField(label=label, max_digits=5, decimal_places=2, min_value=0, **kwargs)


class PolicyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    top_share = _percent(gettext_lazy("A: the largest franchisees, percent"), max_value=100)
    growth = _percent(gettext_lazy("B: growth in each of two years, percent"))
    cooperation_high = forms.IntegerField(label=gettext_lazy("Cooperation is high from"), min_value=0, max_value=100)
    loyalty_high = forms.IntegerField(label=gettext_lazy("Loyalty is high from"), min_value=0, max_value=100)
    min_observations = forms.IntegerField(
        label=gettext_lazy("Observations needed for a score"), min_value=0, max_value=1000
    )
    note = forms.CharField(label=gettext_lazy("Why this version?"), max_length=300, required=False)

    def __init__(self, *args, policy: TierPolicy, **kwargs):
        initial = {
            "name": policy.title,
            "top_share": _as_percent(policy.top_share),
            "growth": _as_percent(policy.growth),
            "cooperation_high": policy.cooperation_high,
            "loyalty_high": policy.loyalty_high,
            "min_observations": policy.min_observations,
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.policy = policy

    def values(self) -> dict:
        """As the action takes them: fractions, not percent."""
        data = dict(self.cleaned_data)
        if data["name"] == self.policy.title:
            data["name"] = self.policy.name  # as it is kept, not as this reader's language shows it
        return data | {"top_share": data["top_share"] / 100, "growth": data["growth"] / 100}


def _as_percent(share: Decimal) -> Decimal:
    return (share * 100).quantize(Decimal("0.01"))
