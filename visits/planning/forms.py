"""The shape of what people enter about plans."""

from __future__ import annotations

import datetime

from django import forms
from django.utils.translation import gettext_lazy

from crm.clock import today
from crm.workdays import next_working_day
from customers.profile.forms import DayInput, PersonField
from visits.plan.forms import TimeInput
from visits.plan.visiting import visitors_open_to, visits_anybody
from visits.planning.actions import LEAST_SECONDS, MOST_SECONDS, USUAL_SECONDS
from visits.planning.models import WorkingDay
from visits.planning.trip_models import LONGEST_PLACE
from visits.planning.workdays import FIELDS

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


class TripForm(forms.Form):
    first = forms.DateField(label=gettext_lazy("Set out on"), widget=DayInput())
    last = forms.DateField(label=gettext_lazy("Back home on"), widget=DayInput())
    place = forms.CharField(label=gettext_lazy("Where you sleep"), max_length=LONGEST_PLACE)
    latitude = forms.FloatField(label=gettext_lazy("Latitude"), help_text=gettext_lazy("Of that place (WGS-84)."))
    longitude = forms.FloatField(label=gettext_lazy("Longitude"))


class WorkingDayForm(forms.Form):
    starts_at = forms.TimeField(label=gettext_lazy("Day begins"), widget=TimeInput())
    ends_at = forms.TimeField(label=gettext_lazy("Day ends"), widget=TimeInput())
    lunch_at = forms.TimeField(
        label=gettext_lazy("Lunch"),
        widget=TimeInput(),
        required=False,
        help_text=gettext_lazy("No visit runs into it. Empty: no lunch is kept free."),
    )
    lunch_minutes = forms.IntegerField(label=gettext_lazy("Minutes of lunch"), min_value=0, max_value=240)
    latitude = forms.FloatField(
        label=gettext_lazy("Latitude"),
        required=False,
        help_text=gettext_lazy("Where the day starts and ends (WGS-84). Empty: in the middle of the customers."),
    )
    longitude = forms.FloatField(label=gettext_lazy("Longitude"), required=False)
    detour = forms.FloatField(
        label=gettext_lazy("Roads longer than the line through the air"),
        min_value=1,
        max_value=5,
        help_text=gettext_lazy("1.3 is usual, 2 in mountains."),
    )
    kmh = forms.FloatField(label=gettext_lazy("Kilometres in an hour"), min_value=1, max_value=200)

    def __init__(self, *args, held: WorkingDay, **kwargs):
        kwargs["initial"] = {name: getattr(held, name) for name in FIELDS}
        super().__init__(*args, **kwargs)
