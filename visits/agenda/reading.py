"""Visits agreed with a customer as the dealers see them, and what they said as we see it."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet

from customers.profile.models import Customer
from visits.agenda.models import AgendaPoint, Says, TimeAnswer
from visits.plan.models import PlannedVisit

MOST = 5
_MOVED = Q(agreed_before__isnull=False) & (
    Q(day__lt=F("agreed_before__day"))
    | Q(day__gt=F("agreed_before__day"))
    | Q(starts_at__lt=F("agreed_before__starts_at"))
    | Q(starts_at__gt=F("agreed_before__starts_at"))
    | Q(starts_at__isnull=True, agreed_before__starts_at__isnull=False)
)
"""As `was_moved`, for rows."""


def agreed_with(customer: Customer, day: datetime.date) -> QuerySet[PlannedVisit]:
    """Visits to come that were agreed with the customer, and those that we moved to a time they have not agreed to yet.
    What is only planned is ours.
    """
    rows = PlannedVisit.objects.planned().filter(Q(is_agreed=True) | _MOVED, customer=customer, day__gte=day)
    return rows.select_related("visitor", "answer", "agreed_before")


def was_moved(visit: PlannedVisit) -> bool:
    """Whether it was agreed for another time, and nobody has agreed to this one. visit: with `agreed_before`."""
    before = getattr(visit, "agreed_before", None)
    return not visit.is_agreed and before is not None and before.differs_from(visit)


def standing_of(visit: PlannedVisit) -> str:
    """yes, no, proposed (the visit was moved to when they wanted it), moved (by us; not answered), or "" where they
    have not said.
    """
    answer = getattr(visit, "answer", None)
    if was_moved(visit) and not (answer is not None and answer.speaks_of(visit)):
        return "moved"
    if answer is None:
        return ""
    if answer.speaks_of(visit):
        return answer.says
    moved_to = (answer.proposed_on, answer.proposed_at) == (visit.day, visit.starts_at)
    return "proposed" if moved_to and answer.settled_at is not None else ""


def waiting(user, day: datetime.date, most: int) -> list[TimeAnswer]:
    """Times of one's own visits that do not suit, as long as they stand and nobody has taken it up. One statement."""
    same_time = Q(starts_at=F("visit__starts_at")) | Q(starts_at__isnull=True, visit__starts_at__isnull=True)
    rows = TimeAnswer.objects.visible_to(user).filter(
        same_time,
        says=Says.NO,
        settled_at__isnull=True,
        visit__visitor=user,
        visit__state="planned",
        visit__day=F("day"),
        day__gte=day,
    )
    return list(rows.select_related("visit").order_by("day", "pk")[:most])


def points_of_many(visit_ids: Iterable[int]) -> dict[int, list[AgendaPoint]]:
    """Of visits that came through `visible_to`. One statement."""
    found: dict[int, list[AgendaPoint]] = defaultdict(list)
    for one in AgendaPoint.objects.filter(visit_id__in=list(visit_ids)).order_by("pk"):
        found[one.visit_id].append(one)
    return found
