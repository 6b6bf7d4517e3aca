"""The shape of a promise to pay entered by hand; any other one is entered in the promise book."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.clock import today
from crm.money import LIMIT, from_minor
from customers.profile.forms import DayInput


class PromiseForm(forms.Form):
    amount = forms.DecimalField(
        label=_("Amount to pay"),
        min_value=0,
        max_value=from_minor(LIMIT),
        decimal_places=2,
        help_text=_("The money that comes until then decides whether it was kept."),
    )
    what = forms.CharField(label=_("Note"), max_length=300, required=False)
    due_on = forms.DateField(label=_("Until"), widget=DayInput())
    made_on = forms.DateField(label=_("Promised on"), widget=DayInput(), initial=today)
