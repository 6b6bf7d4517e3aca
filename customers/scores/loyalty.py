"""Loyalty: years together, steady purchases, no silence, orders that do not thin out. Pure; told in docs/scores.md.

It is evidence of a relationship, not a forecast of who leaves. Satisfaction is asked, not worked out, and is no part.
Months are full calendar months (`crm.periods`). High: 70 or more, from 5 months of evidence; stays so down to 65. The
parts are measured, not counted as kept or broken, so that no Beta bound is asked of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from customers.scores.cooperation import UNKNOWN_SHARE, part_of
from customers.scores.terms import LOYALTY, OPINION, SHARE, WEIGHTS, Found, Part, Tally, Weights, composed, judged

FULL_TENURE = 60
"""Months together that count in full."""
YEAR = 12
MOST_MONTHS = 24
"""Months of purchases that count as evidence, at most."""
RECENT = 6
"""Months since the last purchase after which nothing is left of being recent."""
LEAST = 3
"""Months of purchases in a year from which steadiness and frequency are judged."""


@dataclass(frozen=True, slots=True)
class Record:
    """A customer's purchases in full months. Money in whole yuan or cents alike: only ratios are read.

    together: months since it became a customer, None if unknown. since_first: months since the first purchase,
    0 without one; since_last: months since the month of the last one (0: the last full month). bought: months of the
    last 12 with purchases. cv: spread of the monthly purchases against their mean, in thousandths, None without.
    orders, orders_before: in the last 12 months and the 12 before. share: percent of purchases that it makes with us.
    """

    together: int | None = None
    since_first: int = 0
    since_last: int = 0
    bought: int = 0
    cv: int | None = None
    orders: int = 0
    orders_before: int = 0
    share: int | None = None
    opinions: Tally = field(default_factory=Tally)

    @property
    def months(self) -> int:
        return min(self.since_first, YEAR)

    @property
    def months_before(self) -> int:
        return min(max(self.since_first - YEAR, 0), YEAR)


def spread_of(months: int, total: float, squares: float) -> int | None:
    """cv in thousandths, from sums over so many months; None where the mean is not above 0 or months are too few."""
    if months < LEAST or total <= 0:
        return None
    mean = total / months
    variance = max(squares / months - mean * mean, 0.0)
    return min(round(1000 * variance**0.5 / mean), 1_000_000)


def spreads(cvs: Sequence[int]) -> list[int]:
    """The network's 101 quantiles of cv, from the steadiest to the least steady; empty without any."""
    ordered = sorted(cvs)
    last = len(ordered) - 1
    return [ordered[(at * last + 50) // 100] for at in range(101)] if ordered else []


def steadier_than(cv: int, grid: Sequence[int]) -> Fraction:
    """The part of the network whose purchases are less steady; equal ones share their places."""
    if not grid:
        return Fraction(UNKNOWN_SHARE, 100)
    above, level = len(grid) - bisect_right(grid, cv), bisect_right(grid, cv) - bisect_left(grid, cv)
    return Fraction(2 * above + level, 2 * len(grid))


def score(
    record: Record,
    grid: Sequence[int],
    shares: Mapping[str, int],
    was_high: bool = False,
    weights: Weights = WEIGHTS,
) -> Found:
    """Loyalty on a day. grid: `spreads` of the network. shares: what managers say of the network's customers."""
    value, components = composed(LOYALTY, _parts(record, grid, shares), weights)
    mine = weights[LOYALTY]
    stated = (record.opinions.n if mine[OPINION] else 0) + (record.share is not None and mine[SHARE] > 0)
    events = min(record.since_first, MOST_MONTHS) + stated
    enough, high, sure = judged(value, None, events, was_high)
    return Found(LOYALTY, value, None, events, enough, high, sure, components)


def _parts(record: Record, grid: Sequence[int], shares: Mapping[str, int]) -> list[Part]:
    found = []
    if record.together is not None:
        counted = min(max(record.together, 0), FULL_TENURE)
        found.append(Part("tenure", Fraction(counted, FULL_TENURE), facts={"months": max(record.together, 0)}))
    months = record.months
    if record.cv is not None and months >= LEAST:
        place = steadier_than(record.cv, grid)
        facts = {"cv": record.cv, "steadier": (place * 100).__floor__(), "months": months}
        found.append(Part("steadiness", place, months, facts))
    if months:
        bought = min(record.bought, months)
        recent = Fraction(RECENT - min(record.since_last, RECENT), RECENT)
        facts = {"bought": bought, "months": months, "since": record.since_last}
        found.append(Part("silence", (Fraction(bought, months) + recent) / 2, months, facts))
    if record.months_before >= LEAST and record.orders_before > 0:
        kept = Fraction(max(record.orders, 0) * record.months_before, record.orders_before * months)
        facts = {
            "now": record.orders,
            "before": record.orders_before,
            "months": months,
            "months_before": record.months_before,
        }
        found.append(Part("frequency", min(kept, Fraction(1)), months, facts))
    if record.share is not None:
        found.append(Part(SHARE, Fraction(record.share, 100), 1, {"share": record.share}))
    if record.opinions.n:
        found.append(part_of(OPINION, record.opinions, shares.get(OPINION, UNKNOWN_SHARE)))
    return found
