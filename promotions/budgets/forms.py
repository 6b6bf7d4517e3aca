"""The shape of what people enter about budgets."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.accounts.models import Region
from crm.clock import today
from customers.profile.forms import RegionField
from customers.support.entitling import next_quarter, quarter_of
from customers.support.words import quarter
from customers.tiers.models import Tier
from promotions.budgets.models import SHORT, Basis

AROUND = range(-4, 5)
"""Quarters that can be chosen, from this one."""


class BudgetForm(forms.Form):
    region = RegionField(label=_("Region"), queryset=None)
    tier = forms.ChoiceField(
        label=pgettext_lazy("budget", "For"), choices=[("", _("all customers")), *Tier.choices], required=False
    )
    quarter = forms.TypedChoiceField(label=_("Quarter"))
    basis = forms.ChoiceField(label=_("What it goes by"), choices=Basis.choices, widget=forms.RadioSelect)
    amount = forms.DecimalField(
        label=_("Sum"), max_digits=12, decimal_places=2, required=False, help_text=_("For a fixed sum.")
    )
    rate = forms.DecimalField(
        label=_("Percent of net sales"),
        max_digits=5,
        decimal_places=2,
        required=False,
        help_text=_("For one that goes by sales."),
    )
    note = forms.CharField(label=_("Note"), max_length=SHORT, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["region"].queryset = Region.objects.visible_to(user)
        first = quarter_of(today())
        days = [next_quarter(first, n) for n in AROUND]
        self.fields["quarter"].choices = [(day.isoformat(), quarter(day)) for day in days]
        self.fields["quarter"].coerce = type(first).fromisoformat


class AskForm(forms.Form):
    why = forms.CharField(label=_("Why it is worth it"), max_length=SHORT, widget=forms.Textarea({"rows": 3}))


class DecideForm(forms.Form):
    answer = forms.CharField(
        label=_("Answer"),
        max_length=SHORT,
        required=False,
        widget=forms.Textarea({"rows": 2}),
        help_text=_("Needed where you refuse."),
    )
