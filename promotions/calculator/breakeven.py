"""From how many extra units on a promotion pays, for each side; and how many of them may be merely borrowed. Pure.

`profit_change` and `break_even_uplift` are the formulas of the decisions, exact, for goods sold one like another.
`break_even` holds for slabs and steps as well: it answers in whole units, and one unit less does not pay.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor
from typing import Literal

from promotions.calculator.margins import average_margin, curve, fixed, unit_margin, usual_margin
from promotions.calculator.terms import Plan, Side, check, period_of

Status = Literal["already", "from", "between", "never"]
Number = Decimal | Fraction | int
_FOREVER = -1
"""No last unit: it goes on for ever."""


@dataclass(frozen=True, slots=True)
class BreakEven:
    """already: pays without one extra unit. from: from `units` extra units on. between: up to `most` only, as every
    further unit loses. never: at no number, or in turns with losses for ever.

    units and most count extra units sold, borrowed ones among them. uplift: units over the baseline; where every unit
    brings the same the exact u* instead, below 0 where sales may even fall; None without a baseline, or where no
    uplift makes it.
    margin: m′, what a unit brings in the promotion, all that goes by units taken off.
    """

    status: Status
    margin: Fraction
    units: int | None = None
    most: int | None = None
    uplift: Fraction | None = None


def profit_change(
    baseline: Number,
    usual: Number,
    promoted: Number,
    costs: Number,
    uplift: Number,
    borrowed: Number = 0,
) -> Fraction:
    """Δ = q₀[(1 + u(1 − x))m′ − (p − c)] − F − K(1 − δ) + s, exact.

    usual: p − c, promoted: m′, costs: F + K(1 − δ) − s, borrowed: x as a fraction.
    """
    real = Fraction(uplift) * (1 - Fraction(borrowed))
    return Fraction(baseline) * ((1 + real) * Fraction(promoted) - Fraction(usual)) - Fraction(costs)


def break_even_uplift(
    baseline: Number, usual: Number, promoted: Number, costs: Number, borrowed: Number = 0
) -> Fraction | None:
    """u* = {[q₀(p − c) + F + K(1 − δ) − s] / (q₀m′) − 1} / (1 − x), exact; None: never, or nothing to rise from.

    x counts for a rise only: of sales that fall nothing is borrowed.
    """
    if promoted <= 0 or baseline <= 0:
        return None
    needed = (Fraction(baseline) * Fraction(usual) + Fraction(costs)) / (Fraction(baseline) * Fraction(promoted)) - 1
    if needed <= 0:
        return needed
    return None if borrowed >= 1 else needed / (1 - Fraction(borrowed))


def break_even(plan: Plan, side: Side) -> BreakEven:
    """Where a plan begins to pay for a side. Raises Refused. Cost: once a round of the slabs; remembered by plan."""
    check(plan)
    return _break_even(plan, side)


@lru_cache(maxsize=256)
def _break_even(plan: Plan, side: Side) -> BreakEven:
    margin = average_margin(plan, side)
    value, starts, period = curve(plan, side), _starts(plan), period_of(plan)
    never = BreakEven("never", margin)
    if plan.borrowed == 100:
        # However many are sold, none of them is extra.
        return BreakEven("already", margin, 0, None, _uplift(plan, side, 0)) if value(0) >= 0 else never
    last, most = _last(value, starts, period, paying=False), None
    if last == _FOREVER:
        # It loses again and again for ever: is there a last number at which it pays?
        most = _last(value, starts, period, paying=True)
        if most is None or most == _FOREVER:
            # Of those that pay and lose in turns for ever, nothing is left of a round of the slabs.
            return never
        last = _last(value, starts, period, paying=False, below=most)
    units = 0 if last is None else _sold(plan, last + 1)
    if most is not None:
        return BreakEven("between", margin, units, _sold(plan, most + 1) - 1, _over(units, plan))
    return BreakEven("from" if units else "already", margin, units, None, _uplift(plan, side, units))


def killing_share(plan: Plan, side: Side, extra: int) -> Fraction | None:
    """The x that kills the profit: the largest part of so many extra units that may be borrowed before a side loses.

    0: it loses whatever is borrowed. None: no part kills it, or there are no extra units to borrow.
    """
    check(plan)
    if extra <= 0:
        return None
    value = curve(plan, side)
    if value(extra) < 0:
        return Fraction(0)
    last = _last(value, _starts(plan), period_of(plan), paying=False, below=extra)
    if last is None:
        return None
    if plan.is_linear:
        needed = break_even_uplift(plan.baseline, usual_margin(plan, side), unit_margin(plan, side), fixed(plan, side))
        if needed is not None and needed > 0:
            return 1 - needed * plan.baseline / extra
    return Fraction(extra - last - 1, extra)


def _starts(plan: Plan) -> list[int]:
    """Counted extra units at which another way of reckoning begins: 0 and the steps of the rebate above it."""
    steps = plan.rebate.steps if plan.rebate else ()
    return [0, *(step.units - plan.baseline for step in steps if step.units > plan.baseline)]


def _last(
    value: Callable[[int], int], starts: list[int], period: int, *, paying: bool, below: int | None = None
) -> int | None:
    """The last number (below `below`, if given) at which it pays (or loses); None: there is none; _FOREVER.

    Between two starts, value(n + period) − value(n) is the same for all n of a remainder, so that the last of each
    remainder is worked out and need not be sought.
    """
    ends: list[int | None] = [*starts[1:], below]
    for start, stop in reversed(list(zip(starts, ends, strict=True))):
        if below is not None:
            stop = below if stop is None else min(stop, below)
        found = None
        rounds = stop is None or start + period < stop
        step = value(start + period) - value(start) if rounds else 0
        for first in range(start, start + period if stop is None else min(start + period, stop)):
            times = None if stop is None else (stop - 1 - first) // period
            last = _last_times(value(first), step, times, paying)
            if last == _FOREVER:
                return _FOREVER
            if last is not None and (found is None or first + last * period > found):
                found = first + last * period
        if found is not None:
            return found
    return None


def _last_times(begin: int, step: int, times: int | None, paying: bool) -> int | None:
    """The last k from 0 to `times` (None: no end) with begin + k · step >= 0, or below 0 where not paying."""
    rises = step >= 0 if paying else step <= 0
    if times is None and step != 0 and rises:
        return _FOREVER
    if step == 0 or rises:
        last = begin + (times or 0) * step
        if (last >= 0) != paying:
            return None
        return _FOREVER if times is None else times
    if (begin >= 0) != paying:
        return None
    # It holds at first and ends: begin / |step| steps on, at the border itself only where 0 pays.
    length = abs(begin) // abs(step) if paying else -(-abs(begin) // abs(step)) - 1
    return length if times is None else min(length, times)


def _sold(plan: Plan, counted: int) -> int:
    """The fewest extra units, 1 or more, of which so many are not borrowed; not all of them may be."""
    # Of g, (1 − x)g are not borrowed, a half rounded down: at least n where (1 − x)g > n − 1/2.
    return floor((counted - Fraction(1, 2)) / (1 - Fraction(plan.borrowed) / 100)) + 1


def _uplift(plan: Plan, side: Side, units: int) -> Fraction | None:
    """The exact u* where every unit brings the same, else the units over the baseline."""
    if not plan.is_linear:
        return _over(units, plan)
    return break_even_uplift(
        plan.baseline,
        usual_margin(plan, side),
        unit_margin(plan, side),
        fixed(plan, side),
        Fraction(plan.borrowed) / 100,
    )


def _over(units: int, plan: Plan) -> Fraction | None:
    return Fraction(units, plan.baseline) if plan.baseline > 0 else None
