"""Somebody's own drives, from where and when they checked in: what travel times are learned from."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from django.db.models import Q
from django.utils import timezone

from crm.accounts.models import User
from crm.clock import now
from crm.geo import distance_m
from visits.plan.models import PlannedVisit, State
from visits.planning.learning import Drive
from visits.report.models import VisitReport

SINCE = datetime.timedelta(days=180)
MOST = 2000
NEAR_M = 1000
"""Who checked in further away was not at the shop yet, or not any more."""
NOON = datetime.time(12)
"""Where a report says nothing of when, its contact stands there: that is no time to go by."""


@dataclass(frozen=True, slots=True)
class _Stop:
    """One visit that was made. at: None where nobody knows when. place: None where they were not seen at it."""

    at: datetime.datetime | None
    minutes: int = 0
    place: tuple[float, float] | None = None


def drives(person: User, lunch_at: datetime.time | None) -> list[Drive]:
    """From one shop to the next of the same day, of half a year. Left out are those over the beginning of lunch, and
    those on whose way another visit was made, or may have been: it was two drives then.

    For planning that person's days: nobody reads from it where they were. Two statements.
    """
    found: list[Drive] = []
    for day, stops in sorted(_days(person).items()):
        timed = [(one.at, one) for one in stops if one.at is not None]
        if len(timed) == len(stops):
            found += _between(day, sorted(timed, key=lambda pair: pair[0]), lunch_at)
    return found


def _days(person: User) -> dict[datetime.date, list[_Stop]]:
    """All visits they made, whether they checked in there or not."""
    since = now() - SINCE
    days: dict[datetime.date, list[_Stop]] = defaultdict(list)
    rows = VisitReport.objects.filter(by=person).order_by("-visit__day", "-pk")
    rows = rows.filter(Q(checked_in_at__gte=since) | Q(checked_in_at=None, visit__day__gte=since.date()))
    place = ("visit__customer__wgs_latitude", "visit__customer__wgs_longitude")
    names = ("checked_in_at", "distance_m", "minutes", "visit__day", "visit__starts_at", "contact__happened_at")
    for at, away, minutes, day, planned, begun, *where in rows.values_list(*names, *place)[:MOST]:
        if at is not None:
            there = away is not None and away <= NEAR_M and where[0] is not None
            moment = timezone.localtime(at)
            days[moment.date()].append(_Stop(moment, minutes, (where[0], where[1]) if there else None))
        else:
            said = timezone.localtime(begun)
            days[day].append(_Stop(said if planned is not None or said.time() != NOON else None))
    made = PlannedVisit.objects.filter(visitor=person, state=State.DONE, day__gte=since.date())
    for day, planned in made.exclude(report__by=person).order_by().values_list("day", "starts_at"):
        days[day].append(_Stop(timezone.make_aware(datetime.datetime.combine(day, planned)) if planned else None))
    return days


def _between(
    day: datetime.date, stops: list[tuple[datetime.datetime, _Stop]], lunch_at: datetime.time | None
) -> Iterator[Drive]:
    for (at, one), (came, other) in pairwise(stops):
        if one.place is None or other.place is None:
            continue
        left = at + datetime.timedelta(minutes=one.minutes)
        if left.date() != day or came <= left:
            continue
        if lunch_at is not None and left.time() <= lunch_at < came.time():
            continue
        yield Drive(distance_m(*one.place, *other.place) / 1000, (came - left).total_seconds() / 60)
