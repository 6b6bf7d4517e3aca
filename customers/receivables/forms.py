"""The shape of a promise entered by hand."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.clock import today
from crm.money import LIMIT, from_minor
from customers.profile.forms import DayInput
from customers.receivables.models import Side


class PromiseForm(forms.Form):
    made_by = forms.ChoiceField(label=_("Promised by"), choices=Side.choices, initial=Side.THEM)
    amount = forms.DecimalField(
        label=_("Amount to pay"),
        min_value=0,
        max_value=from_minor(LIMIT),
        decimal_places=2,
        required=False,
        help_text=_("Only for a promise to pay: then the money that comes decides whether it was kept."),
    )
    what = forms.CharField(label=_("What was promised"), max_length=300, required=False)
    due_on = forms.DateField(label=_("Until"), widget=DayInput())
    made_on = forms.DateField(label=_("Promised on"), widget=DayInput(), initial=today)
