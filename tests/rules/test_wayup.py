"""The way up, proved by walking it: with the advice the tier is reached, with one cent less it is not."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.tiers.tiering import Facts, Group, Policy, decide
from customers.tiers.wayup import ScoreCode, ToACode, ToBCode, pace, way_up, year_end
from tests.rules import generated

D = Decimal
CENT = D("0.01")
NOTHING = D(0)
AS_OF = generated.AS_OF
ARTICLE = Policy()
HIGH = {"cooperation": D(80), "loyalty": D(80)}


def shop(number, w0="0", w1="0", w2="0", **known):
    return Facts(number, "franchisee", w0=D(w0), w1=D(w1), w2=D(w2), **known)


def crowd(*sales):
    return [shop(101 + n, str(w0)) for n, w0 in enumerate(sales)]


def ways(facts, policy=ARTICLE, as_of=AS_OF):
    result = decide(facts, policy, as_of)
    known = {one.customer_id: one for one in facts}
    return {one.customer_id: way_up(known[one.customer_id], one, result, policy, as_of) for one in result.decisions}


def tier_after(facts, number, policy=ARTICLE, as_of=AS_OF, *, more=NOTHING, **changes):
    """The customer's tier when it sells `more` and changes as said, all others standing still."""
    walked = [
        dataclasses.replace(one, w0=one.w0 + more, **changes) if one.customer_id == number else one for one in facts
    ]
    return {one.customer_id: one.tier for one in decide(walked, policy, as_of).decisions}[number]


# ---- by hand ------------------------------------------------------------------------------------------------------


def test_a_ranked_customer_must_meet_the_cut_off():
    to_a = ways([*crowd(10, 9, 8, 7, 6, 5, 4, 3, 2), shop(1, "1.37")])[1].to_a
    assert (to_a.code, to_a.amount, to_a.target) == (ToACode.SELL_MORE, D("7.63"), D("9.00"))
    assert (to_a.ranked, to_a.k, to_a.cutoff) == (10, 2, D(9))


def test_entering_may_open_another_place():
    # Five ranked, one place at 10; with the sixth there are two, so that meeting the second, 9, is enough.
    facts = [*crowd(10, 9, 8, 7, 6), shop(1, "-2.50")]
    to_a = ways(facts)[1].to_a
    assert (to_a.amount, to_a.target) == (D("11.50"), D("9.00"))
    assert (to_a.ranked, to_a.k, to_a.cutoff) == (6, 2, D(9))
    assert decide(facts, ARTICLE, AS_OF).cutoff == D(10)


def test_entering_without_another_place_must_meet_the_cut_off():
    to_a = ways([*crowd(10, 9, 8, 7), shop(1)])[1].to_a
    assert (to_a.amount, to_a.ranked, to_a.k, to_a.cutoff) == (D("10.00"), 5, 1, D(10))


@pytest.mark.parametrize(("w0", "amount"), [("0", "0.01"), ("-5", "5.01"), ("-0.005", "0.01"), ("-0.01", "0.02")])
def test_where_nobody_is_ranked_any_sale_is_enough(w0, amount):
    to_a = ways([shop(1, w0)])[1].to_a
    assert (to_a.amount, to_a.cutoff, to_a.ranked, to_a.k) == (D(amount), None, 1, 1)
    assert to_a.target > 0


def test_sales_finer_than_a_cent_are_rounded_up():
    to_a = ways([*crowd("10.005"), shop(1, "1")])[1].to_a
    assert to_a.amount == D("9.01")


def test_an_a_has_no_way_up_and_a_b_only_one():
    found = ways([*crowd(1000), Facts(1, "agent"), shop(2, "121", "110", "100", **HIGH)])
    assert (found[1].to_a, found[1].to_b) == (None, None)
    assert (found[2].tier, found[2].to_a.amount, found[2].to_b) == ("B", D("879.00"), None)
    assert found[1].w0 == (date(2021, 1, 1), date(2022, 1, 1))


def test_the_way_to_b_in_money():
    to_b = ways([*crowd(1000), shop(1, "100.00", "109.99", "99.99", **HIGH)])[1].to_b
    assert (to_b.code, to_b.g1, to_b.g1_met) == (ToBCode.REACHABLE, Fraction(1000, 9999), True)
    # 110 % of 109.99 is 120.989: the cent above it.
    assert (to_b.amount, to_b.target) == (D("20.99"), D("120.99"))
    assert (to_b.cooperation.code, to_b.cooperation.points, to_b.loyalty.code) == (ScoreCode.HIGH, 0, ScoreCode.HIGH)


def test_growth_that_is_there_needs_no_money():
    one = shop(1, "121", "110", "100", cooperation=D(58), loyalty=None, loyalty_observations=3)
    to_b = ways([*crowd(1000), one])[1].to_b
    assert (to_b.amount, to_b.target) == (D(0), D(121))
    assert (to_b.cooperation.code, to_b.cooperation.points) == (ScoreCode.POINTS_MISSING, D(12))
    assert (to_b.loyalty.code, to_b.loyalty.points, to_b.loyalty.observations) == (ScoreCode.UNKNOWN, None, 2)


def test_points_are_exact():
    one = shop(1, "121", "110", "100", cooperation=D("69.9999"), loyalty=D(70))
    to_b = ways([*crowd(1000), one])[1].to_b
    assert (to_b.cooperation.points, to_b.cooperation.high) == (D("0.0001"), D(70))


@pytest.mark.parametrize(
    ("score", "observations", "needed"),
    [(None, None, 5), (None, 0, 5), (None, 4, 1), (None, 7, 1), (D(90), 3, 2), (D(90), 0, 5)],
)
def test_an_unknown_score_needs_observations(score, observations, needed):
    one = shop(1, "121", "110", "100", loyalty=D(70), cooperation=score, cooperation_observations=observations)
    step = ways([*crowd(1000), one])[1].to_b.cooperation
    assert (step.code, step.observations) == (ScoreCode.UNKNOWN, needed)


def test_the_earlier_growth_is_settled():
    to_b = ways([*crowd(1000), shop(1, "100", "109", "100", **HIGH)])[1].to_b
    assert (to_b.code, to_b.g1, to_b.g1_met) == (ToBCode.GROWTH_1_SETTLED_SHORT, Fraction(9, 100), False)
    assert to_b.amount == D("19.90")


@pytest.mark.parametrize(
    ("sales", "g1", "amount"),
    [
        (("100", "100", "0"), None, D(10)),
        (("100", "0", "100"), Fraction(-1), None),
        (("100", "-1", "-1"), None, None),
    ],
)
def test_without_a_base_b_is_not_judgeable(sales, g1, amount):
    to_b = ways([*crowd(1000), shop(1, *sales, **HIGH)])[1].to_b
    assert (to_b.code, to_b.g1, to_b.g1_met, to_b.amount) == (ToBCode.NO_BASE, g1, False, amount)


# ---- time ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("as_of", "month", "until", "days", "months"),
    [
        (date(2021, 9, 30), 12, date(2021, 12, 31), 92, 3),
        (date(2021, 9, 15), 12, date(2021, 12, 31), 107, 4),
        (date(2021, 12, 30), 12, date(2021, 12, 31), 1, 1),
        (date(2021, 12, 31), 12, date(2022, 12, 31), 365, 12),
        (date(2023, 12, 31), 12, date(2024, 12, 31), 366, 12),
        (date(2024, 2, 28), 2, date(2024, 2, 29), 1, 1),
        (date(2024, 2, 29), 2, date(2025, 2, 28), 365, 12),
        (date(2021, 7, 1), 6, date(2022, 6, 30), 364, 12),
    ],
)
def test_the_amount_is_spread_until_the_business_year_ends(as_of, month, until, days, months):
    found = pace(D("1000.00"), Policy(year_end_month=month), as_of)
    assert (found.until, found.days_left, found.months_left) == (until, days, months)
    for rate, parts in ((found.per_day, days), (found.per_month, months)):
        assert rate * parts >= 1000
        assert (rate - CENT) * parts < 1000


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(1, 12))
def test_the_business_year_ends_within_a_year_after_the_day(as_of, month):
    end = year_end(Policy(year_end_month=month), as_of)
    assert as_of < end
    assert (end - as_of).days <= 366
    assert end.month == month


def test_a_stored_result_is_enough():
    """The page of one customer knows the borders, not everybody's sales."""
    facts = [*crowd(10, 9, 8, 7, 6), shop(1, "-2.50")]
    result = decide(facts, ARTICLE, AS_OF)
    stored = dataclasses.replace(result, decisions=(), groups={None: Group(5, 1, D(10), 2, D(9))})
    decision = result.decisions[-1]
    assert way_up(facts[-1], decision, stored, ARTICLE, AS_OF) == way_up(facts[-1], decision, result, ARTICLE, AS_OF)


def test_facts_of_another_customer_are_refused():
    facts = crowd(10, 9)
    result = decide(facts, ARTICLE, AS_OF)
    with pytest.raises(ValueError, match="facts of 101, but the decision of 102"):
        way_up(facts[0], result.decisions[1], result, ARTICLE, AS_OF)


def test_where_no_place_is_given_there_is_no_way_to_a():
    policy = Policy(top_share=D(0))
    assert [one.to_a.code for one in ways([*crowd(10), shop(1)], policy).values()] == [ToACode.NO_PLACES] * 2
    band = Policy(top_share=D(0), stability_band=True, band_enter=D(0))
    assert [one.to_a.code for one in ways([*crowd(10), shop(1)], band).values()] == [ToACode.NO_PLACES] * 2


def test_a_wide_band_on_few_customers_may_leave_no_way():
    # A twentieth of three is nobody: no one may enter while the holder is ranked at all.
    policy = Policy(stability_band=True, band_enter=D("0.05"), band_leave=D(1))
    facts = [shop(1, "5", previous_tier="A"), shop(2, "9"), shop(3, "4")]
    found = ways(facts, policy)
    assert {number: way.tier for number, way in found.items()} == {1: "A", 2: "C", 3: "C"}
    assert found[2].to_a.code == ToACode.NO_PLACES
    assert tier_after(facts, 2, policy, more=D(10**9)) == "C"


# ---- walked -------------------------------------------------------------------------------------------------------


def walk(facts, policy, as_of=AS_OF):
    """Walk every customer's way up; return how many ways to A and to B there were."""
    to_a = to_b = 0
    for number, way in ways(facts, policy, as_of).items():
        if way.to_a is not None and way.to_a.code is ToACode.SELL_MORE:
            to_a += 1
            assert way.to_a.amount > 0
            assert tier_after(facts, number, policy, as_of, more=way.to_a.amount) == "A"
            assert tier_after(facts, number, policy, as_of, more=way.to_a.amount - CENT) != "A"
        if way.to_a is not None and way.to_a.code is ToACode.NO_PLACES:
            assert tier_after(facts, number, policy, as_of, more=D(10**15)) != "A"
        if way.to_b is not None and way.to_b.code is ToBCode.REACHABLE and way.to_b.judged_on is None:
            to_b += 1
            walk_to_b(facts, number, way, policy, as_of)
    return to_a, to_b


def walk_to_b(facts, number, way, policy, as_of):
    one = {one.customer_id: one for one in facts}[number]
    steps = {"cooperation": way.to_b.cooperation, "loyalty": way.to_b.loyalty}
    mended = {}
    for name, step in steps.items():
        mended[name] = step.high if step.points is None else getattr(one, name) + step.points
        if step.observations:
            mended[f"{name}_observations"] = (getattr(one, f"{name}_observations") or 0) + step.observations
    amount = way.to_b.amount
    # Selling what B asks for may be enough for A already, which wins.
    a_from = way.to_a.amount if way.to_a.code is ToACode.SELL_MORE else None
    better = "A" if a_from is not None and amount >= a_from else "B"
    assert tier_after(facts, number, policy, as_of, more=amount, **mended) == better
    if amount > 0:
        less = "A" if a_from is not None and amount - CENT >= a_from else "C"
        assert tier_after(facts, number, policy, as_of, more=amount - CENT, **mended) == less
    if better == "B":
        for name, step in steps.items():
            if step.points is None or step.points > 0:
                short = {**mended, name: None if step.points is None else mended[name] - D("0.0001")}
                assert tier_after(facts, number, policy, as_of, more=amount, **short) == "C"


OPTIONS = {
    "article": ARTICLE,
    "another": Policy(top_share=D("0.07"), growth=D("0.25"), cooperation_high=D(71)),
    "band": Policy(stability_band=True),
    "wide band": Policy(stability_band=True, band_enter=D("0.05"), band_leave=D("0.6")),
    "part-years": Policy(part_years=True),
    "band of part-years": Policy(stability_band=True, part_years=True),
    "yearly": Policy(b_judged_yearly=True),
    "regions": Policy(rank_within="region"),
    "regions with a band": Policy(rank_within="region", stability_band=True),
    "absolute": Policy(absolute_cutoff=D("2000000.00")),
}


@pytest.mark.parametrize("name", OPTIONS)
def test_every_way_up_of_generated_customers_is_true(name):
    found = [
        walk(generated.facts(seed, n), OPTIONS[name]) for seed, n in ((11, 60), (12, 61), (13, 64), (14, 25), (15, 7))
    ]
    to_a, to_b = map(sum, zip(*found, strict=True))
    assert to_a >= 90
    assert to_b >= 15


def test_hundreds_of_ways_up_under_the_articles_rule_are_true():
    found = [walk(generated.facts(seed, 40 + seed), ARTICLE) for seed in range(20, 34)]
    to_a, to_b = map(sum, zip(*found, strict=True))
    assert to_a >= 500
    assert to_b >= 100


def test_between_closes_the_way_to_b_names_the_day_of_judgement():
    policy = Policy(b_judged_yearly=True)
    one = shop(1, "100", "110", "100", previous_tier="C", **HIGH)
    facts = [*crowd(1000), one]
    to_b = ways(facts, policy, date(2021, 8, 15))[1].to_b
    assert (to_b.judged_on, to_b.amount) == (date(2021, 12, 31), D(21))
    assert tier_after(facts, 1, policy, date(2021, 8, 15), more=D(21)) == "C"
    assert tier_after(facts, 1, policy, to_b.judged_on, more=D(21)) == "B"
    assert tier_after(facts, 1, policy, to_b.judged_on, more=D("20.99")) == "C"
    assert ways(facts, policy, date(2021, 12, 31))[1].to_b.judged_on is None


def test_too_few_months_say_how_many_are_missing():
    to_a = ways([*crowd(10), shop(1, "1", months_active=4)], Policy(part_years=True))[1].to_a
    assert (to_a.code, to_a.months_missing, to_a.amount) == (ToACode.TOO_NEW, 2, None)


def test_a_part_year_needs_its_share_of_the_yearly_cut_off():
    to_a = ways([*crowd(1200), shop(1, "500", months_active=6)], Policy(part_years=True))[1].to_a
    assert (to_a.amount, to_a.target, to_a.cutoff) == (D(100), D(600), D(1200))


companies = st.lists(
    st.tuples(st.integers(-3, 12), st.sampled_from([None, "A", "C"]), st.sampled_from([None, 6, 7, 11])),
    min_size=1,
    max_size=26,
)


@given(companies, st.sampled_from(list(OPTIONS.values())))
def test_every_way_up_of_small_companies_full_of_ties_is_true(company, policy):
    if policy.absolute_cutoff is not None:
        policy = dataclasses.replace(policy, absolute_cutoff=D("0.05"))
    facts = [
        shop(number, str(D(cents) / 100), previous_tier=before, months_active=months)
        for number, (cents, before, months) in enumerate(company)
    ]
    walk(facts, policy)
