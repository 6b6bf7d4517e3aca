"""What the people somebody plans for have before them, a row each; as many statements for many as for few."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count

from crm.accounts.models import User
from crm.workdays import working_days
from customers.profile.models import Customer, Responsibility, SpecialCare, StandIn, State
from customers.tiers.models import Tier
from visits.plan import capacity, slipping
from visits.plan.capacity import Off, Pace
from visits.plan.models import PlannedVisit
from visits.plan.models import State as VisitState
from visits.plan.rhythm_models import BusyDay, VisitorPace
from visits.plan.yearly import as_offs

LOOKED_AHEAD = datetime.timedelta(days=56)
"""So far a day with room is looked for."""


@dataclass(frozen=True, slots=True)
class Row:
    """minutes: of visits planned and made in these days, there and on the way; room: of the free days. late, late_a:
    customers (of tier A) whose rhythm is broken today. unreported: visits whose day has passed and nobody said anything
    of. free_on: the next day with room for one visit more; None: there is none so soon.
    """

    person: User
    planned: int
    made: int
    minutes: int
    room: int
    late: int
    late_a: int
    unreported: int
    free_on: datetime.date | None

    @property
    def percent(self) -> int | None:
        """Of the room; None without any."""
        return 100 * self.minutes // self.room if self.room else None


def board(
    user: User, people: Sequence[User], first: datetime.date, last: datetime.date, day: datetime.date
) -> list[Row]:
    """As far as `user` sees. people: those they plan for, in the order of the rows; first to last: the days told of."""
    ids = [one.pk for one in people]
    end = max(last, day + LOOKED_AHEAD)
    paces = {one.person_id: one.pace for one in VisitorPace.objects.visible_to(user).filter(person__in=ids)}
    offs = _offs(user, ids, min(first, day), end)
    working = working_days(min(first, day), end)
    rows = PlannedVisit.objects.visible_to(user).filter(visitor__in=ids)
    visits: dict[int, list[tuple]] = defaultdict(list)
    near = rows.between(min(first, day), end).exclude(state=VisitState.CANCELLED).order_by()
    for visitor_id, *rest in near.values_list("visitor_id", "day", "state", "minutes"):
        visits[visitor_id].append(tuple(rest))
    counted = rows.late(day).order_by().values("visitor_id").annotate(n=Count("pk"))
    unreported = defaultdict(int, counted.values_list("visitor_id", "n"))
    late = _late(user, ids, day)
    found = []
    for one in people:
        pace, mine = paces.get(one.pk, Pace()), visits[one.pk]
        free = capacity.free_days(working, offs.get(one.pk, []))
        taken: dict[datetime.date, int] = defaultdict(int)
        for on, _state, minutes in mine:
            taken[on] += minutes + pace.travel
        inside = [state for on, state, _minutes in mine if first <= on <= last]
        planned = sum(state == VisitState.PLANNED for state in inside)
        tiers = late[one.pk]
        found.append(
            Row(
                person=one,
                planned=planned,
                made=len(inside) - planned,
                minutes=sum(n for on, n in taken.items() if first <= on <= last),
                room=int(sum((part for on, part in free.items() if first <= on <= last), capacity.NONE) * pace.day),
                late=len(tiers),
                late_a=sum(tier == Tier.A for tier in tiers.values()),
                unreported=unreported[one.pk],
                free_on=next_room(free, taken, pace, day),
            )
        )
    return found


def next_room(
    free: Mapping[datetime.date, Decimal], taken: Mapping[datetime.date, int], pace: Pace, day: datetime.date
) -> datetime.date | None:
    """The first day from `day` on that takes one visit more."""
    days = (on for on in sorted(free) if on >= day)
    return next((on for on in days if int(free[on] * pace.day) - taken.get(on, 0) >= pace.each), None)


def _offs(user: User, ids: list[int], first: datetime.date, last: datetime.date) -> dict[int, list[Off]]:
    busy: dict[int, list[BusyDay]] = defaultdict(list)
    rows = BusyDay.objects.visible_to(user).filter(person__in=ids, first__lte=last, last__gte=first)
    for one in rows.order_by("first", "pk"):
        busy[one.person_id].append(one)
    away: dict[int, list[StandIn]] = defaultdict(list)
    gone = StandIn.objects.visible_to(user).filter(absent__in=ids, since__lte=last, until__gt=first)
    for spell in gone.order_by("since", "pk"):
        away[spell.absent_id].append(spell)
    return {pk: as_offs(busy[pk], away[pk]) for pk in {*busy, *away}}


def _late(user: User, ids: list[int], day: datetime.date) -> dict[int, dict[int, str]]:
    """{person: {customer that slips: its tier}}: of those in their charge by name or given as special."""
    rows = Customer.objects.visible_to(user).exclude(state=State.CLOSED).filter(standing__isnull=False)
    slips = rows.filter(slipping.behind(slipping.LATE, day, slipping.scheme())).order_by()
    tiers: dict[int, str] = dict(slips.values_list("pk", "standing__tier"))
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for held in (Responsibility.objects.in_force(day), SpecialCare.objects.in_force(day)):
        for pk, customer_id in held.filter(user__in=ids).order_by().values_list("user_id", "customer_id"):
            if customer_id in tiers:
                found[pk][customer_id] = tiers[customer_id]
    return found
