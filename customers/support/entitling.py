"""What a customer is entitled to on a day, from what its tier's policy gives and what was agreed with it alone.

Pure. Said here once: the entitlement is that of the tier in force on the day asked for (the day of a decision), whole,
also where the tier or the policy changed within the period; what was used before in the same period is taken off it.
Only a customer that opened within the period gets the share of its days that are left, cut off at the cent.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal

from crm.periods import shift_month

MONEY, PERCENT, DAYS, COUNT = "money", "percent", "days", "count"
VISITS, MATERIALS, OPERATING, PROMOTION = "visits", "materials", "operating", "promotion"
CREDIT, TERMS, TRAINING, HOURS = "credit", "terms", "training", "hours"
UNITS = {
    VISITS: DAYS,
    MATERIALS: PERCENT,
    OPERATING: MONEY,
    PROMOTION: MONEY,
    CREDIT: MONEY,
    TERMS: DAYS,
    TRAINING: COUNT,
    HOURS: COUNT,
}
STANDING, MONTH, QUARTER, YEAR = "", "month", "quarter", "year"
A_YEAR = {STANDING: 1, MONTH: 12, QUARTER: 4, YEAR: 1}
"""How often a period comes in a year."""
_MONTHS = {MONTH: 1, QUARTER: 3, YEAR: 12}
PERIODIC = frozenset({OPERATING, PROMOTION, TRAINING, HOURS})
"""What is given once a period and used up in it; the others hold all the time."""
SPENT = frozenset({OPERATING, PROMOTION})
"""Money that requests draw on."""
NOTHING = Decimal("0.00")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Term:
    """What a policy gives a tier from a day on. kind: of customer, '' for all. An amount of 0 ends what was given."""

    id: int
    tier: str
    kind: str
    gives: str
    amount: Decimal
    period: str
    since: date


@dataclass(frozen=True, slots=True)
class Exceptional:
    """What one customer gets instead, from a day until before another."""

    id: int
    gives: str
    amount: Decimal
    period: str
    since: date
    until: date
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Given:
    """amount: what the customer gets in the period; whole: what a customer open all through it would get.

    until: the day from which an exception no longer holds.
    """

    gives: str
    amount: Decimal
    whole: Decimal
    period: str
    start: date | None = None
    end: date | None = None
    exception: int | None = None
    until: date | None = None
    used: Decimal = NOTHING

    @property
    def unit(self) -> str:
        return UNITS[self.gives]

    @property
    def left(self) -> Decimal:
        """Below 0 where more was granted than there was."""
        return self.amount - self.used

    @property
    def is_part(self) -> bool:
        return self.amount != self.whole


def quarter_of(day: date) -> date:
    """The first day of the quarter that a day lies in."""
    return date(day.year, (day.month - 1) // 3 * 3 + 1, 1)


def quarter_from(text: str, day: date) -> date:
    """The quarter of a day written as 2026-10-01; that of `day` where it is none, or of another century."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = day
    return quarter_of(found if 2000 <= found.year < 2100 else day)


def next_quarter(quarter: date, by: int = 1) -> date:
    return shift_month(quarter, 3 * by)


def span_of(period: str, day: date) -> tuple[date, date] | None:
    """[start, end) of the period that a day lies in; None for what holds all the time."""
    if period == STANDING:
        return None
    months = _MONTHS[period]
    start = date(day.year, (day.month - 1) // months * months + 1, 1)
    return start, shift_month(start, months)


def given(
    terms: Iterable[Term],
    exceptions: Iterable[Exceptional],
    *,
    tier: str,
    kind: str,
    on: date,
    opened_on: date | None = None,
    closed_on: date | None = None,
) -> dict[str, Given]:
    """What one customer gets on a day, by what is given, in the order of UNITS. Who is closed or not open yet: nothing.

    A term for the customer's kind goes before one for all kinds, whenever either was said; of the same sort the latest
    day holds, of one day what was written last.
    """
    if (closed_on is not None and closed_on <= on) or (opened_on is not None and opened_on > on):
        return {}
    best: dict[str, Term] = {}
    for one in terms:
        if one.tier == tier and one.kind in ("", kind) and one.since <= on:
            held = best.get(one.gives)
            if held is None or _rank(one) > _rank(held):
                best[one.gives] = one
    own: dict[str, Exceptional] = {}
    for exception in exceptions:
        if exception.since <= on < exception.until:
            before = own.get(exception.gives)
            if before is None or (exception.since, exception.id) > (before.since, before.id):
                own[exception.gives] = exception
    found = {}
    for gives in UNITS:
        source = own.get(gives) or best.get(gives)
        if source is not None and source.amount > 0:
            found[gives] = _given(source, on, opened_on)
    return found


def _rank(term: Term) -> tuple:
    return bool(term.kind), term.since, term.id


def _given(source: Term | Exceptional, on: date, opened_on: date | None) -> Given:
    span = span_of(source.period, on)
    amount = source.amount
    if span is not None and opened_on is not None and span[0] < opened_on < span[1]:
        amount = share_of_days(amount, (span[1] - opened_on).days, (span[1] - span[0]).days)
    start, end = span or (None, None)
    return Given(
        gives=source.gives,
        amount=amount,
        whole=source.amount,
        period=source.period,
        start=start,
        end=end,
        exception=source.id if isinstance(source, Exceptional) else None,
        until=source.until if isinstance(source, Exceptional) else None,
    )


def share_of_days(amount: Decimal, days: int, of: int) -> Decimal:
    return (amount * days / of).quantize(_CENT, ROUND_DOWN)


def commitment(is_granted: bool, granted: Decimal, booked: Decimal) -> Decimal:
    """What a request takes of a budget: what was granted, or what it cost where that is more. Of one that was granted
    and taken back, only what it cost.
    """
    return max(granted, booked) if is_granted else booked
