"""One person's year: the days there are against the visits their customers should get."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q

from crm.accounts.models import Region, User
from crm.workdays import is_announced, working_days
from customers.profile.models import Customer, Responsibility, SpecialCare, StandIn, State
from visits.plan import cadence, capacity
from visits.plan.busy import pace_of
from visits.plan.capacity import Cuts, Month, Off, Pace, Shop
from visits.plan.models import PlannedVisit
from visits.plan.models import State as VisitState
from visits.plan.rhythm_models import BusyDay, CadenceOverride
from visits.plan.slipping import scheme

LEAVE = BusyDay.Kind.LEAVE.value
_A_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A month: its days, and its visits: by the levelled year, made, planned, and what is still to be planned."""

    days: Month
    target: int
    made: int
    planned: int
    coming: int
    needs: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """A day of the heat map. free: None for a day on which nobody works. load: percent of what fits."""

    day: datetime.date
    free: Decimal | None
    visits: int
    forecast: int
    load: int


@dataclass(frozen=True, slots=True)
class Year:
    year: int
    person: User
    pace: Pace
    confirmed: bool
    lines: list[Line]
    cells: list[list[Cell]]
    cuts: Cuts
    shops: dict[int, Shop]
    names: dict[int, str]
    regions: dict[int, str]
    busy: list[BusyDay]
    away: list[StandIn]
    homeless: int

    @property
    def visits(self) -> int:
        return sum(one.target for one in self.lines)


def year_of(user: User, person: User, year: int, day: datetime.date) -> Year:
    """As far as `user` sees. person: one of those they plan for. A dozen statements, however many customers."""
    first, until = datetime.date(year, 1, 1), datetime.date(year + 1, 1, 1)
    pace = pace_of(user, person)
    busy, away = _offs(user, person, first, until)
    offs = as_offs(busy, away)
    working = working_days(first, until - _A_DAY)
    found = capacity.months(working, offs)
    free = capacity.free_days(working, offs)
    shops, names, regions = _shops(user, person, first, until, day)
    cuts = capacity.cheapest_cuts(shops, sum((one.free for one in found), capacity.NONE), pace)
    total = sum(one.visits for one in shops)
    targets = capacity.level(total, [one.free for one in found])
    made, planned = _visits(user, person, first, until)
    known = {one: made.get(one, 0) + planned.get(one, 0) for one in {*made, *planned}}
    coming, homeless = capacity.forecast(dict(zip(capacity.MONTHS, targets, strict=True)), known, free, pace, day)
    lines = [
        Line(
            days=one,
            target=target,
            made=_of_month(made, one.month),
            planned=_of_month(planned, one.month),
            coming=_of_month(coming, one.month),
            needs=capacity.days_of(target, pace),
        )
        for one, target in zip(found, targets, strict=True)
    ]
    return Year(
        year=year,
        person=person,
        pace=pace,
        confirmed=is_announced(year),
        lines=lines,
        cells=_cells(first, until, free, known, coming, pace),
        cuts=cuts,
        shops={one.customer_id: one for one in shops},
        names=names,
        regions=regions,
        busy=busy,
        away=away,
        homeless=homeless,
    )


def _of_month(counts: dict[datetime.date, int], month: int) -> int:
    return sum(n for day, n in counts.items() if day.month == month)


def days_off(user: User, person: User, first: datetime.date, last: datetime.date) -> list[Off]:
    """What keeps somebody from visits on these days, as far as `user` sees. Two statements."""
    return as_offs(*_offs(user, person, first, last + _A_DAY))


def as_offs(busy: list[BusyDay], away: list[StandIn]) -> list[Off]:
    """What was written down first stands before the days on which somebody stands in."""
    return [one.off for one in busy] + [Off(one.since, one.last_day, LEAVE) for one in away if one.until > one.since]


def _offs(user, person, first, until) -> tuple[list[BusyDay], list[StandIn]]:
    """What is written down first stands before the days on which somebody stands in for them."""
    busy = BusyDay.objects.visible_to(user).filter(person=person, first__lt=until, last__gte=first)
    away = StandIn.objects.visible_to(user).filter(absent=person, since__lt=until, until__gt=first)
    return list(busy.order_by("first", "pk")), list(away.select_related("stand_in").order_by("since", "pk"))


def theirs_by_name(user: User, person: User, day: datetime.date):
    """The open customers a person is in charge of by name or was given, of those `user` sees."""
    held = Responsibility.objects.in_force(day).filter(user=person).order_by().values("customer_id")
    given = SpecialCare.objects.in_force(day).filter(user=person).order_by().values("customer_id")
    rows = Customer.objects.visible_to(user).filter(Q(pk__in=held) | Q(pk__in=given))
    return rows.exclude(state=State.CLOSED)


def _shops(user, person, first, until, day) -> tuple[list[Shop], dict[int, str], dict[int, str]]:
    """Each with its visits of the year: as long as it is open, in the rhythm that holds."""
    plan = scheme()
    rows = list(theirs_by_name(user, person, day).select_related("standing").order_by("pk"))
    words = CadenceOverride.objects.filter(customer_id__in=[one.pk for one in rows], since__lt=until)
    own: dict[int, list] = defaultdict(list)
    for word in words.filter(Q(until__isnull=True) | Q(until__gt=first)):
        own[word.customer_id].append((word.since, word.until, word.rhythm))
    shops = []
    for one in rows:
        standing = getattr(one, "standing", None)
        tier = standing.tier if standing is not None else ""
        start = max(first, one.opened_on) if one.opened_on else first
        stop = min(until, one.closed_on) if one.closed_on else until
        spells = cadence.spells_of(start, max(start, stop), plan.of(tier), own[one.pk])
        yearly = standing.w0 if standing is not None else Decimal(0)
        shops.append(Shop(one.pk, tier, one.region_id, yearly, cadence.visits_in(spells)))
    names = {one.pk: one.name for one in rows}
    regions = Region.objects.filter(pk__in={one.region_id for one in rows}).values_list("pk", "name")
    return shops, names, dict(regions)


def _visits(user, person, first, until) -> tuple[dict[datetime.date, int], dict[datetime.date, int]]:
    rows = PlannedVisit.objects.visible_to(user).made_by(person.pk).between(first, until - _A_DAY)
    rows = rows.exclude(state=VisitState.CANCELLED).order_by().values("state", "day").annotate(n=Count("pk"))
    found: dict[str, dict[datetime.date, int]] = defaultdict(dict)
    for state, day, n in rows.values_list("state", "day", "n"):
        found[state][day] = n
    return found[VisitState.DONE], found[VisitState.PLANNED]


def _cells(first, until, free, known, coming, pace: Pace) -> list[list[Cell]]:
    cells: list[list[Cell]] = [[] for _month in capacity.MONTHS]
    for n in range((until - first).days):
        day = first + n * _A_DAY
        left, visits, ahead = free.get(day), known.get(day, 0), coming.get(day, 0)
        minutes = int((left or 0) * pace.day)
        taken = (visits + ahead) * pace.each
        load = 100 * taken // minutes if minutes else (200 if taken else 0)
        cells[day.month - 1].append(Cell(day, left, visits, ahead, load))
    return cells


def listed_shops(found: Year, ids: Sequence[int]) -> list[tuple[str, Shop]]:
    """By name, the least sales first."""
    return sorted(((found.names[pk], found.shops[pk]) for pk in ids), key=lambda one: (one[1].yearly, one[0]))
