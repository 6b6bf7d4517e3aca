"""The calculator by hand: borders of break-even, who bears what, cash, variants, what weighs most."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from promotions.calculator.breakeven import BreakEven, break_even, break_even_uplift, profit_change
from promotions.calculator.cash import cash
from promotions.calculator.comparing import side_by_side
from promotions.calculator.economics import appraise, sheet
from promotions.calculator.influence import reached
from promotions.calculator.mechanics import (
    FreeGoods,
    Gift,
    Rebate,
    Slab,
    Step,
    cut_of,
    free_in,
    free_units,
    gifts_in,
    money_off,
    rebate_at,
    share_of,
)
from promotions.calculator.pareto import Action, pareto
from promotions.calculator.refusing import Refused, half_up
from promotions.calculator.sensitivity import curve, swings, table
from promotions.calculator.shares import ALL_BRAND, HALVES, Parts, Shares, borne, split
from promotions.calculator.terms import Cost, Effect, Influence, Material, Plan, Timing
from tests.rules.plans import SHEETS, goods, money

D = Decimal
SIMPLE = Plan(goods=goods(10, 6, 4), baseline=100)


def changed(**changes):
    return dataclasses.replace(SIMPLE, **changes)


# ---- rounding and shares -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "places", "rounded"),
    [("0.005", 2, "0.01"), ("-0.005", 2, "-0.01"), ("0.0049", 2, "0.00"), ("2.5", 0, "3"), ("-2.5", 0, "-3")],
)
def test_a_half_is_rounded_away_from_nothing(value, places, rounded):
    assert half_up(D(value), places) == D(rounded)


def test_prices_are_those_of_the_tag():
    assert cut_of(money("9.99"), D(15)) == D("1.50")  # 8.4915 is 8.49
    assert cut_of(money("9.90"), D("12.5")) == D("1.24")  # 8.6625 is 8.66
    assert cut_of(money("0.30"), D(15)) == D("0.04")  # 0.255 is 0.26
    assert share_of(money("6.33"), D(3)) == D("0.19")


def test_the_odd_fen_is_the_brands_and_last_the_customers():
    assert borne(money("0.01"), HALVES) == Parts(D("0.00"), D("0.01"), D("0.00"))
    assert borne(money("0.03"), Shares(D(50), D(0), D(50))) == Parts(D("0.01"), D("0.00"), D("0.02"))
    assert borne(money("-0.01"), HALVES) == Parts(D("0.00"), D("-0.01"), D("0.00"))
    thirds = Shares(D("33.3333"), D("33.3333"), D("33.3334"))
    assert borne(money(100), thirds) == Parts(D("33.33"), D("33.33"), D("33.34"))


def test_a_split_gives_the_largest_rest_first():
    assert split(money(10), [1, 1, 1]) == [D("3.34"), D("3.33"), D("3.33")]
    assert split(money("0.05"), [1, 0, 6]) == [D("0.01"), D("0.00"), D("0.04")]
    with pytest.raises(ValueError, match="not all 0"):
        split(money(1), [0, 0])
    with pytest.raises(ValueError, match="whole fen"):
        split(D("0.001"), [1])


# ---- slabs ---------------------------------------------------------------------------------------------------------


def test_fifteen_bought_of_ten_plus_one_give_one():
    assert free_units(15, [Slab(10, 1)]) == 1
    assert free_in(150, FreeGoods((Slab(10),), purchase=15)) == 10
    assert free_in(150, FreeGoods((Slab(10),))) == 15
    assert free_in(155, FreeGoods((Slab(10),), purchase=15)) == 10
    assert free_in(160, FreeGoods((Slab(10),), purchase=15)) == 11
    assert free_in(150, FreeGoods((Slab(10),), purchase=9)) == 0
    with pytest.raises(Refused) as refusal:
        free_units(-1, [Slab(10)])
    assert refusal.value.errors == {"bought": "negative"}


def test_gifts_and_rebates_by_what_is_reached():
    assert [gifts_in(units, Gift(money(1), every=3)) for units in (0, 2, 3, 8)] == [0, 0, 1, 2]
    rebate = Rebate((Step(50, money("0.10")), Step(100, money("0.25"))))
    assert [rebate_at(units, rebate) for units in (49, 50, 99, 100)] == [D(0), D("0.10"), D("0.10"), D("0.25")]
    assert rebate_at(7, None) == 0


def test_money_off_counts_full_amounts():
    off = [money_off(money(bill), money(200), money(30)) for bill in ("199.99", "200", "399.99", "400")]
    assert off == [D("0.00"), D("30.00"), D("30.00"), D("60.00")]
    assert money_off(money(1000), money(200), money(30), most=1) == D("30.00")
    for every, off, errors in ((0, 0, {"every": "not_positive"}), (20, 30, {"off": "above_price"})):
        with pytest.raises(Refused) as refusal:
            money_off(money(100), money(every), money(off))
        assert refusal.value.errors == errors


# ---- break-even ----------------------------------------------------------------------------------------------------


def test_the_formula_with_a_part_borrowed():
    # q₀ = 100, p − c = 4, m′ = 2, costs 50: 450 / 200 − 1 = 1.25; twice as much where half is borrowed.
    assert break_even_uplift(100, 4, 2, 50) == Fraction(5, 4)
    assert break_even_uplift(100, 4, 2, 50, D("0.5")) == Fraction(5, 2)
    assert profit_change(100, 4, 2, 50, Fraction(5, 2), D("0.5")) == 0
    assert break_even_uplift(100, 4, 2, 50, 1) is None
    assert break_even_uplift(100, 4, 0, 50) is None
    assert break_even_uplift(0, 4, 2, 50) is None
    # A subsidy of 300 leaves room for sales to fall by a quarter, whatever is borrowed.
    assert break_even_uplift(100, 4, 4, -100, D("0.5")) == Fraction(-1, 4)


def test_a_promotion_that_costs_nothing_pays_already():
    assert break_even(SIMPLE, "customer") == BreakEven("already", Fraction(4), 0, None, Fraction(0))


def test_without_a_baseline_units_are_known_and_an_uplift_is_not():
    plan = changed(baseline=0, costs=(Cost("staff", money(41)),))
    assert break_even(plan, "customer") == BreakEven("from", Fraction(4), 11, None, None)
    assert sheet(plan, 11).customer.extra == D("3.00")
    assert sheet(plan, 10).customer.extra == D("-1.00")
    assert sheet(plan, 11).customer.margin_without == D("0.4000")


def test_a_margin_of_nothing_never_pays_and_a_subsidy_may_cover_it():
    whole_margin = changed(cut=money(4))
    assert break_even(whole_margin, "customer") == BreakEven("never", Fraction(0))
    covered = dataclasses.replace(whole_margin, subsidy=money(400))
    assert break_even(covered, "customer") == BreakEven("already", Fraction(0), 0, None, None)


def test_where_all_is_borrowed_it_pays_as_it_is_or_never():
    borrowed = changed(borrowed=D(100))
    assert break_even(borrowed, "customer") == BreakEven("already", Fraction(4), 0, None, Fraction(0))
    costly = dataclasses.replace(borrowed, costs=(Cost("staff", money("0.01")),))
    assert break_even(costly, "customer") == BreakEven("never", Fraction(4))
    # One unit sold would lose, but none of those sold is extra.
    rebate = changed(goods=goods("9.99", 10, 1), baseline=0, borrowed=D(100), rebate=Rebate((Step(2, money(1)),)))
    assert break_even(rebate, "customer").status == "already"
    assert break_even(dataclasses.replace(rebate, borrowed=D(0)), "customer").units == 2


def test_most_may_be_borrowed():
    """86 % borrowed: of 4 units 3 are (3.44), which leaves 1; of 3 it is 2.58, rounded 3, which leaves none."""
    plan = changed(borrowed=D(86), costs=(Cost("staff", money("0.01")),))
    assert break_even(plan, "customer").units == 4
    assert [sheet(plan, extra).customer.extra for extra in (3, 4)] == [D("-0.01"), D("3.99")]


def test_half_a_unit_borrowed_is_one():
    assert [changed(borrowed=D(25)).borrowed_of(extra) for extra in (1, 2, 5, 6, -6)] == [0, 1, 1, 2, 0]


def test_where_every_unit_loses_a_subsidy_lasts_so_long():
    # 0.50 are lost a unit, 450.00 of usual profit and cut are missing at 100 units; 460.00 come in.
    plan = changed(cut=money("4.50"), subsidy=money(460))
    assert break_even(plan, "customer") == BreakEven("between", Fraction(-1, 2), 0, 20, Fraction(0))
    assert (sheet(plan, 20).customer.extra, sheet(plan, 21).customer.extra) == (D("0.00"), D("-0.50"))


def test_a_rebate_may_grow_too_large_for_the_brand():
    # 2.00 a unit until 149 units, then −0.50 on all: 40.00 are back at 20 more, and lost at the step.
    plan = changed(
        rebate=Rebate((Step(150, money("2.50")),)), costs=(Cost("publicity", money(40), ALL_BRAND),), borrowed=D(0)
    )
    assert break_even(plan, "brand") == BreakEven("between", Fraction(-1, 2), 20, 49, Fraction(1, 5))
    assert [sheet(plan, extra).brand.extra for extra in (19, 20, 49, 50)] == [D(-2), D(0), D(58), D(-315)]


def test_free_goods_count_where_a_slab_is_full():
    """Buy 10 get 1 in one order, 6.00 to the customer: 98 are short at first, and each ten takes 6.00 again."""
    plan = changed(free=FreeGoods((Slab(10),)), costs=(Cost("staff", money(38)),))
    assert sheet(plan, 0).customer.extra == D("-98.00")
    found = break_even(plan, "customer")
    # 28 bring 112 − 12 = 100, and 27 only 96; at 30 it is 120 − 18 = 102 still.
    assert (found.status, found.units, found.margin, found.uplift) == ("from", 28, Fraction(34, 10), Fraction(28, 100))
    # 98 + 1.00: 30 units bring 102, 29 bring 104, 28 bring 100.
    dearer = dataclasses.replace(plan, costs=(Cost("staff", money(43)),))
    assert [sheet(dearer, extra).customer.extra for extra in (28, 29, 30, 31)] == [D(-3), D(1), D(-1), D(3)]
    assert break_even(dearer, "customer").units == 31


# ---- sheets --------------------------------------------------------------------------------------------------------


def test_others_bear_their_part_of_everything():
    plan = changed(
        cut=money(1),
        cut_shares=Shares(D(20), D(30), D(50)),
        free=FreeGoods((Slab(10),), shares=Shares(other=D(100))),
        costs=(Cost("display", money(80), Shares(other=D(100))),),
    )
    made = sheet(plan, 100)
    assert made.other == D(200) * D("0.50") + 20 * 6 + 80
    # 200 × (9 − 6 + 0.80) − 400, and 200 × 1.70 + 20 × (6 − 4) − 200; the free goods bring the brand 2.00 each.
    assert (made.customer.extra, made.brand.extra) == (D("360.00"), D("180.00"))
    assert made.brand.spend == D("60.00")
    # Of the free goods others pay, the brand earns 2.00 a piece: one for ten, so that m′ is 1.70 + 0.20.
    assert break_even(plan, "brand").margin == Fraction(19, 10)


def test_spending_over_the_budget():
    plan = changed(costs=(Cost("staff", money(30), HALVES),), customer_budget=money(10), brand_budget=money(15))
    made = sheet(plan, 0)
    assert (made.customer.over_budget, made.brand.over_budget) == (D("5.00"), D("0.00"))
    assert sheet(dataclasses.replace(plan, brand_budget=money(99)), 0).brand.over_budget == D("0.00")
    assert sheet(SIMPLE, 0).brand.over_budget is None


def test_what_materials_cost_after_the_tiers_discount():
    # 3 × 33.33 = 99.99, less 8 % = 91.9908: 91.99; by halves 45.99 and 46.00, the odd fen the brand's.
    stand = Material("stand", 3, money("33.33"), D(8), None, HALVES)
    made = sheet(changed(materials=(stand,)), 0)
    assert (made.materials.at_list, made.materials.saved, made.materials.after_discount) == (
        D("99.99"),
        D("8.00"),
        D("91.99"),
    )
    assert (made.customer.extra, made.brand.extra) == (D("-45.99"), D("-54.00"))
    # Sold for more than it costs the brand, it earns on it, and has spent nothing.
    cheap = dataclasses.replace(stand, cost=money(10))
    made = sheet(changed(materials=(cheap,)), 0)
    assert (made.brand.extra, made.brand.spend, made.brand.return_on_spend) == (D("15.99"), D(0), None)


def test_nothing_sold_has_no_margin():
    made = sheet(SIMPLE, -100)
    assert (made.sold, made.customer.margin, made.customer.extra) == (0, None, D("-400.00"))


def test_an_appraisal_has_three_sheets_or_none():
    effect = Effect(D("-1.2"), D("0.255"), D("0.9"), n=31)
    found = appraise(SIMPLE, effect)
    assert [one.extra for one in (found.flat, found.low, found.expected, found.high)] == [0, -100, 26, 90]
    assert found.expected.customer.extra == D("104.00")
    assert found.customer.status == "already"
    alone = appraise(SIMPLE)
    assert (alone.effect, alone.low, alone.expected, alone.high) == (None, None, None, None)
    assert alone.brand == break_even(SIMPLE, "brand")


def test_influence_stands_beside_and_says_what_a_contact_costs():
    found = reached(Influence(reach=300, new_customers=7, share_of_voice=D("12.5")), money(100))
    assert (found.cost_per_contact, found.cost_per_new_customer) == (D("0.33"), D("14.29"))
    assert reached(Influence(reach=0), money(100)).cost_per_contact is None
    plan = changed(influence=Influence(reach=300))
    assert sheet(plan, 10).customer.extra == sheet(SIMPLE, 10).customer.extra


# ---- cash ----------------------------------------------------------------------------------------------------------


def test_cash_by_month():
    plan, extra = SHEETS[4]
    found = cash(plan, extra)
    # Starts on 28 January: the first four days' takings, staff and publicity are January's.
    assert found.by_month("customer", date(2026, 1, 28)) == [
        (date(2026, 1, 1), D("176.00"), D("176.00")),
        (date(2026, 2, 1), D("444.00"), D("620.00")),
    ]


def test_a_cost_paid_for_others_comes_back_at_settlement_or_when_it_was_paid():
    timing = Timing(days=2, settlement_days=3)
    others = Shares(other=D(100))
    early, late = (Cost("staff", money(10), others, day, "brand") for day in (0, 9))
    assert cash(changed(costs=(early,), timing=timing), 0).by_day("brand") == [
        (0, D("-10.00"), D("-10.00")),
        (4, D("10.00"), D("0.00")),
    ]
    need = cash(changed(costs=(early,), timing=timing), 0).brand
    assert (need.amount, need.day, need.back_on) == (D("10.00"), 0, 4)
    assert cash(changed(costs=(late,), timing=timing), 0).by_day("brand") == [(9, D(0), D(0))]
    assert cash(SIMPLE, 0).flows == ()
    need = cash(SIMPLE, 0).customer
    assert (need.amount, need.day, need.back_on) == (D(0), None, None)


# ---- sensitivity, variants, front ----------------------------------------------------------------------------------


def test_the_curve_crosses_at_the_break_even():
    plan, _extra = SHEETS[1]
    points = curve(plan, [D("1.10"), D("1.105"), D("1.29"), D("1.295")])
    assert [(one.extra, one.customer, one.brand) for one in points] == [
        (220, D("-3.00"), D("-67.00")),
        (221, D("0.25"), D("-65.25")),
        (258, D("120.50"), D("-0.50")),
        (259, D("123.75"), D("1.25")),
    ]


def test_the_table_by_part_borrowed():
    plan, _extra = SHEETS[1]
    rows = table(plan, [D("1.5")], [D(0), D(50)])
    assert [(one.uplift, one.borrowed, one.customer, one.brand) for one in rows[0]] == [
        (D("1.5"), D(0), D("257.00"), D("73.00")),
        (D("1.5"), D(50), D("-230.50"), D("-189.50")),
    ]


def test_what_weighs_most_comes_first():
    plan, _extra = SHEETS[1]
    found = swings(plan, D("1.5"))
    by_driver = {one.driver: one for one in found}
    assert "borrowed" in by_driver
    # The wholesale price, 5.40 or 6.60: at 500 units against 200 it moves either side by 300 × 1.20.
    wholesale = by_driver["wholesale"]
    assert (wholesale.less.customer, wholesale.more.customer) == (D("437.00"), D("77.00"))
    assert (wholesale.less.brand, wholesale.more.brand) == (D("-107.00"), D("253.00"))
    assert (by_driver["uplift"].less.extra, by_driver["uplift"].more.extra) == (270, 330)
    # Costs and materials a tenth dearer: 56.80 more for the customer, 30.20 for the brand.
    assert by_driver["fixed"].more.customer == D("200.20")
    assert by_driver["fixed"].more.brand == D("42.80")
    widths = [max(abs(one.more.customer - one.less.customer), abs(one.more.brand - one.less.brand)) for one in found]
    assert widths == sorted(widths, reverse=True)
    assert found[0].driver == "wholesale"
    assert "fixed" not in {one.driver for one in swings(SIMPLE, D("0.5"))}


def test_variants_side_by_side():
    dear = changed(costs=(Cost("staff", money(50), ALL_BRAND),), influence=Influence(reach=900))
    plain = changed(influence=Influence(reach=100))
    unknown = changed(cut=money(4))
    rows = {
        (row.of, row.code): (row.values, row.best)
        for row in side_by_side([sheet(dear, 60), sheet(plain, 20), sheet(unknown, 20)])
    }
    assert rows["customer", "extra"] == ((D("240.00"), D("80.00"), D("-400.00")), (0,))
    assert rows["brand", "extra"] == ((D("70.00"), D("40.00"), D("40.00")), (0,))
    assert rows["brand", "spend"] == ((D("50.00"), D("0.00"), D("0.00")), (1, 2))
    assert rows["brand", "return_on_spend"] == ((D("1.4000"), None, None), (0,))
    assert rows["customer", "break_even_units"] == ((0, 0, None), (0, 1))
    assert rows["influence", "reach"] == ((900, 100, None), (0,))
    assert rows["influence", "cost_per_contact"] == ((D("0.06"), D("0.00"), None), (1,))
    assert rows["influence", "share_of_voice"] == ((None, None, None), ())
    assert {of for of, _code in rows} == {"customer", "brand", "influence"}


@pytest.mark.parametrize(("count", "code"), [(1, "too_few"), (5, "too_many")])
def test_variants_are_two_to_four(count, code):
    with pytest.raises(Refused) as refusal:
        side_by_side([sheet(SIMPLE, 1)] * count)
    assert refusal.value.errors == {"variants": code}
    assert len(side_by_side([sheet(SIMPLE, 1)] * 4)) == 21


def test_an_action_is_given_once():
    with pytest.raises(Refused) as refusal:
        pareto([Action("a", 1, D(1), D(1))] * 2)
    assert refusal.value.errors == {"key": "twice"}
