"""What so many units sold in a promotion bring each side: contribution, fixed costs, extra profit. Pure, exact.

Every variable thing is agreed in whole fen a unit, so that no rounding hides in sums: what a sheet shows adds up, and
the break-even found by units is that of the sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction

from promotions.calculator.mechanics import Slab, counting, free_in, gifts_in, rebate_at
from promotions.calculator.terms import Plan, Side, period_of


def usual_margin(plan: Plan, side: Side) -> Decimal:
    """p − c of a side: what a unit brings it without the promotion."""
    goods = plan.goods
    return goods.retail - goods.wholesale if side == "customer" else goods.wholesale - goods.cost


def unit_margin(plan: Plan, side: Side) -> Decimal:
    """m′ of a side before free goods, gifts and rebates: what a unit brings it after its part of the price cut."""
    return usual_margin(plan, side) - (plan.cut_parts.customer if side == "customer" else plan.cut_parts.brand)


def free_unit(plan: Plan, side: Side) -> Decimal:
    """What a free unit costs a side, below 0 where the brand earns on one that others pay."""
    parts = plan.free_parts
    return parts.customer if side == "customer" else plan.goods.cost - parts.customer - parts.other


def gift_unit(plan: Plan, side: Side) -> Decimal:
    return plan.gift_parts.customer if side == "customer" else plan.gift_parts.brand


def average_margin(plan: Plan, side: Side) -> Fraction:
    """m′ with free goods, gifts and the highest rebate spread over all units: exact, over one round of the slabs."""
    period = period_of(plan)
    given = free_in(period, plan.free) * free_unit(plan, side) + gifts_in(period, plan.gift) * gift_unit(plan, side)
    top = plan.rebate.steps[-1].amount if plan.rebate else Decimal(0)
    margin = unit_margin(plan, side) + (top if side == "customer" else -top)
    return Fraction(margin) - Fraction(given) / period


def fixed(plan: Plan, side: Side) -> Decimal:
    """F + K(1 − δ) − s of a side: what does not go by units; below 0 where it gets more than it pays."""
    if side == "customer":
        paid = [cost.parts.customer for cost in plan.costs] + [one.paid.customer for one in plan.materials]
        return sum(paid, -plan.subsidy)
    paid = [cost.parts.brand for cost in plan.costs] + [one.brand_bears for one in plan.materials]
    return sum(paid, plan.subsidy)


def contribution(plan: Plan, side: Side, units: int) -> Decimal:
    """What so many units sold in the promotion bring a side, before fixed costs."""
    back = units * rebate_at(units, plan.rebate)
    return (
        units * unit_margin(plan, side)
        - free_in(units, plan.free) * free_unit(plan, side)
        - gifts_in(units, plan.gift) * gift_unit(plan, side)
        + (back if side == "customer" else -back)
    )


def extra_profit(plan: Plan, side: Side, counted: int) -> Decimal:
    """Δ of a side at so many extra units that are none of them borrowed."""
    before = plan.baseline * usual_margin(plan, side)
    return contribution(plan, side, plan.baseline + counted) - before - fixed(plan, side)


def curve(plan: Plan, side: Side) -> Callable[[int], int]:
    """Δ of a side in fen by counted extra units, with everything that does not go by units worked out once."""
    margin, free, gift = (
        int(one.scaleb(2)) for one in (unit_margin(plan, side), free_unit(plan, side), gift_unit(plan, side))
    )
    start = int((plan.baseline * usual_margin(plan, side) + fixed(plan, side)).scaleb(2))
    sign = 1 if side == "customer" else -1
    steps = [(step.units, sign * int(step.amount.scaleb(2))) for step in plan.rebate.steps] if plan.rebate else []
    free_of = counting(plan.free.slabs, plan.free.purchase) if plan.free else None
    gifts_of = counting((Slab(plan.gift.every),), plan.gift.purchase) if plan.gift else None

    def fen(counted: int) -> int:
        units = plan.baseline + counted
        back = 0
        for at, amount in steps:
            if units >= at:
                back = amount
        found = units * (margin + back) - start
        if free_of is not None:
            found -= free_of(units) * free
        if gifts_of is not None:
            found -= gifts_of(units) * gift
        return found

    return fen
