"""The shape of a lesson, and of what the quarter and the library are asked by."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from promotions.learning.models import LONGEST


class LessonForm(forms.Form):
    text = forms.CharField(
        label=_("What we learned"),
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 5}),
        help_text=_("What worked, at which shops; and what we would do otherwise."),
    )
