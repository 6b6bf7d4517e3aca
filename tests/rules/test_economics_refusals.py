"""Nonsense is refused, all of it at once, by field and with a code."""

import dataclasses
from decimal import Decimal

import pytest

from promotions.calculator.breakeven import break_even
from promotions.calculator.cash import cash
from promotions.calculator.economics import sheet
from promotions.calculator.mechanics import FreeGoods, Gift, Rebate, Slab, Step
from promotions.calculator.refusing import Refused
from promotions.calculator.sensitivity import curve, swings, table
from promotions.calculator.shares import Shares
from promotions.calculator.terms import Cost, Influence, Material, Plan, Timing, check
from tests.rules.plans import goods, money

D = Decimal
SIMPLE = Plan(goods=goods(10, 6, 4), baseline=100)


def changed(**changes):
    return dataclasses.replace(SIMPLE, **changes)


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"goods": goods(10, "-1", 4)}, {"goods.wholesale": "negative"}),
        ({"goods": dataclasses.replace(SIMPLE.goods, cost=D("0.001"))}, {"goods.cost": "decimals"}),
        ({"goods": dataclasses.replace(SIMPLE.goods, cost=D("NaN"))}, {"goods.cost": "not_a_number"}),
        ({"goods": dataclasses.replace(SIMPLE.goods, cost=4.0)}, {"goods.cost": "not_a_number"}),
        ({"goods": dataclasses.replace(SIMPLE.goods, retail=D("1E+30"))}, {"goods.retail": "too_large"}),
        ({"baseline": -1}, {"baseline": "negative"}),
        ({"baseline": D("1.5")}, {"baseline": "not_whole"}),
        ({"baseline": 10**9}, {"baseline": "too_large"}),
        ({"cut": money("10.01")}, {"cut": "above_price"}),
        ({"cut_shares": Shares(D(50), D(49))}, {"cut_shares": "not_hundred"}),
        (
            {"cut_shares": Shares(D(150), D(-50))},
            {"cut_shares.customer": "above_hundred", "cut_shares.brand": "negative"},
        ),
        (
            {"cut_shares": Shares(D("33.33333"), D("66.66667"))},
            {"cut_shares.customer": "decimals", "cut_shares.brand": "decimals"},
        ),
        ({"free": FreeGoods(())}, {"free.slabs": "needed"}),
        ({"free": FreeGoods((Slab(0, 1),))}, {"free.slabs.0.buy": "not_positive"}),
        ({"free": FreeGoods((Slab(10, 1), Slab(10, 2)))}, {"free.slabs.1.buy": "not_rising"}),
        ({"free": FreeGoods((Slab(10, 2), Slab(20, 3)))}, {"free.slabs.1.get": "falling"}),
        ({"free": FreeGoods((Slab(10),), purchase=0)}, {"free.purchase": "not_positive"}),
        ({"free": FreeGoods((Slab(20_001),))}, {"free": "too_uneven"}),
        ({"gift": Gift(money(1), every=0)}, {"gift.every": "not_positive"}),
        ({"free": FreeGoods((Slab(199),)), "gift": Gift(money(1), every=197)}, {"gift": "too_uneven"}),
        ({"rebate": Rebate(())}, {"rebate.steps": "needed"}),
        ({"rebate": Rebate((Step(1, money(7)),))}, {"rebate.steps.0.amount": "above_price"}),
        ({"rebate": Rebate((Step(9, money(1)), Step(9, money(2))))}, {"rebate.steps.1.units": "not_rising"}),
        ({"rebate": Rebate((Step(9, money(2)), Step(19, money(1))))}, {"rebate.steps.1.amount": "falling"}),
        ({"materials": (Material("stand", 1, money(1), D(101)),)}, {"materials.0.discount": "above_hundred"}),
        ({"costs": (Cost("bribes", money(1)),)}, {"costs.0.kind": "unknown"}),
        ({"costs": (Cost("staff", money(1), advance="bank"),)}, {"costs.0.advance": "unknown"}),
        ({"costs": (Cost("staff", money(1), day=9999),)}, {"costs.0.day": "too_large"}),
        ({"costs": (Cost("staff", money(1), day=-9999),)}, {"costs.0.day": "too_small"}),
        ({"subsidy": money(-1)}, {"subsidy": "negative"}),
        ({"borrowed": D(101)}, {"borrowed": "above_hundred"}),
        ({"timing": Timing(days=0)}, {"timing.days": "not_positive"}),
        ({"timing": Timing(credit_days=-1)}, {"timing.credit_days": "negative"}),
        ({"influence": Influence(reach=-1)}, {"influence.reach": "negative"}),
        ({"influence": Influence(share_of_voice=D(101))}, {"influence.share_of_voice": "above_hundred"}),
        ({"brand_budget": money(-1)}, {"brand_budget": "negative"}),
        ({"baseline": -1, "subsidy": money(-1)}, {"baseline": "negative", "subsidy": "negative"}),
    ],
)
def test_a_plan_that_cannot_be_is_refused_by_field(changes, errors):
    plan = changed(**changes)
    for door in (
        check,
        lambda plan: sheet(plan, 0),
        lambda plan: break_even(plan, "brand"),
        lambda plan: cash(plan, 0),
    ):
        with pytest.raises(Refused) as refusal:
            door(plan)
        assert refusal.value.errors == errors


@pytest.mark.parametrize(
    ("extra", "code"), [(-101, "too_small"), (D(1), "not_whole"), (True, "not_whole"), (10**9, "too_large")]
)
def test_extra_units_are_whole_and_no_more_are_lost_than_there_are(extra, code):
    for door in (sheet, cash):
        with pytest.raises(Refused) as refusal:
            door(SIMPLE, extra)
        assert refusal.value.errors == {"extra": code}


@pytest.mark.parametrize(
    ("call", "errors"),
    [
        (lambda: curve(SIMPLE, [D("-1.01")]), {"uplift": "too_small"}),
        (lambda: curve(SIMPLE, [D(101)]), {"uplift": "too_large"}),
        (lambda: curve(SIMPLE, [0.5]), {"uplift": "not_a_number"}),
        (lambda: table(SIMPLE, [D(1)], [D(101)]), {"borrowed": "above_hundred"}),
        (lambda: swings(SIMPLE, D(1), D(0)), {"by": "not_positive"}),
        (lambda: swings(SIMPLE, D(1), D(101)), {"by": "above_hundred"}),
    ],
)
def test_charts_of_nonsense_are_refused(call, errors):
    with pytest.raises(Refused) as refusal:
        call()
    assert refusal.value.errors == errors
