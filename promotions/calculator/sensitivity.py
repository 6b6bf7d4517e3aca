"""How the profit of a plan moves when things come otherwise than thought: curves, a table, what weighs most. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from promotions.calculator.margins import extra_profit
from promotions.calculator.refusing import Refused, half_up
from promotions.calculator.terms import ZERO, Plan, check

Driver = Literal["uplift", "baseline", "cut", "wholesale", "cost", "fixed", "borrowed"]
UPLIFTS = tuple(Decimal(percent) / 100 for percent in range(0, 201, 10))
BORROWED = tuple(Decimal(percent) for percent in (0, 25, 50, 75))


@dataclass(frozen=True, slots=True)
class Point:
    """Extra profit of each side at an uplift (fraction), which is so many extra units."""

    uplift: Decimal
    extra: int
    customer: Decimal
    brand: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    uplift: Decimal
    borrowed: Decimal
    customer: Decimal
    brand: Decimal


@dataclass(frozen=True, slots=True)
class Swing:
    """A driver less and more by so many percent of itself (borrowed: in percentage points), all else as planned."""

    driver: Driver
    less: Point
    more: Point


def point(plan: Plan, uplift: Decimal) -> Point:
    """Extra profit at an uplift, of whole units, borrowed ones counted out."""
    extra = plan.extra_at(uplift)
    counted = extra - plan.borrowed_of(extra)
    customer, brand = extra_profit(plan, "customer", counted), extra_profit(plan, "brand", counted)
    return Point(uplift, extra, customer + ZERO, brand + ZERO)


def curve(plan: Plan, uplifts: Sequence[Decimal] = UPLIFTS) -> list[Point]:
    """Points for the chart of a plan. Raises Refused."""
    check(plan)
    return [point(plan, uplift) for uplift in _checked(uplifts)]


def table(plan: Plan, uplifts: Sequence[Decimal] = UPLIFTS, borrowed: Sequence[Decimal] = BORROWED) -> list[list[Cell]]:
    """A row an uplift, a column a percentage borrowed. What is shown instead of a forecast where there is none."""
    variants = [dataclasses.replace(plan, borrowed=percent) for percent in borrowed]
    for variant in variants:
        check(variant)
    rows = []
    for uplift in _checked(uplifts):
        points = [point(variant, uplift) for variant in variants]
        rows.append(
            [Cell(uplift, plan.borrowed, at.customer, at.brand) for plan, at in zip(variants, points, strict=True)]
        )
    return rows


def swings(plan: Plan, uplift: Decimal, by: Decimal = Decimal(10)) -> list[Swing]:
    """What the drivers of a plan do to its profit, the one that moves either side most first.

    by: percent, above 0 and up to 100. Drivers that the plan has not are left out. Raises Refused.
    """
    check(plan)
    _checked([uplift])
    if not 0 < by <= 100:
        raise Refused({"by": "above_hundred" if by > 100 else "not_positive"})
    found = []
    for driver, change in _DRIVERS.items():
        less, more = (change(plan, uplift, Fraction(100 + sign * by) / 100) for sign in (-1, 1))
        if less != more:
            found.append(Swing(driver, point(*less), point(*more)))
    return sorted(found, key=_width, reverse=True)


def _width(swing: Swing) -> Decimal:
    return max(abs(swing.more.customer - swing.less.customer), abs(swing.more.brand - swing.less.brand))


Changed = tuple[Plan, Decimal]


def _uplift(plan: Plan, uplift: Decimal, factor: Fraction) -> Changed:
    return plan, half_up(Fraction(uplift) * factor, 6)


def _baseline(plan: Plan, uplift: Decimal, factor: Fraction) -> Changed:
    return dataclasses.replace(plan, baseline=int(half_up(plan.baseline * factor, 0))), uplift


def _cut(plan: Plan, uplift: Decimal, factor: Fraction) -> Changed:
    cut = min(half_up(Fraction(plan.cut) * factor), plan.goods.retail)
    return dataclasses.replace(plan, cut=cut), uplift


def _wholesale(plan: Plan, uplift: Decimal, factor: Fraction) -> Changed:
    goods = dataclasses.replace(plan.goods, wholesale=half_up(Fraction(plan.goods.wholesale) * factor))
    return dataclasses.replace(plan, goods=goods), uplift


def _cost(plan: Plan, uplift: Decimal, factor: Fraction) -> Changed:
    goods = dataclasses.replace(plan.goods, cost=half_up(Fraction(plan.goods.cost) * factor))
    return dataclasses.replace(plan, goods=goods), uplift


def _fixed(plan: Plan, uplift: Decimal, factor: Fraction) -> Changed:
    """Costs and materials; the subsidy is agreed and stays."""
    costs = tuple(dataclasses.replace(one, amount=half_up(Fraction(one.amount) * factor)) for one in plan.costs)
    materials = tuple(
        dataclasses.replace(
            one,
            list_price=half_up(Fraction(one.list_price) * factor),
            cost=None if one.cost is None else half_up(Fraction(one.cost) * factor),
        )
        for one in plan.materials
    )
    return dataclasses.replace(plan, costs=costs, materials=materials), uplift


def _borrowed(plan: Plan, uplift: Decimal, factor: Fraction) -> Changed:
    points = half_up((factor - 1) * 100, 4)
    return dataclasses.replace(plan, borrowed=min(max(plan.borrowed + points, Decimal(0)), Decimal(100))), uplift


_DRIVERS: dict[Driver, Callable[[Plan, Decimal, Fraction], Changed]] = {
    "uplift": _uplift,
    "baseline": _baseline,
    "cut": _cut,
    "wholesale": _wholesale,
    "cost": _cost,
    "fixed": _fixed,
    "borrowed": _borrowed,
}


def _checked(uplifts: Sequence[Decimal]) -> Sequence[Decimal]:
    for uplift in uplifts:
        if not isinstance(uplift, Decimal) or not uplift.is_finite():
            raise Refused({"uplift": "not_a_number"})
        if uplift < -1:
            raise Refused({"uplift": "too_small"})
        if uplift > 100:
            raise Refused({"uplift": "too_large"})
    return uplifts
