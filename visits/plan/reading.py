"""Visits as pages show them: by day, what is late, what is next; as few statements for many as for few."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet, Subquery

from crm.accounts.models import User
from crm.workdays import is_working_day
from customers.profile.models import Customer
from visits.plan.models import PlannedVisit, State, VisitGoal
from visits.plan.visiting import with_may_end

A_WEEK = datetime.timedelta(days=7)
AHEAD = datetime.timedelta(days=60)
MOST_AHEAD = 300
MOST_LATE = 50
PAGE = 50


@dataclass(frozen=True, slots=True)
class Day:
    day: datetime.date
    is_working: bool
    visits: list[PlannedVisit]


@dataclass(frozen=True, slots=True)
class Coming:
    """late: planned for days that have passed. week: the days up to seven from now; later: those after. more: whether
    some were left out.
    """

    late: list[PlannedVisit]
    week: list[Day]
    later: list[Day]
    more: bool

    @property
    def is_empty(self) -> bool:
        return not (self.late or self.week or self.later)


def rows_for(user: User, visitor: User | None = None) -> QuerySet[PlannedVisit]:
    """What this person sees (of one visitor), with what a line shows; `sees_customer`: whether they see that too;
    `ends`: whether they say what becomes of it.
    """
    rows = PlannedVisit.objects.visible_to(user)
    if visitor is not None:
        rows = rows.made_by(visitor.pk)
    seen = Exists(Customer.objects.visible_to(user).filter(pk=OuterRef("customer_id")))
    goals = VisitGoal.objects.filter(visit=OuterRef("pk")).order_by("position", "pk").values("text")
    rows = rows.select_related("customer__standing", "visitor")
    return with_may_end(rows.annotate(sees_customer=seen, first_goal=Subquery(goals[:1])), user)


def with_goals(rows: QuerySet[PlannedVisit]) -> QuerySet[PlannedVisit]:
    return rows.prefetch_related(Prefetch("goals", VisitGoal.objects.order_by("position", "pk")))


def coming(user: User, visitor: User | None, day: datetime.date) -> Coming:
    """Two statements."""
    rows = rows_for(user, visitor)
    late = list(rows.late(day).order_by("-day", "-pk")[: MOST_LATE + 1])
    ahead = list(rows.planned().between(day, day + AHEAD).in_order()[: MOST_AHEAD + 1])
    return Coming(
        late=late[:MOST_LATE],
        week=by_day(one for one in ahead[:MOST_AHEAD] if one.day < day + A_WEEK),
        later=by_day(one for one in ahead[:MOST_AHEAD] if one.day >= day + A_WEEK),
        more=len(late) > MOST_LATE or len(ahead) > MOST_AHEAD,
    )


def by_day(rows: Iterable[PlannedVisit]) -> list[Day]:
    """Of rows in the order of their days."""
    return [Day(day, is_working_day(day), list(part)) for day, part in groupby(rows, key=lambda one: one.day)]


def earlier(rows: QuerySet[PlannedVisit], before: PlannedVisit | None = None) -> tuple[list[PlannedVisit], int | None]:
    """A page of those that are over, the latest day first, and the key of the one to go on from."""
    rows = rows.over()
    if before is not None:
        rows = rows.filter(Q(day__lt=before.day) | Q(day=before.day, pk__lt=before.pk))
    found = list(rows.order_by("-day", "-pk")[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def of_today(user: User, day: datetime.date, most: int) -> list[PlannedVisit]:
    """One's own of today, as the day goes. One statement."""
    return list(rows_for(user, user).planned().filter(day=day).in_order()[:most])


def next_and_last(
    user: User, customer: Customer, day: datetime.date
) -> tuple[PlannedVisit | None, PlannedVisit | None]:
    """The next planned visit to a customer and the last one made. customer came through visible_to. One statement."""
    of_it = PlannedVisit.objects.filter(customer=customer)
    ahead = of_it.planned().filter(day__gte=day).order_by("day", "pk").values("pk")[:1]
    made = of_it.filter(state=State.DONE).order_by("-day", "-pk").values("pk")[:1]
    rows = PlannedVisit.objects.filter(Q(pk=Subquery(ahead)) | Q(pk=Subquery(made))).select_related("visitor")
    found = {one.state: one for one in rows}
    return found.get(State.PLANNED.value), found.get(State.DONE.value)
