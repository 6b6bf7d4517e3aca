"""The shape of what people enter about rhythms, what counts, and the days they have."""

from __future__ import annotations

import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.clock import is_meant, today
from customers.contacts.models import Channel, Direction
from customers.profile.forms import DayInput, PersonField
from customers.tiers.models import Tier
from visits.plan import capacity
from visits.plan.busy import LONGEST_NOTE, may_keep
from visits.plan.models import LEAST_MINUTES, MOST_MINUTES, Purpose
from visits.plan.rhythm_models import DAY_BETWEEN, LONGEST_DAYS, LONGEST_REASON, BusyDay, Source


def _days(label, **kwargs) -> forms.IntegerField:
    return forms.IntegerField(label=label, min_value=1, max_value=LONGEST_DAYS, **kwargs)


class _UntilForm(forms.Form):
    """The action speaks of `until`, the first day after; people of the last day."""

    def clean_last_day(self):
        day = self.cleaned_data["last_day"]
        if day and not is_meant(day):
            raise ValidationError(gettext("There is no such day."))
        return day

    def values(self) -> dict:
        found = dict(self.cleaned_data)
        last = found.pop("last_day")
        found["until"] = last + datetime.timedelta(days=1) if last else None
        return found

    def add_error(self, field, error):
        if field is None and hasattr(error, "error_dict") and "until" in error.error_dict:
            field, error = "last_day", error.error_dict["until"]
        super().add_error(field, error)


class CadenceForm(_UntilForm):
    days = _days(_("Days between visits"))
    least_days = _days(_("At least"), required=False, help_text=_("Empty: as far from it as usual."))
    most_days = _days(_("At most"), required=False)
    by_call = forms.BooleanField(
        label=_("Calls are enough"),
        required=False,
        help_text=_("Calls and messages of ours start the clock again; no visits are planned for in the year."),
    )
    since = forms.DateField(label=_("From"), widget=DayInput(), initial=today)
    last_day = forms.DateField(label=_("Last day"), widget=DayInput(), required=False, help_text=_("Empty: for good."))
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 2}))


class CallsForm(_UntilForm):
    """For customers that are called instead of visited; which ones stands beside it."""

    days = _days(_("Days between calls"), initial=30)
    last_day = forms.DateField(label=_("Last day"), widget=DayInput(), required=False, help_text=_("Empty: for good."))
    reason = forms.CharField(label=_("Reason"), max_length=LONGEST_REASON, widget=forms.Textarea({"rows": 2}))


class RuleForm(forms.Form):
    source = forms.ChoiceField(label=_("What"), choices=Source.choices)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("Any")),
            (_("Purpose of a visit"), Purpose.choices),
            (_("Channel of a contact"), Channel.choices),
        ],
    )
    direction = forms.ChoiceField(
        label=_("Who reached whom"), required=False, choices=[("", _("Any")), *Direction.choices]
    )
    tier = forms.ChoiceField(label=_("Tier"), required=False, choices=[("", _("Any")), *Tier.choices])
    only_met = forms.BooleanField(label=_("Only if a goal was reached"), required=False)
    is_active = forms.BooleanField(label=_("It counts"), required=False, initial=True)


class WindowForm(forms.Form):
    least_percent = forms.IntegerField(
        label=_("At the earliest after, in percent"),
        min_value=1,
        max_value=100,
        help_text=_("Of the days between visits."),
    )
    most_percent = forms.IntegerField(label=_("At the latest after, in percent"), min_value=100, max_value=300)


class BusyForm(forms.Form):
    person = PersonField(label=_("Who"), queryset=None)
    kind = forms.ChoiceField(label=_("What"), choices=BusyDay.Kind.choices)
    first = forms.DateField(label=_("First day"), widget=DayInput())
    last = forms.DateField(label=_("Last day"), widget=DayInput())
    part = forms.ChoiceField(label=_("Part of the day"), choices=BusyDay.Part.choices)
    note = forms.CharField(label=_("Note"), max_length=LONGEST_NOTE, required=False)

    def __init__(self, *args, by, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["person"].queryset = may_keep(by)


class PaceForm(forms.Form):
    there = forms.IntegerField(
        label=_("Minutes at a shop"),
        min_value=LEAST_MINUTES,
        max_value=MOST_MINUTES,
        initial=capacity.THERE_MINUTES,
    )
    travel = forms.IntegerField(
        label=_("Minutes on the way, on average"), min_value=0, max_value=MOST_MINUTES, initial=capacity.TRAVEL_MINUTES
    )
    day = forms.IntegerField(
        label=_("Minutes of a day for both"),
        min_value=DAY_BETWEEN[0],
        max_value=DAY_BETWEEN[1],
        initial=capacity.DAY_MINUTES,
    )
