"""The shape of what dealers enter about a visit."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from customers.profile.forms import DayInput
from visits.agenda.models import LONGEST_POINT, LONGEST_WORD
from visits.plan.forms import TimeInput


class PointForm(forms.Form):
    text = forms.CharField(label=gettext_lazy("What would you like to speak of?"), max_length=LONGEST_POINT)


class AnswerForm(forms.Form):
    """says: the button that was pressed. day, starts_at: the time that was shown."""

    says = forms.ChoiceField(choices=(("yes", "yes"), ("no", "no")))
    day = forms.DateField(widget=forms.HiddenInput)
    starts_at = forms.TimeField(widget=forms.HiddenInput, required=False)
    proposed_on = forms.DateField(label=gettext_lazy("Another day"), widget=DayInput(), required=False)
    proposed_at = forms.TimeField(label=gettext_lazy("Time"), widget=TimeInput(), required=False)
    text = forms.CharField(label=gettext_lazy("In your words"), max_length=LONGEST_WORD, required=False)

    def values(self) -> dict:
        """What `answer_time` takes."""
        given = {name: value for name, value in self.cleaned_data.items() if name != "says"}
        return {**given, "yes": self.cleaned_data["says"] == "yes"}
