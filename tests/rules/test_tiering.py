"""The rule of the tiers: the article's words one by one, an independent reference, and properties."""

import dataclasses
import random
from collections import Counter
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.tiers.tiering import Facts, Policy, Reason, Result, decide, places
from tests.rules import generated
from tests.rules.reference import tiers_of

D = Decimal
AS_OF = generated.AS_OF
ARTICLE = Policy()
HIGH = {"cooperation": D(70), "loyalty": D(70)}


def shop(number, w0="0", w1="0", w2="0", **known):
    return Facts(number, "franchisee", w0=D(w0), w1=D(w1), w2=D(w2), **known)


def crowd(*sales, start=101):
    """Franchisees who sold these amounts and nothing before."""
    return [shop(start + n, str(w0)) for n, w0 in enumerate(sales)]


def by_id(result):
    return {decision.customer_id: decision for decision in result.decisions}


def tier_of(facts, number=1, policy=ARTICLE):
    return by_id(decide(facts, policy, AS_OF))[number].tier


# ---- the article's rule -------------------------------------------------------------------------------------------


def test_the_top_fifth_of_the_franchisees_is_a():
    result = decide(crowd(10, 9, 8, 7, 6, 5, 4, 3, 2, 1), ARTICLE, AS_OF)
    assert [decision.tier for decision in result.decisions] == ["A", "A"] + ["C"] * 8
    assert (result.ranked, result.k, result.cutoff) == (10, 2, D(9))
    assert result.counts == {"A": 2, "B": 0, "C": 8}
    assert [decision.rank for decision in result.decisions] == list(range(1, 11))


@pytest.mark.parametrize(
    ("ranked", "k"),
    [(0, 0), (1, 1), (4, 1), (5, 1), (6, 2), (10, 2), (11, 3), (1960, 392), (10**15 + 1, 2 * 10**14 + 1)],
)
def test_places_are_a_fifth_rounded_up_exactly(ranked, k):
    assert places(ARTICLE, ranked) == k


def test_a_share_that_floats_cannot_hold_is_exact():
    # In floats 0.07 * 100 is 7.000000000000001, which rounded up would give an eighth place.
    assert places(Policy(top_share=D("0.07")), 100) == 7


def test_equal_sellers_at_the_border_are_all_let_in():
    result = decide(crowd(10, 9, 9, 9, 6, 5, 4, 3, 2, 1), ARTICLE, AS_OF)
    assert [decision.tier for decision in result.decisions] == ["A"] * 4 + ["C"] * 6
    assert [decision.rank for decision in result.decisions] == [1, 2, 2, 2, 5, 6, 7, 8, 9, 10]
    assert (result.k, result.cutoff) == (2, D(9))


def test_equal_amounts_written_differently_are_equal():
    result = decide([shop(1, "9.0"), shop(2, "9.00"), shop(3, "9")], ARTICLE, AS_OF)
    assert [(decision.tier, decision.rank) for decision in result.decisions] == [("A", 1)] * 3


def test_an_agent_is_always_a_and_is_not_ranked():
    agent = Facts(1, "agent", w0=D(-50))
    result = decide([agent, *crowd(5, 4, 3, 2, 1)], ARTICLE, AS_OF)
    assert (result.decisions[0].tier, result.decisions[0].reason, result.decisions[0].rank) == ("A", Reason.AGENT, None)
    assert (result.ranked, result.k, result.cutoff) == (5, 1, D(5))
    assert result.decisions[0].cutoff == D(5)


def test_who_sold_nothing_or_took_back_more_is_not_ranked():
    result = decide([*crowd(5, 4, 3, 2, 1), shop(1, "0"), shop(2, "-3", "10", "5", **HIGH)], ARTICLE, AS_OF)
    found = by_id(result)
    assert result.ranked == 5
    assert (found[1].tier, found[1].rank, found[1].reason) == ("C", None, Reason.NO_SALES)
    assert found[2].lacking == (Reason.NO_SALES, Reason.GROWTH_2_SHORT)
    assert (found[2].g1, found[2].g2) == (Fraction(1), Fraction(-13, 10))


def test_growth_of_exactly_ten_percent_twice_is_b():
    facts = [*crowd(1000), shop(1, "121.00", "110.00", "100.00", **HIGH)]
    decision = by_id(decide(facts, ARTICLE, AS_OF))[1]
    assert (decision.tier, decision.reason, decision.lacking) == ("B", Reason.GROWTH, ())
    assert (decision.g1, decision.g2) == (Fraction(1, 10), Fraction(1, 10))


def test_growth_is_exact_where_floats_and_28_digits_are_not():
    year = D("1" + "0" * 40)
    grown = dataclasses.replace(shop(1, **HIGH), w2=year, w1=year / 10 * 11, w0=year / 100 * 121)
    assert tier_of([*crowd(D("9e60")), grown]) == "B"
    a_cent_short = D("120" + "9" * 38 + ".99")
    assert tier_of([*crowd(D("9e60")), dataclasses.replace(grown, w0=a_cent_short)]) == "C"


@pytest.mark.parametrize(
    ("sales", "reason"),
    [
        (("120.99", "110.00", "100.00"), Reason.GROWTH_2_SHORT),
        (("121.00", "109.99", "100.00"), Reason.GROWTH_1_SHORT),
        (("110.00", "109.99", "100.00"), Reason.GROWTH_SHORT),
        (("121.00", "110.00", "0"), Reason.NOT_YET_JUDGEABLE),
        (("121.00", "110.00", "-1"), Reason.NOT_YET_JUDGEABLE),
        (("121.00", "0", "100.00"), Reason.NOT_YET_JUDGEABLE),
        (("121.00", "-1", "100.00"), Reason.NOT_YET_JUDGEABLE),
        (("0", "110.00", "100.00"), Reason.NO_SALES),
    ],
)
def test_what_is_short_is_named(sales, reason):
    decision = by_id(decide([*crowd(1000), shop(1, *sales, **HIGH)], ARTICLE, AS_OF))[1]
    assert (decision.tier, decision.reason) == ("C", reason)


@pytest.mark.parametrize(
    ("cooperation", "loyalty", "lacking"),
    [
        (D(70), D(70), ()),
        (D("69.99"), D(70), (Reason.COOPERATION_LOW,)),
        (D(70), D("69.99"), (Reason.LOYALTY_LOW,)),
        (None, D(100), (Reason.COOPERATION_UNKNOWN,)),
        (D(100), None, (Reason.LOYALTY_UNKNOWN,)),
        (D(0), None, (Reason.COOPERATION_LOW, Reason.LOYALTY_UNKNOWN)),
    ],
)
def test_both_scores_must_be_high_and_unknown_is_not_high(cooperation, loyalty, lacking):
    facts = [*crowd(1000), shop(1, "121", "110", "100", cooperation=cooperation, loyalty=loyalty)]
    decision = by_id(decide(facts, ARTICLE, AS_OF))[1]
    assert decision.lacking == lacking
    assert decision.tier == ("C" if lacking else "B")
    assert decision.reason == (lacking[0] if lacking else Reason.GROWTH)


def test_a_score_on_too_few_observations_is_unknown():
    facts = shop(1, "121", "110", "100", **HIGH, cooperation_observations=4, loyalty_observations=5)
    decision = by_id(decide([*crowd(1000), facts], ARTICLE, AS_OF))[1]
    assert decision.lacking == (Reason.COOPERATION_UNKNOWN,)
    assert tier_of([*crowd(1000), facts], policy=Policy(min_observations=4)) == "B"


def test_a_wins_over_b():
    assert tier_of([shop(1, "121", "110", "100", **HIGH)]) == "A"


@pytest.mark.parametrize(
    ("known", "is_open"),
    [
        ({}, True),
        ({"opened_on": AS_OF}, True),
        ({"opened_on": date(2022, 1, 1)}, False),
        ({"closed_on": AS_OF}, False),
        ({"closed_on": date(2021, 12, 30)}, False),
        ({"closed_on": date(2022, 1, 1)}, True),
        ({"closed_on": date(2022, 1, 1), "closed": True}, True),
        ({"closed": True}, False),
        ({"opened_on": date(2010, 1, 1), "closed": True}, False),
    ],
)
def test_who_is_not_open_is_neither_ranked_nor_decided(known, is_open):
    facts = [shop(1, "10", **known), Facts(2, "agent", **known), *crowd(5, 4, 3, 2, 1)]
    result = decide(facts, ARTICLE, AS_OF)
    assert [decision.customer_id for decision in result.decisions[:2]] == ([1, 2] if is_open else [101, 102])
    assert (result.ranked, result.k, result.cutoff) == ((6, 2, D(5)) if is_open else (5, 1, D(5)))


def test_nobody_gives_an_empty_result():
    assert decide([], ARTICLE, AS_OF) == Result(
        (), {"A": 0, "B": 0, "C": 0}, 0, 0, None, decide([], ARTICLE, AS_OF).groups
    )
    alone = decide([shop(1)], ARTICLE, AS_OF)
    assert (alone.ranked, alone.k, alone.cutoff, alone.decisions[0].tier) == (0, 0, None, "C")


def test_reasons_are_a_closed_list_that_is_stored():
    assert [str(reason) for reason in Reason] == [
        "agent",
        "top_share",
        "fixed_cutoff",
        "band_kept",
        "growth",
        "b_until_close",
        "c_until_close",
        "too_new",
        "band_waiting",
        "no_sales",
        "not_yet_judgeable",
        "growth_short",
        "growth_1_short",
        "growth_2_short",
        "cooperation_unknown",
        "cooperation_low",
        "cooperation_unsure",
        "loyalty_unknown",
        "loyalty_low",
    ]


# ---- refusals -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "error", "words"),
    [
        ([shop(1), shop(1)], ValueError, "customer 1 is given twice"),
        ([Facts(1, "shop")], ValueError, "unknown kind 'shop'"),
        ([shop(1, previous_tier="D")], ValueError, "unknown tier 'D'"),
        ([shop(1, months_active=13)], ValueError, "months_active"),
        ([shop(1, "NaN")], ValueError, "w0 must be finite"),
        ([shop(1, "0", "Infinity")], ValueError, "w1 must be finite"),
        ([Facts(1, "agent", w2=1.5)], TypeError, "w2 must be a Decimal, not float"),
        ([Facts(1, "agent", w2=None)], TypeError, "w2 must be a Decimal"),
        ([Facts(1, "agent", loyalty=0.7)], TypeError, "loyalty must be a Decimal"),
    ],
)
def test_wrong_facts_are_refused(facts, error, words):
    with pytest.raises(error, match=words):
        decide(facts, ARTICLE, AS_OF)


@pytest.mark.parametrize(
    "values",
    [
        {"top_share": D("1.01")},
        {"top_share": D("-0.01")},
        {"growth": D("-0.1")},
        {"min_observations": -1},
        {"stability_band": True, "band_enter": D("0.21")},
        {"stability_band": True, "band_leave": D("0.19")},
        {"stability_band": True, "absolute_cutoff": D(5)},
        {"absolute_cutoff": D(0)},
        {"part_years_from": 0},
        {"part_years_from": 13},
        {"year_end_month": 13},
        {"rank_within": "city"},
        {"growth": D("NaN")},
    ],
)
def test_a_policy_that_contradicts_itself_is_refused(values):
    with pytest.raises(ValueError, match=next(iter(values)).split("_")[0]):
        Policy(**values)


def test_a_float_in_a_policy_is_refused():
    with pytest.raises(TypeError, match="top_share must be a Decimal, not float"):
        Policy(top_share=0.2)


# ---- the reference ------------------------------------------------------------------------------------------------


SIZES = [*range(1, 12), 15, 16, 21, 25, 50, 99, 100, 101, 250, 499, 501, 700, 999, 1000, 1001, 1500, 2000, 1300]


@pytest.mark.parametrize(("seed", "n"), list(enumerate(SIZES)))
def test_agrees_with_the_reference(seed, n):
    customers = generated.customers(seed, n)
    expected, (ranked, k, cutoff) = tiers_of(customers, AS_OF)
    result = decide(map(generated.as_facts, customers), ARTICLE, AS_OF)
    assert {decision.customer_id: (decision.tier, decision.rank) for decision in result.decisions} == expected
    assert (result.ranked, result.k) == (ranked, k)
    assert result.cutoff == (None if cutoff is None else generated.money(cutoff))
    assert result.counts == {tier: Counter(found for found, _ in expected.values())[tier] for tier in "ABC"}
    assert [decision.customer_id for decision in result.decisions] == list(expected)


def test_the_reference_saw_ten_thousand_customers_and_every_border():
    assert sum(SIZES) >= 10_000
    seen = Counter()
    for seed, n in enumerate(SIZES):
        customers = generated.customers(seed, n)
        result = decide(map(generated.as_facts, customers), ARTICLE, AS_OF)
        seen.update(decision.reason for decision in result.decisions)
        seen["left out"] += n - len(result.decisions)
        seen["closed without a date"] += sum(one["closed_flag"] and not one["closed_on"] for one in customers)
        franchisees = [one for one in result.decisions if one.rank is not None and one.tier == "A"]
        seen["tie at the border"] += len(franchisees) > result.k
        seen["exactly ten percent"] += sum(
            Fraction(1, 10) in (one.g1, one.g2) and one.tier == "B" for one in result.decisions
        )
        seen["returns"] += sum(one.w0 < 0 for one in result.decisions)
    assert min(seen[reason] for reason in Reason if reason in REACHED_WITHOUT_OPTIONS) >= 20
    for case in ("left out", "closed without a date", "exactly ten percent", "returns"):
        assert seen[case] >= 50, case
    assert seen["tie at the border"] >= 3


REACHED_WITHOUT_OPTIONS = set(Reason) - {
    Reason.FIXED_CUTOFF,
    Reason.BAND_KEPT,
    Reason.BAND_WAITING,
    Reason.B_UNTIL_CLOSE,
    Reason.C_UNTIL_CLOSE,
    Reason.TOO_NEW,
    Reason.COOPERATION_UNSURE,  # the generated customers are judged by their scores alone
}


@pytest.mark.parametrize("share", [(1, 100), (7, 100), (3333, 10_000), (50, 100), (1, 1)])
def test_two_policies_on_the_same_facts_each_agree_with_the_reference(share):
    customers = generated.customers(77, 400)
    facts = list(map(generated.as_facts, customers))
    policy = Policy(top_share=D(share[0]) / share[1], growth=D("0.25"), cooperation_high=D(71), loyalty_high=D(71))
    expected, (_, k, _) = tiers_of(customers, AS_OF, share=share, percent=25, high=71)
    strict, other = decide(facts, ARTICLE, AS_OF), decide(facts, policy, AS_OF)
    assert {one.customer_id: (one.tier, one.rank) for one in other.decisions} == expected
    assert other.k == k
    assert strict == decide(facts, ARTICLE, AS_OF)
    assert strict.decisions != other.decisions


# ---- properties ---------------------------------------------------------------------------------------------------

amounts = st.one_of(st.integers(-300, 300), st.sampled_from([0, 100, 110, 121, 1000, 1100, 1210]))
scores = st.sampled_from([None, D("69.99"), D(70), D(90)])
options = st.sampled_from(
    [
        ARTICLE,
        Policy(stability_band=True),
        Policy(stability_band=True, band_enter=D("0.05"), band_leave=D("0.6")),
        Policy(part_years=True),
        Policy(b_judged_yearly=True, year_end_month=6),
        Policy(rank_within="region"),
        Policy(absolute_cutoff=D("1.50")),
        Policy(top_share=D("0.5"), stability_band=True, band_enter=D("0.3"), band_leave=D(1), part_years=True),
    ]
)


@st.composite
def a_company(draw, most=30):
    n = draw(st.integers(1, most))
    return [
        Facts(
            number,
            draw(st.sampled_from(["franchisee"] * 7 + ["agent"])),
            w0=D(draw(amounts)) / 100,
            w1=D(draw(amounts)) / 100,
            w2=D(draw(amounts)) / 100,
            cooperation=draw(scores),
            loyalty=draw(scores),
            region_id=draw(st.sampled_from([None, 1, 2])),
            previous_tier=draw(st.sampled_from([None, "A", "B", "C"])),
            months_active=draw(st.sampled_from([None, 12, 11, 7, 6, 5, 0])),
            closed=draw(st.integers(0, 9)) == 0,
        )
        for number in range(n)
    ]


@given(a_company(), options, st.randoms(use_true_random=False))
def test_the_order_of_the_customers_does_not_matter(company, policy, dice):
    result = by_id(decide(company, policy, AS_OF))
    shuffled = company[:]
    dice.shuffle(shuffled)
    again = decide(shuffled, policy, AS_OF)
    assert by_id(again) == result
    assert [one.customer_id for one in again.decisions] == [one.customer_id for one in shuffled if not one.closed]


@given(a_company(), options, st.sampled_from([D("0.01"), D("0.5"), D(3), D(1000)]))
def test_tiers_do_not_depend_on_the_currency(company, policy, rate):
    if policy.absolute_cutoff is not None:
        policy_there = dataclasses.replace(policy, absolute_cutoff=policy.absolute_cutoff * rate)
    else:
        policy_there = policy
    there = [dataclasses.replace(one, w0=one.w0 * rate, w1=one.w1 * rate, w2=one.w2 * rate) for one in company]
    here = decide(company, policy, AS_OF)
    moved = decide(there, policy_there, AS_OF)
    assert [(one.tier, one.reason, one.lacking, one.rank, one.g1, one.g2) for one in here.decisions] == [
        (one.tier, one.reason, one.lacking, one.rank, one.g1, one.g2) for one in moved.decisions
    ]


@given(a_company(), options, st.data())
def test_selling_more_never_lowers_the_tier(company, policy, data):
    number = data.draw(st.integers(0, len(company) - 1))
    more = D(data.draw(st.integers(1, 2000))) / 100
    richer = [dataclasses.replace(one, w0=one.w0 + more) if one.customer_id == number else one for one in company]
    before, after = by_id(decide(company, policy, AS_OF)), by_id(decide(richer, policy, AS_OF))
    if number in before:
        assert after[number].tier <= before[number].tier  # "A" < "B" < "C"


@given(a_company(), st.data())
def test_higher_scores_never_lower_the_tier(company, data):
    number = data.draw(st.integers(0, len(company) - 1))
    better = [
        dataclasses.replace(one, cooperation=D(95), loyalty=D(95)) if one.customer_id == number else one
        for one in company
    ]
    before, after = by_id(decide(company, ARTICLE, AS_OF)), by_id(decide(better, ARTICLE, AS_OF))
    if number in before:
        assert after[number].tier <= before[number].tier


@given(a_company(), options)
def test_every_decision_explains_itself(company, policy):
    result = decide(company, policy, AS_OF)
    for one in result.decisions:
        if one.tier == "C" and one.reason != Reason.C_UNTIL_CLOSE:
            assert one.reason == one.lacking[0]
        assert list(one.lacking) == sorted(one.lacking, key=list(Reason).index)
        if one.rank is None:
            assert one.ranked_on is None
        if one.reason is Reason.TOP_SHARE:
            assert one.rank <= one.k
    assert sum(result.counts.values()) == len(result.decisions)


def test_a_big_company_is_decided_alike_in_any_order():
    facts = generated.facts(5, 1500)
    result = by_id(decide(facts, ARTICLE, AS_OF))
    random.Random(1).shuffle(facts)
    assert by_id(decide(facts, ARTICLE, AS_OF)) == result
