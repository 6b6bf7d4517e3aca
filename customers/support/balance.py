"""Wants more, gets less? What a customer asked for, what it was given, and what it brought, by quarter.

Pure. Values are exact; shares and changes are fractions cut to four places.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import ROUND_DOWN, Decimal

from customers.support.entitling import next_quarter, quarter_of

NOTHING = Decimal("0.00")
_PLACES = Decimal("0.0001")
NOTICED = Decimal("0.10")
"""A change from which on it is called one."""
QUARTERS = 4
WANTS_MORE_GETS_LESS, WANTS_MORE, GETS_LESS = "wants_more_gets_less", "wants_more", "gets_less"
GETS_MORE, STEADY, QUIET, NEW = "gets_more", "steady", "quiet", "new"


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. asked: None where it is not about money. decided_on: None while it waits.

    granted: what was given, 0 for a refusal; cost: what it came to so far.
    """

    asked_on: date
    asked: Decimal | None
    decided_on: date | None = None
    is_granted: bool = False
    granted: Decimal = NOTHING
    cost: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Quarter:
    """Asked in it, decided in it, and net sales in it (None: no report)."""

    start: date
    asked_n: int = 0
    asked: Decimal = NOTHING
    granted_n: int = 0
    granted: Decimal = NOTHING
    cost: Decimal = NOTHING
    sales: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Balance:
    """share: granted ÷ asked; ratio: granted ÷ net sales; None where there is nothing to divide by.

    asks, gets: how asked and granted money of the later half of the quarters stands against the earlier half, as a
    fraction; None where the earlier half has none.
    """

    asked_n: int
    asked: Decimal
    granted_n: int
    granted: Decimal
    cost: Decimal
    sales: Decimal
    share: Decimal | None
    ratio: Decimal | None
    asks: Decimal | None
    gets: Decimal | None
    trend: str


def by_quarter(
    requests: Iterable[Asked], sales: dict[date, Decimal | None], until: date, count: int = QUARTERS
) -> list[Quarter]:
    """The `count` quarters up to the one `until` lies in, oldest first. sales: net sales by first day of a quarter."""
    last = quarter_of(until)
    starts = [next_quarter(last, n - count + 1) for n in range(count)]
    found = {start: Quarter(start, sales=sales.get(start)) for start in starts}
    for one in requests:
        start = quarter_of(one.asked_on)
        if start in found:
            had = found[start]
            found[start] = replace(had, asked_n=had.asked_n + 1, asked=had.asked + (one.asked or NOTHING))
        decided = quarter_of(one.decided_on) if one.decided_on is not None else None
        if decided is not None and decided in found:
            had = found[decided]
            given = one.granted if one.is_granted else NOTHING
            n = had.granted_n + one.is_granted
            found[decided] = replace(had, granted_n=n, granted=had.granted + given, cost=had.cost + one.cost)
    return list(found.values())


def weigh(quarters: Sequence[Quarter]) -> Balance:
    """Of an even number of quarters, oldest first."""
    half = len(quarters) // 2
    early, late = quarters[:half], quarters[half:]
    asked, granted = _sum(quarters, "asked"), _sum(quarters, "granted")
    sales = sum((one.sales for one in quarters if one.sales is not None), NOTHING)
    asks = change(_sum(late, "asked"), _sum(early, "asked"))
    gets = change(_sum(late, "granted"), _sum(early, "granted"))
    return Balance(
        asked_n=sum(one.asked_n for one in quarters),
        asked=asked,
        granted_n=sum(one.granted_n for one in quarters),
        granted=granted,
        cost=_sum(quarters, "cost"),
        sales=sales,
        share=part(granted, asked),
        ratio=part(granted, sales),
        asks=asks,
        gets=gets,
        trend=_trend(quarters, asks, gets),
    )


def _trend(quarters: Sequence[Quarter], asks: Decimal | None, gets: Decimal | None) -> str:
    if not any(one.asked_n or one.granted_n for one in quarters):
        return QUIET
    if asks is None:
        return NEW
    more = asks >= NOTICED
    less = gets is not None and gets <= -NOTICED
    if more and less:
        return WANTS_MORE_GETS_LESS
    if gets is not None and gets >= NOTICED and gets >= asks:
        return GETS_MORE
    if more:
        return WANTS_MORE
    return GETS_LESS if less else STEADY


def change(now: Decimal, before: Decimal) -> Decimal | None:
    return (now / before - 1).quantize(_PLACES, ROUND_DOWN) if before > 0 else None


def part(of: Decimal, whole: Decimal) -> Decimal | None:
    return (of / whole).quantize(_PLACES, ROUND_DOWN) if whole > 0 else None


def _sum(quarters: Sequence[Quarter], name: str) -> Decimal:
    return sum((getattr(one, name) for one in quarters), NOTHING)


# --- small customers made big ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Small:
    """A B or C customer: what it was given, and its net sales of these 12 months and of those before."""

    id: int
    tier: str
    given: Decimal
    sales: Decimal
    earlier: Decimal

    @property
    def growth(self) -> Decimal | None:
        return change(self.sales, self.earlier)


@dataclass(frozen=True, slots=True)
class Rest:
    """The B and C customers that were given nothing, in sum."""

    customers: int = 0
    sales: Decimal = NOTHING
    earlier: Decimal = NOTHING


@dataclass(frozen=True, slots=True)
class Line:
    """share: of all that small customers were given; reached: together with all lines above."""

    small: Small
    share: Decimal | None
    reached: Decimal | None


@dataclass(frozen=True, slots=True)
class Concentration:
    """lines: who was given most, first. given: to all. growth: of those in `lines` together, and of all the others."""

    lines: list[Line]
    given: Decimal
    customers: int
    growth: Decimal | None
    others: Decimal | None

    @property
    def reached(self) -> Decimal | None:
        """What those in `lines` got of all that was given."""
        return self.lines[-1].reached if self.lines else None


def concentrate(supported: Iterable[Small], rest: Rest, most: int = 20) -> Concentration:
    """Does the support of small customers go to few, and do these grow? supported: those given something."""
    rows = sorted(supported, key=lambda one: (-one.given, one.id))
    whole = sum((one.given for one in rows), NOTHING)
    top, below = rows[:most], rows[most:]
    lines, reached = [], NOTHING
    for one in top:
        reached += one.given
        lines.append(Line(one, part(one.given, whole), part(reached, whole)))
    others = Small(0, "", NOTHING, _sum_of(below, "sales") + rest.sales, _sum_of(below, "earlier") + rest.earlier)
    growth = change(_sum_of(top, "sales"), _sum_of(top, "earlier"))
    return Concentration(lines, whole, len(rows) + rest.customers, growth, others.growth)


def _sum_of(rows: Sequence[Small], name: str) -> Decimal:
    return sum((getattr(one, name) for one in rows), NOTHING)
