"""One person's quarter, week by week: what is planned and made against the days there are, and what is lacking."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from crm.accounts.models import User
from crm.workdays import working_days
from visits.plan import capacity
from visits.plan.busy import pace_of
from visits.plan.capacity import Pace
from visits.plan.models import PlannedVisit
from visits.plan.models import State as VisitState
from visits.plan.slipping import judged
from visits.plan.weeks import Lacking, Quarter, Week, lacking, weeks_of
from visits.plan.yearly import days_off, theirs_by_name


@dataclass(frozen=True, slots=True)
class Line:
    """A week. free: working days that are left. agreed: of those planned. minutes: of visits made and planned, there
    and on the way; room: of the free days. due, broken: customers, from this week on; None before.
    """

    week: Week
    free: Decimal
    planned: int
    agreed: int
    made: int
    minutes: int
    room: int
    due: int | None
    broken: int | None

    @property
    def is_over(self) -> bool:
        return self.minutes > self.room


def lines_of(user: User, person: User, quarter: Quarter, day: datetime.date) -> tuple[list[Line], Pace]:
    """As far as `user` sees. person: one of those they plan for. As many statements for many customers as for few."""
    first, last = quarter.first, quarter.last
    pace = pace_of(user, person)
    free = capacity.free_days(working_days(first, last), days_off(user, person, first, last))
    rows = PlannedVisit.objects.visible_to(user).made_by(person.pk).between(first, last)
    visits = list(
        rows.exclude(state=VisitState.CANCELLED).order_by().values_list("day", "state", "is_agreed", "minutes")
    )
    lacks = _lacking(user, person, day, last) if day <= last else []
    return [_line(week, free, visits, lacks, pace, day) for week in weeks_of(quarter)], pace


def _line(week: Week, free, visits, lacks: list[Lacking], pace: Pace, today: datetime.date) -> Line:
    days = sum((part for day, part in free.items() if week.first <= day <= week.last), capacity.NONE)
    mine = [one for one in visits if week.first <= one[0] <= week.last]
    planned = [one for one in mine if one[1] == VisitState.PLANNED]
    is_past = week.last < today
    return Line(
        week=week,
        free=days,
        planned=len(planned),
        agreed=sum(agreed for _day, _state, agreed, _minutes in planned),
        made=len(mine) - len(planned),
        minutes=sum(minutes + pace.travel for _day, _state, _agreed, minutes in mine),
        room=int(days * pace.day),
        due=None if is_past else sum(_any_in(week, one.due) for one in lacks),
        broken=None if is_past else sum(_any_in(week, one.breaks) for one in lacks),
    )


def _any_in(week: Week, days: Iterable[datetime.date]) -> bool:
    return any(week.first <= day <= week.last for day in days)


def _lacking(user: User, person: User, today: datetime.date, until: datetime.date) -> list[Lacking]:
    customers = list(theirs_by_name(user, person, today).select_related("standing").order_by("pk"))
    ahead = PlannedVisit.objects.planned().filter(customer__in=[one.pk for one in customers], day__gte=today)
    planned: dict[int, list[datetime.date]] = defaultdict(list)
    for pk, day in ahead.order_by("day").values_list("customer_id", "day"):
        planned[pk].append(day)
    found = []
    for one in judged(customers, today):
        due = one.due
        found.append(lacking(due.rhythm, due.ideal, due.latest, planned[one.customer.pk], today, until))
    return found
