"""What each day is: China's statutory calendar, and what the brand's own says otherwise."""

from __future__ import annotations

import datetime
from dataclasses import replace

from customers.relationship.branddays import BrandDay
from customers.relationship.slumprule import Calendar
from customers.relationship.slumps import day_of, statutory

_MEANS = {
    BrandDay.Kind.HOLIDAY.value: {"holiday": True, "makeup": False},
    BrandDay.Kind.MAKEUP.value: {"holiday": False, "makeup": True},
    BrandDay.Kind.CLOSED.value: {"closed": True},
    BrandDay.Kind.PLAIN.value: {"holiday": False, "makeup": False},
}


class BrandCalendar:
    """One statement when made."""

    def __init__(self):
        self.own: dict[datetime.date, str] = dict(BrandDay.objects.values_list("day", "kind"))

    def of(self, number: int) -> Calendar:
        day = day_of(number)
        found = statutory(day)
        return replace(found, **_MEANS[self.own[day]]) if day in self.own else found
