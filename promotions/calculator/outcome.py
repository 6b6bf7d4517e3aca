"""A plan against what came of it, both sides, figure by figure. Pure.

What is reckoned again goes through the sheet that was planned with: the same prices, parts and costs, at the extra
units that were measured. What really was claimed and settled stands beside it and is never mixed in.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from promotions.calculator.economics import Account, Sheet, sheet
from promotions.calculator.refusing import half_up
from promotions.calculator.shopwide import units_of
from promotions.calculator.terms import Plan, Side

FIGURES = ("sales", "spend", "margin", "profit", "extra", "return_on_spend")
"""Of an account, in the order shown."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What the shop sold more than it would have, in money; it lies between low and high nine times in ten."""

    amount: Decimal
    low: Decimal
    high: Decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """A figure as planned, as it came, and between what it lies; None: not known, or nothing to divide by."""

    code: str
    planned: Decimal | None
    actual: Decimal | None
    low: Decimal | None
    high: Decimal | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """guess: the uplift planned with, None: nobody said one and it was reckoned at none. uplift: measured, of the
    plan's goods, four places; None: not measurable, or without a baseline. reached: uplift over guess; None: no rise
    was expected, or nothing measured.
    """

    guess: Decimal | None
    planned: Sheet
    actual: Sheet | None
    low: Sheet | None
    high: Sheet | None
    uplift: Decimal | None
    uplift_low: Decimal | None
    uplift_high: Decimal | None
    reached: Decimal | None
    customer: tuple[Compared, ...]
    brand: tuple[Compared, ...]

    def side(self, side: Side) -> tuple[Compared, ...]:
        return self.customer if side == "customer" else self.brand


def outcome(plan: Plan, guess: Decimal | None, measured: Measured | None) -> Outcome:
    """measured: None where nothing could be; then only the plan is told. Raises Refused for a plan that cannot be."""
    planned = sheet(plan, plan.extra_at(guess) if guess is not None else 0)
    sheets: list[Sheet | None] = [None, None, None]
    if measured is not None and (extra := units_of(plan, measured.amount)) is not None:
        ends = sorted(units_of(plan, amount) or 0 for amount in (measured.low, measured.high))
        sheets = [sheet(plan, units) for units in (extra, *ends)]
    actual, low, high = sheets
    uplifts = [_uplift(one) for one in sheets]
    return Outcome(
        guess,
        planned,
        actual,
        low,
        high,
        *uplifts,
        reached=_reached(guess, uplifts[0]),
        customer=_compared("customer", planned, actual, low, high),
        brand=_compared("brand", planned, actual, low, high),
    )


def uplift_of(plan: Plan, measured: Measured) -> Decimal | None:
    """The uplift measured, of the plan's goods, without its sheets: as `outcome` says it."""
    extra = units_of(plan, measured.amount)
    return None if extra is None or plan.baseline <= 0 else half_up(Fraction(extra, plan.baseline), 4)


def _uplift(found: Sheet | None) -> Decimal | None:
    if found is None or found.plan.baseline <= 0:
        return None
    return half_up(Fraction(found.extra, found.plan.baseline), 4)


def _reached(guess: Decimal | None, uplift: Decimal | None) -> Decimal | None:
    if guess is None or guess <= 0 or uplift is None:
        return None
    return half_up(Fraction(uplift) / Fraction(guess), 4)


def _compared(side: Side, planned: Sheet, *came: Sheet | None) -> tuple[Compared, ...]:
    plan, accounts = planned.account(side), [one.account(side) if one is not None else None for one in came]
    rows = []
    for code in FIGURES:
        actual, low, high = (None if one is None else _figure(one, code) for one in accounts)
        # Where free goods or steps come in, the least of it need not be at the fewest units.
        known = [value for value in (actual, low, high) if value is not None]
        least, most = (min(known), max(known)) if known else (None, None)
        rows.append(Compared(code, _figure(plan, code), actual, least, most))
    return tuple(rows)


def _figure(account: Account, code: str) -> Decimal | None:
    return getattr(account, code)
