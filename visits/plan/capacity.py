"""Whether a year of visits fits into the days there are, what to cut first if not, and the months levelled. Pure."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

DAY_MINUTES, TRAVEL_MINUTES, THERE_MINUTES = 420, 35, 60
MONTHS = range(1, 13)
TO_CALLS = ("C", "")
"""Tiers that may be looked after by calls."""
WHOLE, HALF, NONE = Decimal(1), Decimal("0.5"), Decimal(0)
MORNING, AFTERNOON, ALL_DAY = "morning", "afternoon", "day"


@dataclass(frozen=True, slots=True)
class Pace:
    """there: minutes at a shop; travel: minutes on the way to one, on average; day: minutes of a day for both."""

    there: int = THERE_MINUTES
    travel: int = TRAVEL_MINUTES
    day: int = DAY_MINUTES

    @property
    def each(self) -> int:
        return self.there + self.travel

    @property
    def a_day(self) -> int:
        """Visits that fit into a day: one at least."""
        return max(1, self.day // self.each)


@dataclass(frozen=True, slots=True)
class Off:
    """From the first to the last day somebody makes no visits; part: of each of these days."""

    first: datetime.date
    last: datetime.date
    kind: str
    part: str = ALL_DAY


@dataclass(frozen=True, slots=True)
class Month:
    """working: days by the calendar; off: of these taken by something else, by kind; free: what is left."""

    month: int
    working: int
    off: Mapping[str, Decimal]
    free: Decimal


def free_days(working: Iterable[datetime.date], offs: Iterable[Off]) -> dict[datetime.date, Decimal]:
    """How much of each working day is left: 1, one half or nothing."""
    return {day: WHOLE - sum(taken.values(), NONE) for day, taken in _taken(working, offs).items()}


def months(working: Iterable[datetime.date], offs: Iterable[Off]) -> list[Month]:
    """The twelve of a year. Where two things take the same half day the first one named has it."""
    found = _taken(working, offs)
    made = []
    for month in MONTHS:
        days = [taken for day, taken in found.items() if day.month == month]
        off: dict[str, Decimal] = defaultdict(Decimal)
        for taken in days:
            for kind, part in taken.items():
                off[kind] += part
        made.append(Month(month, len(days), dict(off), len(days) - sum(off.values(), NONE)))
    return made


def _taken(working: Iterable[datetime.date], offs: Iterable[Off]) -> dict[datetime.date, dict[str, Decimal]]:
    halves: dict[datetime.date, dict[str, str]] = {day: {} for day in working}
    for off in offs:
        parts = (MORNING, AFTERNOON) if off.part == ALL_DAY else (off.part,)
        for n in range((off.last - off.first).days + 1):
            held = halves.get(off.first + datetime.timedelta(days=n))
            if held is not None:
                for part in parts:
                    held.setdefault(part, off.kind)
    found = {}
    for day, held in halves.items():
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for kind in held.values():
            sums[kind] += HALF
        found[day] = dict(sums)
    return found


def days_of(visits: int, pace: Pace) -> Decimal:
    """Days that so many visits take, to a tenth."""
    return (Decimal(visits * pace.each) / pace.day).quantize(Decimal("0.1"), ROUND_HALF_UP)


# --- what to cut ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shop:
    """visits: a year; yearly: its sales in a year."""

    customer_id: int
    tier: str
    region_id: int
    yearly: Decimal
    visits: int


@dataclass(frozen=True, slots=True)
class Cut:
    """ids: its customers; visits: not made any more; yearly: their sales. region_id: of a region given away whole."""

    ids: tuple[int, ...]
    visits: int
    yearly: Decimal
    region_id: int | None = None


@dataclass(frozen=True, slots=True)
class Cuts:
    """needs, has, missing: days. calls: the customers to call instead of visiting; handover: regions to give to
    somebody else. Each alone closes the gap, unless `calls_suffice` or `handover_suffices` says that it does not.
    """

    needs: Decimal
    has: Decimal
    missing: Decimal
    calls: Cut
    calls_suffice: bool
    handover: tuple[Cut, ...]
    handover_suffices: bool

    @property
    def fits(self) -> bool:
        return self.missing <= 0


def cheapest_cuts(shops: Sequence[Shop], has: Decimal, pace: Pace) -> Cuts:
    """Cheapest first: least yearly sales at stake for each day won. What turns out not to be needed is left out again,
    the dearest first.
    """
    visits = sum(one.visits for one in shops)
    needs = days_of(visits, pace)
    # In minutes, so that no rounding decides who stays.
    over = visits * pace.each - int(has * pace.day)
    singles = [
        Cut((one.customer_id,), one.visits, one.yearly) for one in shops if one.tier in TO_CALLS and one.visits > 0
    ]
    calls, enough = _least(singles, over, pace)
    of_region: dict[int, list[Shop]] = defaultdict(list)
    for one in shops:
        of_region[one.region_id].append(one)
    wholes = [
        Cut(
            tuple(one.customer_id for one in part),
            sum(one.visits for one in part),
            sum((one.yearly for one in part), NONE),
            region,
        )
        for region, part in of_region.items()
        if any(one.visits for one in part)
    ]
    # Who has one region only cannot give it away and stay.
    regions, covered = _least(wholes, over, pace) if len(wholes) > 1 else ([], over <= 0)
    joined = Cut(
        tuple(pk for one in calls for pk in one.ids),
        sum(one.visits for one in calls),
        sum((one.yearly for one in calls), NONE),
    )
    return Cuts(needs, has, needs - has, joined, enough, tuple(regions), covered)


def _least(cuts: Iterable[Cut], over: int, pace: Pace) -> tuple[list[Cut], bool]:
    """The cheapest that win so many minutes; and whether they do."""
    if over <= 0:
        return [], True
    taken: list[Cut] = []
    won = 0
    for one in sorted(cuts, key=_price):
        if won >= over:
            break
        taken.append(one)
        won += one.visits * pace.each
    enough = won >= over
    for one in sorted(taken, key=_price, reverse=True) if enough else ():
        if won - one.visits * pace.each >= over:
            taken.remove(one)
            won -= one.visits * pace.each
    return taken, enough


def _price(one: Cut) -> tuple:
    return (max(one.yearly, NONE) / one.visits, -one.visits, one.ids)


# --- levelled ---------------------------------------------------------------------------------------------------------


def level(total: int, weights: Sequence[Decimal]) -> list[int]:
    """A number shared out by weights (free days of months: holidays leave fewer), the largest remainders rounded up;
    of equal ones the earlier. Without any weight nothing is shared out.
    """
    whole = sum(weights, NONE)
    if whole <= 0:
        return [0] * len(weights)
    exact = [total * weight / whole for weight in weights]
    shares = [int(one) for one in exact]
    rest = total - sum(shares)
    order = sorted(range(len(weights)), key=lambda n: (shares[n] - exact[n], n))
    for n in order[:rest]:
        shares[n] += 1
    return shares


def forecast(
    targets: Mapping[int, int],
    known: Mapping[datetime.date, int],
    free: Mapping[datetime.date, Decimal],
    pace: Pace,
    today: datetime.date,
) -> tuple[dict[datetime.date, int], int]:
    """Visits that are neither made nor planned yet, by day from today on; and how many find no room.

    targets: visits of each month; known: those made and planned, by day. The emptiest days fill first.
    """
    found: dict[datetime.date, int] = {}
    homeless = 0
    for month in MONTHS:
        left = targets.get(month, 0) - sum(n for day, n in known.items() if day.month == month)
        days = sorted(day for day in free if day.month == month and day >= today)
        if left <= 0 or not days:
            continue
        rooms = {day: max(0, int(free[day] * pace.day) // pace.each - known.get(day, 0)) for day in days}
        for _n in range(left):
            day = max(rooms, key=lambda one: (rooms[one], -one.toordinal()))
            if rooms[day] <= 0:
                homeless += 1
                continue
            rooms[day] -= 1
            found[day] = found.get(day, 0) + 1
    return found, homeless
