"""A plan as it is kept and typed: plain text and numbers, of which the calculator's own terms are made. Pure.

Terms: {"goods": {name, retail, wholesale, cost}, "baseline": units, "timing": {days, credit_days, settlement_days,
goods_day, materials_day}, "budgets": {customer, brand}, "own": {staff, other}, "variants": [variant]}. A variant: name,
guess (percent more, or None), cut, cut_brand, buy, get, free_brand, gift_every, gift_cost, gift_brand, subsidy,
borrowed, reach, new_customers, share_of_voice, materials: [{name, quantity, list_price, discount, brand}], costs:
{kind: {amount, brand}}. Money is text ("12.50"); "brand" is what the brand bears in percent, the customer bears the
rest. own: what the customer spends by themselves, the same in each variant.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from promotions.calculator.mechanics import FreeGoods, Gift, Slab
from promotions.calculator.refusing import Refused
from promotions.calculator.shares import ALL_CUSTOMER, Shares
from promotions.calculator.terms import Cost, Effect, Goods, Influence, Material, Plan, Timing

MOST_VARIANTS = 4
MOST_MATERIALS = 6
KINDS = ("staff", "publicity", "display", "other")
"""Of costs that a variant has; gifts go by pieces."""
HUNDRED = Decimal(100)
NOUGHT = Decimal("0.00")


def money(value: Any) -> Decimal:
    """Text to an amount in fen; '' and None are nothing. What is no number is left for the check to refuse."""
    if value in (None, ""):
        return NOUGHT
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return Decimal("NaN")


def _some(value: Any) -> Decimal | None:
    return None if value in (None, "") else money(value)


def _whole(value: Any) -> int | None:
    return None if value in (None, "") else int(value)


def _shares(brand: Any) -> Shares:
    part = money(brand)
    return Shares(customer=HUNDRED - part, brand=part) if part.is_finite() else Shares(brand=part)


def plan_of(terms: Mapping[str, Any], place: int) -> Plan:
    """One variant as the calculator takes it. Raises Refused for a variant that is not there."""
    variants = terms.get("variants") or []
    if not 0 <= place < len(variants):
        raise Refused({"variants": "too_few"})
    one = variants[place]
    goods, timing, budgets, own = (terms.get(name) or {} for name in ("goods", "timing", "budgets", "own"))
    return Plan(
        goods=Goods(*(money(goods.get(name)) for name in ("retail", "wholesale", "cost"))),
        baseline=int(terms.get("baseline") or 0),
        name=one.get("name") or "",
        cut=money(one.get("cut")),
        cut_shares=_shares(one.get("cut_brand")),
        free=_free(one),
        gift=_gift(one),
        materials=tuple(_material(row) for row in one.get("materials") or [] if row.get("quantity")),
        costs=(*_costs(one.get("costs") or {}), *_own(own)),
        subsidy=money(one.get("subsidy")),
        borrowed=money(one.get("borrowed")),
        timing=Timing(**{name: int(value) for name, value in timing.items() if value not in (None, "")}),
        influence=Influence(
            reach=_whole(one.get("reach")),
            new_customers=_whole(one.get("new_customers")),
            share_of_voice=_some(one.get("share_of_voice")),
        ),
        customer_budget=_some(budgets.get("customer")),
        brand_budget=_some(budgets.get("brand")),
    )


def guess_of(terms: Mapping[str, Any], place: int) -> Decimal | None:
    """The uplift that whoever planned it thinks of, as a fraction; None: they said nothing."""
    percent = _some(terms["variants"][place].get("guess"))
    return None if percent is None else percent / HUNDRED


def guessed(guess: Decimal) -> Effect:
    """One's own estimate is no forecast: it rests on no promotion, and low and high are not known."""
    return Effect(guess, guess, guess, n=0)


def _free(one: Mapping[str, Any]) -> FreeGoods | None:
    buy, get = _whole(one.get("buy")), _whole(one.get("get"))
    return FreeGoods((Slab(buy, get),), shares=_shares(one.get("free_brand"))) if buy and get else None


def _gift(one: Mapping[str, Any]) -> Gift | None:
    every = _whole(one.get("gift_every"))
    return Gift(money(one.get("gift_cost")), every, shares=_shares(one.get("gift_brand"))) if every else None


def _material(row: Mapping[str, Any]) -> Material:
    return Material(
        name=row.get("name") or "",
        quantity=int(row["quantity"]),
        list_price=money(row.get("list_price")),
        discount=money(row.get("discount")),
        shares=_shares(row.get("brand")),
    )


def _costs(costs: Mapping[str, Mapping[str, Any]]) -> list[Cost]:
    return [
        Cost(kind, money(costs[kind].get("amount")), _shares(costs[kind].get("brand")))
        for kind in KINDS
        if kind in costs and money(costs[kind].get("amount")) != 0
    ]


def _own(own: Mapping[str, Any]) -> list[Cost]:
    return [Cost(kind, money(own.get(kind)), ALL_CUSTOMER) for kind in ("staff", "other") if money(own.get(kind)) != 0]
