"""The cash that a promotion needs on each side, and when: by day counted from its first, or by month. Pure.

Only what it changes: without it, sales and purchases would run as usual. Takings of the extra units (less what the cut
gives away on the others) come in evenly over its days; the goods for it are paid on credit, materials and gifts before,
costs on their day; what the brand and others bear comes at settlement. Over all days it adds up to the extra profit,
but for borrowed units, whose loss comes later or elsewhere.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate

from promotions.calculator.mechanics import free_in, gifts_in, rebate_at
from promotions.calculator.shares import split
from promotions.calculator.terms import SIDES, ZERO, Plan, Side, check, check_extra


@dataclass(frozen=True, slots=True, order=True)
class Flow:
    """day: 0 is the first of the promotion. Codes: takings, goods, making, gift, materials, rebate, subsidy,
    settlement, and the kinds of costs.
    """

    day: int
    side: Side
    code: str
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Need:
    """amount: the most that is tied up at the end of a day, on `day` (the first, if many); 0 on None: never any.

    back_on: from which day on all of it is back; None: it does not come back.
    """

    amount: Decimal
    day: int | None
    back_on: int | None


@dataclass(frozen=True, slots=True)
class Cash:
    flows: tuple[Flow, ...]
    customer: Need
    brand: Need

    def by_day(self, side: Side) -> list[tuple[int, Decimal, Decimal]]:
        """(day, change, balance since the first) of the days on which money moves."""
        return _balances(self.flows, side)

    def by_month(self, side: Side, start: datetime.date) -> list[tuple[datetime.date, Decimal, Decimal]]:
        """(first of a month, change, balance at its end) for a promotion that starts on a day."""
        months: dict[datetime.date, Decimal] = defaultdict(lambda: ZERO)
        for flow in self.flows:
            if flow.side == side:
                months[(start + datetime.timedelta(flow.day)).replace(day=1)] += flow.amount
        ordered = sorted(months.items())
        return [(month, change, end) for (month, change), end in zip(ordered, _running(ordered), strict=True)]


def cash(plan: Plan, extra: int) -> Cash:
    """The flows of a plan at so many extra units. Raises Refused."""
    check(plan)
    check_extra(plan, extra)
    flows = sorted(one for one in _flows(plan, extra) if one.amount)
    customer, brand = (_need(_balances(flows, side)) for side in SIDES)
    return Cash(tuple(flows), customer, brand)


def _flows(plan: Plan, extra: int) -> Iterable[Flow]:
    timing, goods = plan.timing, plan.goods
    sold = plan.baseline + extra
    free, gifts = free_in(sold, plan.free), gifts_in(sold, plan.gift)
    settled, paid_on = timing.settlement_day, timing.goods_day + timing.credit_days

    more = sold * plan.price - plan.baseline * goods.retail
    for day, part in enumerate(split(more, [1] * timing.days)):
        yield Flow(day, "customer", "takings", part)
    bought = extra * goods.wholesale + free * plan.free_parts.customer
    yield Flow(paid_on, "customer", "goods", -bought)
    yield Flow(paid_on, "brand", "goods", bought)
    yield Flow(timing.goods_day, "brand", "making", -(extra + free) * goods.cost)
    yield Flow(settled, "brand", "settlement", free * plan.free_parts.other)

    cut = plan.cut_parts
    yield Flow(settled, "customer", "settlement", sold * (cut.brand + cut.other))
    yield Flow(settled, "brand", "settlement", -sold * cut.brand)
    back = sold * rebate_at(sold, plan.rebate)
    for code, amount in (("rebate", back), ("subsidy", plan.subsidy)):
        yield Flow(settled, "customer", code, amount)
        yield Flow(settled, "brand", code, -amount)

    yield Flow(timing.materials_day, "customer", "gift", -gifts * plan.gift_parts.customer)
    yield Flow(timing.materials_day, "brand", "gift", -gifts * plan.gift_parts.brand)
    for material in plan.materials:
        yield Flow(timing.materials_day, "customer", "materials", -material.paid.customer)
        yield Flow(timing.materials_day, "brand", "materials", -material.brand_bears)
    for cost in plan.costs:
        for side, part in (("customer", cost.parts.customer), ("brand", cost.parts.brand)):
            if cost.advance is None:
                yield Flow(cost.day, side, cost.kind, -part)
            elif cost.advance == side:
                yield Flow(cost.day, side, cost.kind, -cost.amount)
                yield Flow(max(settled, cost.day), side, "settlement", cost.amount - part)
            else:
                yield Flow(max(settled, cost.day), side, "settlement", -part)


def _balances(flows: Iterable[Flow], side: Side) -> list[tuple[int, Decimal, Decimal]]:
    days: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for flow in flows:
        if flow.side == side:
            days[flow.day] += flow.amount
    ordered = sorted(days.items())
    return [(day, change, end) for (day, change), end in zip(ordered, _running(ordered), strict=True)]


def _running(ordered: list) -> list[Decimal]:
    return list(accumulate(change for _when, change in ordered))


def _need(balances: list[tuple[int, Decimal, Decimal]]) -> Need:
    least, day = min(((end, day) for day, _change, end in balances), default=(ZERO, 0))
    if least >= 0:
        return Need(ZERO, None, None)
    back = None
    for when, _change, end in reversed(balances):
        if end < 0:
            break
        back = when
    return Need(-least, day, back)
