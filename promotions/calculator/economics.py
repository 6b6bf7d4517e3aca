"""A promotion on one sheet, the customer's side and the brand's beside each other, before anything is agreed. Pure.

Source: decisions 4a. m′ = p − part of the cut − c a unit; Δ = q₀[(1 + u(1 − x))m′ − (p − c)] − F − K(1 − δ) + s, each
side with its own p, c, F, K, s: the customer sells at retail what it buys at wholesale, the brand sells at wholesale
what it makes at cost. The brand sells to the customer what the customer sells on: stocking up is no uplift.
Lines are in whole fen and add up to the totals; what is rounded, is rounded half up (`refusing.half_up`).
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from promotions.calculator.breakeven import BreakEven, break_even, killing_share
from promotions.calculator.influence import Reached, reached
from promotions.calculator.margins import contribution, usual_margin
from promotions.calculator.mechanics import free_in, gifts_in, rebate_at
from promotions.calculator.refusing import half_up
from promotions.calculator.shares import NOTHING, Parts, split
from promotions.calculator.terms import COST_KINDS, ZERO, Effect, Plan, Side, check, check_extra

GROSS = frozenset({"takings", "cut_refunded", "sales", "free_paid", "goods", "free", "cut", "rebate"})
"""Lines above gross profit; the others come after it."""


@dataclass(frozen=True, slots=True)
class Line:
    """What comes in (above 0) or goes out. quantity × each is the amount, where it goes by pieces.

    Codes, customer: takings, cut_refunded, goods, free, rebate; brand: sales, free_paid, goods, cut, rebate; both:
    gift, materials, staff, publicity, gifts, display, other, subsidy, borrowed.
    """

    code: str
    amount: Decimal
    quantity: int | None = None
    each: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """One side of a sheet. without, gross_without: profit of the window without the promotion; profit: with it.

    margin, margin_without: gross profit over sales, four places; None without sales. extra: Δ. spend: what this side
    bears of the promotion, before any subsidy. return_on_spend: extra over spend, four places; None: nothing is spent.
    over_budget: what is spent beyond the budget; None: no budget.
    """

    side: Side
    lines: tuple[Line, ...]
    sales: Decimal
    gross: Decimal
    margin: Decimal | None
    profit: Decimal
    without: Decimal
    margin_without: Decimal | None
    extra: Decimal
    spend: Decimal
    return_on_spend: Decimal | None
    over_budget: Decimal | None
    break_even: BreakEven
    killing_share: Fraction | None
    reached: Reached


@dataclass(frozen=True, slots=True)
class Bearing:
    """Who bears what of one thing. Codes as of lines; cut, free and gift by units. total: at the prices agreed."""

    code: str
    total: Decimal
    parts: Parts


@dataclass(frozen=True, slots=True)
class MaterialsBill:
    at_list: Decimal
    saved: Decimal
    after_discount: Decimal
    parts: Parts


@dataclass(frozen=True, slots=True)
class Sheet:
    """A plan at so many extra units.

    sold: baseline and extra; borrowed: of the extra, taken from later or other goods, and counted out again by the
    line of that name; free, gifts: pieces given. percent: of all that is borne, two places, together 100; None: nothing
    is. other: what others than the two sides bear. cut_on_borrowed: what the cut gives away on borrowed units, which
    would have been sold at the full price; the formula of the decisions leaves it out, so it is shown beside.
    """

    plan: Plan
    extra: int
    sold: int
    borrowed: int
    free: int
    gifts: int
    materials: MaterialsBill
    bearings: tuple[Bearing, ...]
    percent: Parts | None
    customer: Account
    brand: Account
    other: Decimal
    cut_on_borrowed: Parts

    def account(self, side: Side) -> Account:
        return self.customer if side == "customer" else self.brand


@dataclass(frozen=True, slots=True)
class Appraisal:
    """A plan at no uplift, and at low, expected and high, which are None with fewer than 20 comparable promotions."""

    plan: Plan
    effect: Effect | None
    flat: Sheet
    low: Sheet | None
    expected: Sheet | None
    high: Sheet | None
    customer: BreakEven
    brand: BreakEven


def appraise(plan: Plan, effect: Effect | None = None) -> Appraisal:
    """The sheets of a plan. Raises Refused, keyed by field."""
    flat = sheet(plan, 0)
    low, expected, high = (
        (sheet(plan, plan.extra_at(uplift)) for uplift in (effect.low, effect.expected, effect.high))
        if effect is not None
        else (None, None, None)
    )
    return Appraisal(plan, effect, flat, low, expected, high, flat.customer.break_even, flat.brand.break_even)


def sheet(plan: Plan, extra: int) -> Sheet:
    """The sheet of a plan at so many extra units, borrowed ones among them. Raises Refused, keyed by field."""
    check(plan)
    check_extra(plan, extra)
    sold, borrowed = plan.baseline + extra, plan.borrowed_of(extra)
    free, gifts = free_in(sold, plan.free), gifts_in(sold, plan.gift)
    bearings = _bearings(plan, sold, free, gifts)
    parts = _sum(one.parts for one in bearings)
    bill = MaterialsBill(
        at_list=sum((one.at_list for one in plan.materials), ZERO),
        saved=sum((one.at_list - one.after_discount for one in plan.materials), ZERO),
        after_discount=sum((one.after_discount for one in plan.materials), ZERO),
        parts=_sum(one.paid for one in plan.materials),
    )
    return Sheet(
        plan=plan,
        extra=extra,
        sold=sold,
        borrowed=borrowed,
        free=free,
        gifts=gifts,
        materials=bill,
        bearings=bearings,
        percent=_percent(parts),
        customer=_customer(plan, extra, parts.customer, bill),
        brand=_brand(plan, extra),
        other=parts.other,
        cut_on_borrowed=_times(plan.cut_parts, borrowed),
    )


def _bearings(plan: Plan, sold: int, free: int, gifts: int) -> tuple[Bearing, ...]:
    back = sold * rebate_at(sold, plan.rebate)
    rows = [
        ("cut", _times(plan.cut_parts, sold)),
        ("free", _times(plan.free_parts, free)),
        ("gift", _times(plan.gift_parts, gifts)),
        ("rebate", Parts(ZERO, back, ZERO)),
        ("materials", _sum(one.paid for one in plan.materials)),
        *((kind, _sum(one.parts for one in plan.costs if one.kind == kind)) for kind in COST_KINDS),
        ("subsidy", Parts(ZERO, plan.subsidy, ZERO)),
    ]
    return tuple(Bearing(code, parts.total, parts) for code, parts in rows if parts.total)


def _customer(plan: Plan, extra: int, spend: Decimal, bill: MaterialsBill) -> Account:
    sold, goods = plan.baseline + extra, plan.goods
    free, gifts = free_in(sold, plan.free), gifts_in(sold, plan.gift)
    lines = [
        _line("takings", sold, plan.price),
        _line("cut_refunded", sold, plan.cut_parts.brand + plan.cut_parts.other),
        _line("goods", sold, -goods.wholesale),
        _line("free", free, -plan.free_parts.customer),
        _line("rebate", sold, rebate_at(sold, plan.rebate)),
        _line("gift", gifts, -plan.gift_parts.customer),
        Line("materials", -bill.parts.customer),
        *(
            Line(kind, -sum((one.parts.customer for one in plan.costs if one.kind == kind), ZERO))
            for kind in COST_KINDS
        ),
        Line("subsidy", plan.subsidy),
        _borrowed(plan, "customer", extra),
    ]
    return _account(plan, "customer", extra, lines, spend, plan.customer_budget, goods.retail)


def _brand(plan: Plan, extra: int) -> Account:
    sold, goods = plan.baseline + extra, plan.goods
    free, gifts = free_in(sold, plan.free), gifts_in(sold, plan.gift)
    paid = plan.free_parts.customer + plan.free_parts.other
    back = rebate_at(sold, plan.rebate)
    costs = {kind: sum((one.parts.brand for one in plan.costs if one.kind == kind), ZERO) for kind in COST_KINDS}
    lines = [
        _line("sales", sold, goods.wholesale),
        _line("free_paid", free, paid),
        _line("goods", sold + free, -goods.cost),
        _line("cut", sold, -plan.cut_parts.brand),
        _line("rebate", sold, -back),
        _line("gift", gifts, -plan.gift_parts.brand),
        Line("materials", -sum((one.brand_bears for one in plan.materials), ZERO)),
        *(Line(kind, -amount) for kind, amount in costs.items()),
        Line("subsidy", -plan.subsidy),
        _borrowed(plan, "brand", extra),
    ]
    # What the brand gives is worth to it what it costs it, not its list price; what it earns on is no spending.
    spend = (
        sold * (plan.cut_parts.brand + back)
        + free * max(goods.cost - paid, ZERO)
        + gifts * plan.gift_parts.brand
        + sum((max(one.brand_bears, ZERO) for one in plan.materials), ZERO)
        + sum(costs.values(), ZERO)
        + plan.subsidy
    )
    return _account(plan, "brand", extra, lines, spend, plan.brand_budget, goods.wholesale)


def _account(
    plan: Plan, side: Side, extra: int, lines: list[Line], spend: Decimal, budget: Decimal | None, price: Decimal
) -> Account:
    sales = sum((one.amount for one in lines if one.code in ("takings", "sales", "free_paid")), ZERO)
    gross = sum((one.amount for one in lines if one.code in GROSS), ZERO)
    profit = sum((one.amount for one in lines), ZERO)
    without = plan.baseline * usual_margin(plan, side)
    spend = spend + ZERO
    return Account(
        side=side,
        lines=tuple(one for one in lines if one.amount),
        sales=sales,
        gross=gross,
        margin=ratio(gross, sales),
        profit=profit,
        without=without + ZERO,
        margin_without=ratio(usual_margin(plan, side), price),
        extra=profit - without,
        spend=spend,
        return_on_spend=ratio(profit - without, spend),
        over_budget=None if budget is None else max(spend - budget, ZERO),
        break_even=break_even(plan, side),
        killing_share=killing_share(plan, side, extra),
        reached=reached(plan.influence, spend),
    )


def _borrowed(plan: Plan, side: Side, extra: int) -> Line:
    """What borrowed units brought here, taken off again: u counts as u(1 − x)."""
    sold, borrowed = plan.baseline + extra, plan.borrowed_of(extra)
    return Line("borrowed", contribution(plan, side, sold - borrowed) - contribution(plan, side, sold), borrowed)


def ratio(part: Decimal, whole: Decimal) -> Decimal | None:
    """Four places, half up; None of nothing."""
    return half_up(Fraction(part) / Fraction(whole), 4) if whole > 0 else None


def _line(code: str, quantity: int, each: Decimal) -> Line:
    return Line(code, quantity * each, quantity, each)


def _times(parts: Parts, count: int) -> Parts:
    return Parts(parts.customer * count + ZERO, parts.brand * count + ZERO, parts.other * count + ZERO)


def _sum(many) -> Parts:
    found = list(many)
    return Parts(
        sum((one.customer for one in found), ZERO),
        sum((one.brand for one in found), ZERO),
        sum((one.other for one in found), ZERO),
    )


def _percent(parts: Parts) -> Parts | None:
    if parts == NOTHING:
        return None
    return Parts(*split(Decimal("100.00"), [parts.customer, parts.brand, parts.other]))
