"""When schools are closed, region by region: written by administrators, read day by day by the nightly run."""

from __future__ import annotations

import datetime

import numpy as np
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import Region, User
from crm.audit.actions import record
from crm.refusing import refusal_of
from customers.relationship.slumps import day_number
from customers.slumps.models import SchoolHoliday
from customers.slumps.watching import learn_anew

LONGEST_DAYS = 120


class SchoolCalendar:
    """Which shops lie where schools are closed. Two statements when made.

    region_ids: the region of each shop, a row a shop.
    """

    def __init__(self, region_ids: np.ndarray):
        self._none = np.zeros(len(region_ids), bool)
        self._spans: list[tuple[int, int, np.ndarray]] = []
        holidays = list(SchoolHoliday.objects.values_list("first_day", "last_day", "region__path"))
        if holidays:
            paths = dict(Region.objects.values_list("pk", "path"))
            known, where = np.unique(region_ids, return_inverse=True)
            for first, last, path in holidays:
                inside = np.array([path is None or paths[one].startswith(path) for one in known.tolist()], bool)
                self._spans.append((day_number(first), day_number(last), inside[where.reshape(-1)]))

    def of(self, number: int) -> np.ndarray:
        """A row a shop: whether schools are closed around it on this day."""
        found = [shops for first, last, shops in self._spans if first <= number <= last]
        return np.logical_or.reduce(found) if found else self._none


@transaction.atomic
def write_school_holiday(
    *, first_day: datetime.date, last_day: datetime.date, by: User | None, region: Region | None = None, name: str = ""
) -> SchoolHoliday:
    """One more. If any of its days was learned already, everything is worked out anew."""
    if last_day < first_day:
        raise refusal_of("last_day", _("It ends before it begins."), "invalid")
    if (last_day - first_day).days >= LONGEST_DAYS:
        raise refusal_of("last_day", _("%(most)d days at most.") % {"most": LONGEST_DAYS}, "long")
    name = " ".join(name.replace("\0", "").split())
    if len(name) > 80:
        raise refusal_of("name", _("%(most)d characters at most.") % {"most": 80}, "long")
    if SchoolHoliday.objects.filter(first_day=first_day, last_day=last_day, region=region).exists():
        raise refusal_of("first_day", _("This is there already."), "there")
    held = SchoolHoliday.objects.create(first_day=first_day, last_day=last_day, region=region, name=name)
    record(action="school_holiday.write", target=held, changes=_told(held, new=True), actor=by)
    learn_anew(first_day, by)
    return held


@transaction.atomic
def remove_school_holiday(*, holiday: SchoolHoliday, by: User | None) -> None:
    record(action="school_holiday.remove", target=holiday, changes=_told(holiday, new=False), actor=by)
    first = holiday.first_day
    holiday.delete()
    learn_anew(first, by)


def _told(one: SchoolHoliday, *, new: bool) -> dict[str, list]:
    told = {"first_day": one.first_day, "last_day": one.last_day, "name": one.name}
    told["region"] = str(one.region) if one.region_id else ""
    return {key: [None, value] if new else [value, None] for key, value in told.items() if value}
