"""Somebody's own drives, from where and when they checked in: what travel times are learned from."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import pairwise

from django.utils import timezone

from crm.accounts.models import User
from crm.clock import now
from crm.geo import distance_m
from visits.planning.learning import Drive
from visits.report.models import VisitReport

SINCE = datetime.timedelta(days=180)
MOST = 400
NEAR_M = 1000
"""Who checked in further away was not at the shop yet, or not any more."""


def drives(person: User, lunch_at: datetime.time | None) -> list[Drive]:
    """From one shop to the next of the same day, of half a year. One over the beginning of lunch is left out.

    For planning that person's days: nobody reads from it where they were. One statement.
    """
    rows = VisitReport.objects.filter(
        by=person, checked_in_at__gte=now() - SINCE, distance_m__lte=NEAR_M, visit__customer__wgs_latitude__isnull=False
    ).order_by("-checked_in_at")
    place = ("visit__customer__wgs_latitude", "visit__customer__wgs_longitude")
    return list(_between(list(rows.values_list("checked_in_at", "minutes", *place)[:MOST])[::-1], lunch_at))


def _between(rows: list[tuple], lunch_at: datetime.time | None) -> Iterator[Drive]:
    for (at, minutes, *here), (then, _minutes, *there) in pairwise(rows):
        left, came = timezone.localtime(at) + datetime.timedelta(minutes=minutes), timezone.localtime(then)
        if left.date() != came.date() or came <= left:
            continue
        if lunch_at is not None and left.time() <= lunch_at < came.time():
            continue
        yield Drive(distance_m(*here, *there) / 1000, (came - left).total_seconds() / 60)
