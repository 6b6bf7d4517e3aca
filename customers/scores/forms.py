"""The manager's own judgement, or an event that somebody saw."""

from __future__ import annotations

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from crm.clock import today
from customers.profile.forms import DayInput
from customers.relationship.models import KINDS_OF, Kind, Trait


class JudgementForm(forms.Form):
    trait = forms.ChoiceField(label=_("Of what"), choices=Trait.choices)
    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            (Kind.OPINION.value, Kind.OPINION.label),
            *((one.value, one.label) for one in Kind if one is not Kind.OPINION),
        ],
        help_text=_("A judgement counts as one event, whatever it says."),
    )
    score = forms.IntegerField(
        label=_("Score"),
        min_value=0,
        max_value=100,
        help_text=_("From 0 (poor, not kept) to 100 (excellent, kept in full); of a share of purchases the percent."),
    )
    seen_on = forms.DateField(label=_("Seen on"), widget=DayInput(), initial=today)
    note = forms.CharField(label=_("What happened"), max_length=300, widget=forms.Textarea({"rows": 3}))

    def clean(self):
        found = super().clean()
        trait, kind = found.get("trait"), found.get("kind")
        if trait and kind and kind not in KINDS_OF[Trait(trait)]:
            raise ValidationError({"kind": _("This kind of evidence says nothing of that trait.")}, code="kind")
        return found
