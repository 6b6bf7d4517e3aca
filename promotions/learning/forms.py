"""The shape of a lesson, and of what the quarter and the library are asked by."""

from __future__ import annotations

import datetime

from django import forms
from django.utils.translation import gettext_lazy as _

from crm.clock import FIRST_YEAR, LAST_YEAR
from customers.support.entitling import quarter_of
from promotions.learning.models import LONGEST


class LessonForm(forms.Form):
    text = forms.CharField(
        label=_("What we learned"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("What worked, at which shops; and what we would do otherwise."),
    )


def quarter_from(text: str, day: datetime.date) -> datetime.date:
    """The quarter of a day that is written as 2026-10-01; else that of `day`."""
    try:
        found = datetime.date.fromisoformat(text)
    except ValueError:
        found = day
    return quarter_of(found if FIRST_YEAR <= found.year <= LAST_YEAR else day)
