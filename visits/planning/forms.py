"""The shape of what people enter about plans."""

from __future__ import annotations

import datetime

from django import forms
from django.utils.translation import gettext_lazy

from crm.clock import today
from customers.profile.forms import DayInput, PersonField
from visits.plan.visiting import visitors_open_to, visits_anybody
from visits.plan.workdays import next_working_day
from visits.planning.actions import LEAST_SECONDS, MOST_SECONDS, USUAL_SECONDS

FOUR_WEEKS = datetime.timedelta(days=27)


class DraftForm(forms.Form):
    visitor = PersonField(label=gettext_lazy("Who goes"), queryset=None)
    first = forms.DateField(label=gettext_lazy("First day"), widget=DayInput())
    last = forms.DateField(label=gettext_lazy("Last day"), widget=DayInput())
    seconds = forms.IntegerField(
        label=gettext_lazy("Seconds to search"),
        min_value=LEAST_SECONDS,
        max_value=MOST_SECONDS,
        initial=USUAL_SECONDS,
        help_text=gettext_lazy("More seconds find shorter ways, above all for a quarter."),
    )

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["visitor"].queryset = visitors_open_to(by)
        start = next_working_day(today())
        self.fields["first"].initial, self.fields["last"].initial = start, start + FOUR_WEEKS
        if visits_anybody(by):
            self.fields["visitor"].initial = by
