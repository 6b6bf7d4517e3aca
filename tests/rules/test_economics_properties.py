"""What holds of every plan: sheets add up, break-even breaks even on both sides, no fen is lost, the front is one."""

import dataclasses
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from promotions.calculator.breakeven import break_even, break_even_uplift, killing_share, profit_change
from promotions.calculator.cash import cash
from promotions.calculator.economics import sheet
from promotions.calculator.margins import curve, extra_profit, fixed, unit_margin, usual_margin
from promotions.calculator.mechanics import FreeGoods, Slab, free_in, free_units
from promotions.calculator.pareto import Action, outdoes, pareto
from promotions.calculator.sensitivity import point
from promotions.calculator.shares import HALVES, borne, split
from promotions.calculator.terms import SIDES, Cost, Goods, period_of
from tests.rules import plans

D = Decimal
FAR = 600
sides = st.sampled_from(SIDES)
amounts = st.integers(-10_000_00, 10_000_00).map(lambda number: D(number).scaleb(-2))


def at(plan, side):
    """Δ by extra units sold, borrowed ones among them, in fen."""
    value = curve(plan, side)
    return lambda sold: value(sold - plan.borrowed_of(sold))


# ---- the formula ---------------------------------------------------------------------------------------------------


@settings(max_examples=1000)
@given(plans.plans(linear=True), sides, st.fractions(min_value=-1, max_value=20, max_denominator=1000))
def test_a_sheet_is_the_formula_of_the_decisions(plan, side, uplift):
    """At the units that an uplift makes, for either side, worked out here once more from the plan alone."""
    goods, q0 = plan.goods, plan.baseline
    extra = plan.extra_at(uplift)
    real = extra - plan.borrowed_of(extra)
    if side == "customer":
        p, c, cut = goods.retail, goods.wholesale, plan.cut_parts.customer
        f = sum((borne(one.amount, one.shares).customer for one in plan.costs), D(0))
        k = sum((borne(one.after_discount, one.shares).customer for one in plan.materials), D(0))
        s = plan.subsidy
    else:
        p, c, cut = goods.wholesale, goods.cost, plan.cut_parts.brand
        f = sum((borne(one.amount, one.shares).brand for one in plan.costs), D(0))
        others = [borne(one.after_discount, one.shares) for one in plan.materials]
        own = [one.quantity * (one.list_price if one.cost is None else one.cost) for one in plan.materials]
        k = sum(own, D(0)) - sum((one.customer + one.other for one in others), D(0))
        s = -plan.subsidy
    delta = (q0 + real) * (p - cut - c) - q0 * (p - c) - f - k + s
    assert sheet(plan, extra).account(side).extra == delta
    if q0 > 0 and real > 0:
        assert profit_change(q0, p - c, p - cut - c, f + k - s, Fraction(real, q0)) == Fraction(delta)


@given(plans.plans(), st.integers(0, 900), sides)
def test_a_sheet_adds_up(plan, extra, side):
    made = sheet(plan, extra)
    account = made.account(side)
    assert account.profit == sum((one.amount for one in account.lines), D(0))
    assert account.extra == account.profit - account.without == extra_profit(plan, side, extra - made.borrowed)
    assert all(one.amount == one.quantity * one.each for one in account.lines if one.each is not None)
    assert all(one.amount == round(one.amount, 2) for one in account.lines)
    if account.spend:
        assert abs(account.return_on_spend * account.spend - account.extra) <= account.spend / 20_000
    else:
        assert account.return_on_spend is None


@given(plans.plans(), st.integers(0, 900))
def test_what_one_side_gets_another_pays(plan, extra):
    """Both profits and what others bear are what goods, gifts, materials and costs leave of the takings, to the fen."""
    plan = dataclasses.replace(plan, borrowed=D(0))
    made = sheet(plan, extra)
    spent = sum((one.amount for one in plan.costs), D(0)) + sum((one.at_cost for one in plan.materials), D(0))
    made_of = (made.sold + made.free) * plan.goods.cost + made.gifts * (plan.gift.cost if plan.gift else 0)
    left = made.sold * plan.price - made_of - spent
    assert made.customer.profit + made.brand.profit - made.other == left


@given(plans.plans(), st.integers(0, 900))
def test_shares_add_up(plan, extra):
    made = sheet(plan, extra)
    assert all(one.total == one.parts.total for one in made.bearings)
    if made.percent is None:
        assert made.bearings == ()
    else:
        assert made.percent.total == 100


# ---- break-even ----------------------------------------------------------------------------------------------------


@settings(max_examples=400)
@given(plans.plans(), sides)
def test_break_even_breaks_even(plan, side):
    """Held against every number of units up to some thousands, slabs, steps and borrowed units and all."""
    found, profit = break_even(plan, side), at(plan, side)
    units, most = found.units, found.most
    if found.status == "never":
        assert (units, most, found.uplift) == (None, None, None)
        span = range(FAR, FAR + period_of(plan) * 100 + 1)
        assert any(profit(sold) < 0 for sold in span)
        if found.margin < 0:
            assert all(profit(sold) < 0 for sold in range(FAR))
        return
    assert profit(units) >= 0
    assert units == 0 or profit(units - 1) < 0
    assert (found.status == "already") == (units == 0 and most is None)
    assert (found.status == "between") == (most is not None)
    if most is None:
        assert all(profit(sold) >= 0 for sold in range(units, units + FAR))
    else:
        assert profit(most) >= 0 > profit(most + 1)
        assert all(profit(sold) >= 0 for sold in range(max(units, most - FAR), most + 1))
        assert all(profit(sold) < 0 for sold in range(most + 1, most + FAR))


@settings(max_examples=300)
@given(plans.plans(linear=True, least_baseline=1), sides)
def test_the_exact_uplift_leaves_nothing(plan, side):
    usual, margin, costs = usual_margin(plan, side), unit_margin(plan, side), fixed(plan, side)
    borrowed = Fraction(plan.borrowed) / 100
    found = break_even_uplift(plan.baseline, usual, margin, costs, borrowed)
    if margin <= 0:
        assert found is None
    elif found is None:
        assert borrowed == 1
        assert profit_change(plan.baseline, usual, margin, costs, 0) < 0
    else:
        assert profit_change(plan.baseline, usual, margin, costs, found, borrowed if found > 0 else 0) == 0


@given(plans.plans(linear=True, least_baseline=1), sides, st.integers(0, 500))
def test_a_margin_of_nothing_never_earns_a_cost_back(plan, side, loss):
    p, c = plan.goods.wholesale - D(loss).scaleb(-2), plan.goods.wholesale
    goods = dataclasses.replace(plan.goods, **({"retail": max(p, D(0))} if side == "customer" else {"cost": c + c - p}))
    cost = Cost("staff", D("5000.01") + plan.subsidy, HALVES)
    plan = dataclasses.replace(plan, goods=goods, cut=min(plan.cut, goods.retail), costs=(*plan.costs, cost, cost))
    assert extra_profit(plan, side, 0) < 0
    assert break_even(plan, side).status == "never"
    assert break_even(plan, side).margin <= 0


@settings(max_examples=300)
@given(plans.plans(), sides, st.integers(1, 900))
def test_the_share_that_kills_the_profit(plan, side, extra):
    """So many whole units may be borrowed, one more and there is a loss."""
    value, share = curve(plan, side), killing_share(plan, side, extra)
    if share is None:
        assert all(value(left) >= 0 for left in range(extra + 1))
    elif value(extra) < 0:
        assert share == 0
    else:
        spare = int(share * extra)
        assert value(extra - spare) >= 0 > value(extra - spare - 1)


@given(plans.plans(linear=True), sides, st.lists(st.integers(0, 2000), min_size=2, max_size=6))
def test_more_uplift_never_brings_less_while_a_unit_brings_something(plan, side, extras):
    cost, wholesale, retail = sorted((plan.goods.retail, plan.goods.wholesale, plan.goods.cost))
    cut = min(plan.cut, retail - wholesale, wholesale - cost)
    plan = dataclasses.replace(plan, goods=Goods(retail, wholesale, cost), cut=cut)
    assert unit_margin(plan, side) >= 0
    found = [sheet(plan, extra).account(side).extra for extra in sorted(extras)]
    assert found == sorted(found)


@given(plans.plans(), st.decimals(min_value=-1, max_value=9, places=2))
def test_a_point_of_the_chart_is_the_sheet(plan, uplift):
    at_uplift = point(plan, uplift)
    made = sheet(plan, at_uplift.extra)
    assert (at_uplift.customer, at_uplift.brand) == (made.customer.extra, made.brand.extra)


# ---- money, slabs, cash ----------------------------------------------------------------------------------------------


@given(amounts, st.lists(st.integers(0, 1000), min_size=1, max_size=9))
def test_no_fen_is_lost_in_a_split(amount, weights):
    assume(sum(weights) > 0)
    parts = split(amount, weights)
    assert sum(parts, D(0)) == amount
    for part, weight in zip(parts, weights, strict=True):
        exact = Fraction(amount) * weight / sum(weights)
        assert abs(Fraction(part) - exact) < Fraction(1, 100)
        assert weight or part == 0


@given(amounts, plans.shares())
def test_no_fen_is_lost_between_those_who_bear_it(amount, shares):
    parts = borne(amount, shares)
    assert parts.total == amount
    for part, percent in ((parts.customer, shares.customer), (parts.brand, shares.brand), (parts.other, shares.other)):
        assert abs(Fraction(part) - Fraction(amount) * Fraction(percent) / 100) < Fraction(1, 100)


@given(st.integers(0, 5000), st.integers(1, 60), st.integers(1, 5), st.none() | st.integers(1, 90))
def test_a_slab_never_gives_more_than_full_slabs(units, buy, get, purchase):
    assert free_units(units, [Slab(buy, get)]) == units // buy * get
    given_out = free_in(units, FreeGoods((Slab(buy, get),), purchase))
    assert given_out <= units // buy * get
    if purchase is None or purchase % buy == 0:
        assert given_out == units // buy * get


@given(plans.free_goods(), st.integers(0, 600))
def test_more_bought_never_gets_less(free, units):
    assert free_in(units, free) <= free_in(units + 1, free)


@given(plans.plans(), st.integers(0, 900), sides)
def test_the_cash_adds_up_to_the_extra_profit(plan, extra, side):
    account, found = sheet(plan, extra).account(side), cash(plan, extra)
    borrowed = sum((one.amount for one in account.lines if one.code == "borrowed"), D(0))
    assert sum((one.amount for one in found.flows if one.side == side), D(0)) == account.extra - borrowed
    need = found.customer if side == "customer" else found.brand
    ends = [end for _day, _change, end in found.by_day(side)]
    assert need.amount == max(-min(ends, default=D(0)), D(0))
    assert (need.back_on is None) == (need.amount == 0 or ends[-1] < 0)


# ---- the front -----------------------------------------------------------------------------------------------------

actions = st.lists(st.tuples(st.none() | st.integers(0, 4), st.integers(-3, 4), st.integers(0, 4)), max_size=14).map(
    lambda rows: [Action(str(place), reach, D(profit), D(cost)) for place, (reach, profit, cost) in enumerate(rows)]
)


@settings(max_examples=400)
@given(actions)
def test_the_front_has_nothing_outdone_and_all_else_is(many):
    found, by_key = pareto(many), {one.key: one for one in many}
    known = [one for one in many if one.influence is not None]
    for key in found.front:
        assert not any(outdoes(other, by_key[key]) for other in known)
    for key, by in found.outdone:
        assert by in found.front
        assert outdoes(by_key[by], by_key[key])
    assert sorted([*found.front, *(key for key, _by in found.outdone), *found.unknown]) == sorted(by_key)
    assert list(found.front) == [one.key for one in many if one.key in found.front]


@pytest.mark.parametrize(
    ("better", "worse"),
    [((2, 1, 1), (1, 1, 1)), ((1, 2, 1), (1, 1, 1)), ((1, 1, 0), (1, 1, 1))],
)
def test_one_better_is_enough_and_one_worse_is_too_much(better, worse):
    one, other = (Action("a", row[0], D(row[1]), D(row[2])) for row in (better, worse))
    assert outdoes(one, other)
    assert not outdoes(other, one)
    assert not outdoes(one, one)
