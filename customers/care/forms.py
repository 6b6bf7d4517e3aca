"""The shape of what people enter about notes, absences, special customers, handovers and tags."""

from __future__ import annotations

import datetime

from django import forms
from django.utils.translation import gettext_lazy

from crm.clock import today
from customers.care.models import LONGEST, Mood
from customers.care.standing_in import may_be_away, may_stand_in
from customers.profile.actions import people_open_to
from customers.profile.forms import DayInput, PersonField
from customers.profile.tags import LONGEST as LONGEST_TAG

REVIEW_DAYS = 90


class NoteForm(forms.Form):
    text = forms.CharField(
        label=gettext_lazy("Note"), max_length=LONGEST, strip=True, widget=forms.Textarea({"rows": 3})
    )
    mood = forms.TypedChoiceField(
        label=gettext_lazy("How the customer felt"),
        choices=Mood.choices,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    is_private = forms.BooleanField(
        label=gettext_lazy("Only for me"),
        required=False,
        help_text=gettext_lazy("Nobody else ever sees it, no head and no administrator; it is not handed over."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class StandInForm(forms.Form):
    absent = PersonField(label=gettext_lazy("Who is away"), queryset=None)
    stand_in = PersonField(
        label=gettext_lazy("Who stands in"),
        queryset=None,
        help_text=gettext_lazy("They see and change what the other is in charge of by name, for these days."),
    )
    since = forms.DateField(label=gettext_lazy("From"), widget=DayInput(), initial=today)
    last_day = forms.DateField(label=gettext_lazy("Last day away"), widget=DayInput())
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=200)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["absent"].queryset = may_be_away(by)
        self.fields["stand_in"].queryset = may_stand_in(by)
        self.fields["absent"].initial = by.pk

    def values(self) -> dict:
        """What the action takes."""
        found = dict(self.cleaned_data)
        found["until"] = found.pop("last_day") + datetime.timedelta(days=1)
        return found

    def add_error(self, field, error):
        # The action speaks of `until`, the first day after; the form of the last day away.
        if field is None and hasattr(error, "error_dict") and "until" in error.error_dict:
            field, error = "last_day", error.error_dict["until"]
        super().add_error(field, error)


class SpecialForm(forms.Form):
    user = PersonField(
        label=gettext_lazy("Dedicated person"),
        queryset=None,
        help_text=gettext_lazy("They see this customer as if they were in charge of it."),
    )
    reason = forms.CharField(label=gettext_lazy("Why it is special"), max_length=300)
    review_on = forms.DateField(label=gettext_lazy("Look at it again on"), widget=DayInput())
    exit_rule = forms.CharField(
        label=gettext_lazy("When it ends"),
        max_length=300,
        help_text=gettext_lazy("What must have happened so that it needs nobody of its own any more."),
    )
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people_open_to(by)
        self.fields["review_on"].initial = today() + datetime.timedelta(days=REVIEW_DAYS)


class EndForm(forms.Form):
    outcome = forms.CharField(label=gettext_lazy("What came of it"), max_length=300)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


class HandoverForm(forms.Form):
    user = PersonField(label=gettext_lazy("New manager"), queryset=None)
    since = forms.DateField(label=gettext_lazy("From"), widget=DayInput(), initial=today)
    word = forms.CharField(
        label=gettext_lazy("A word to the new manager"),
        max_length=500,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["user"].queryset = people_open_to(by)


class TagForm(forms.Form):
    tag = forms.CharField(
        label=gettext_lazy("Tag"),
        max_length=LONGEST_TAG,
        widget=forms.TextInput({"list": "tags", "autocomplete": "off"}),
        help_text=gettext_lazy("A word or two; one that is new is made."),
    )
