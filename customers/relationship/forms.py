"""The shape of an observation entered by hand."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.clock import today
from customers.profile.forms import DayInput
from customers.relationship.models import Trait


class ObservationForm(forms.Form):
    trait = forms.ChoiceField(label=_("What was seen"), choices=Trait.choices)
    score = forms.IntegerField(
        label=_("Score"), min_value=0, max_value=100, help_text=_("From 0 (poor) to 100 (excellent).")
    )
    seen_on = forms.DateField(label=_("Seen on"), widget=DayInput(), initial=today)
    note = forms.CharField(label=_("What happened"), max_length=300, widget=forms.Textarea({"rows": 3}))
