"""The options of a policy, each off by default: what they do, and that they do it exactly."""

import dataclasses
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil

import pytest

from customers.tiers.tiering import Facts, Policy, Reason, decide
from tests.rules import generated

D = Decimal
AS_OF = generated.AS_OF
HIGH = {"cooperation": D(80), "loyalty": D(80)}


def shop(number, w0="0", w1="0", w2="0", **known):
    return Facts(number, "franchisee", w0=D(w0), w1=D(w1), w2=D(w2), **known)


def by_id(result):
    return {decision.customer_id: decision for decision in result.decisions}


def network(n, held=()):
    """n franchisees, number 1 sells most; those in `held` were A before."""
    return [
        shop(number, str(n + 1 - number), previous_tier="A" if number in held else "C") for number in range(1, n + 1)
    ]


def a_of(facts, policy, as_of=AS_OF):
    return {decision.customer_id for decision in decide(facts, policy, as_of).decisions if decision.tier == "A"}


def test_every_option_is_off_by_default():
    policy = Policy()
    assert policy == Policy(
        code="article",
        version=1,
        top_share=D("0.20"),
        growth=D("0.10"),
        cooperation_high=D(70),
        loyalty_high=D(70),
        min_observations=5,
        stability_band=False,
        part_years=False,
        b_judged_yearly=False,
        rank_within="brand",
        absolute_cutoff=None,
    )
    bare = [
        dataclasses.replace(one, region_id=None, previous_tier=None, months_active=None)
        for one in generated.facts(3, 500)
    ]
    assert [(one.tier, one.reason) for one in decide(bare, policy, AS_OF).decisions] == [
        (one.tier, one.reason) for one in decide(generated.facts(3, 500), policy, AS_OF).decisions
    ]


# ---- stability band -----------------------------------------------------------------------------------------------

BAND = Policy(stability_band=True)


def test_in_the_band_the_holders_stay():
    # 100 ranked, 20 places, in at rank 18, out after rank 22: 21 and 22 were A, 19 and 20 were not.
    result = decide(network(100, held={21, 22}), BAND, AS_OF)
    found = by_id(result)
    assert {number for number, one in found.items() if one.tier == "A"} == {*range(1, 19), 21, 22}
    assert (found[18].reason, found[21].reason) == (Reason.TOP_SHARE, Reason.BAND_KEPT)
    assert (found[19].tier, found[19].reason) == ("C", Reason.BAND_WAITING)
    assert found[23].reason == Reason.NOT_YET_JUDGEABLE
    assert (result.k, result.cutoff) == (20, D(81))


def test_beyond_the_band_a_holder_leaves_and_places_are_filled_by_sales():
    assert a_of(network(100, held={23, 24}), BAND) == set(range(1, 21))


def test_too_many_holders_are_trimmed_by_sales():
    assert a_of(network(100, held={19, 20, 21, 22}), BAND) == set(range(1, 21))
    assert a_of(network(100, held={20, 21, 22}), BAND) == {*range(1, 19), 20, 21}


def test_equals_are_filled_together():
    facts = network(100)
    tied = [dataclasses.replace(one, w0=D(81)) if one.customer_id in (20, 21) else one for one in facts]
    assert a_of(tied, BAND) == set(range(1, 22))


def test_without_a_history_the_band_is_the_plain_rule():
    facts = [dataclasses.replace(one, previous_tier=None) for one in generated.facts(8, 800)]
    assert a_of(facts, BAND) == a_of(facts, Policy())


@pytest.mark.parametrize("seed", range(20))
def test_band_against_a_reference_by_ranks(seed):
    """Without ties the band can be written down by ranks alone, and always holds exactly k places."""
    held = {one.customer_id for one in generated.facts(seed, 130) if one.previous_tier == "A"}
    n = 40 + seed * 7
    held = {number % n + 1 for number in held}
    k = ceil(Fraction(n, 5))
    sure = [rank for rank in range(1, n + 1) if rank * 100 <= 18 * n or (rank in held and rank * 100 <= 22 * n)]
    waiting = [rank for rank in range(1, n + 1) if rank not in sure]
    members = (sure + waiting[: max(0, k - len(sure))])[: max(k, 0)] if len(sure) <= k else sorted(sure)[:k]
    assert a_of(network(n, held), BAND) == set(members)
    assert len(members) == k


def test_waiting_for_the_band_one_may_still_be_b():
    facts = network(100, held={21, 22})
    grown = [dataclasses.replace(one, w1=D(10), w2=D(5), **HIGH) if one.customer_id == 19 else one for one in facts]
    found = by_id(decide(grown, BAND, AS_OF))[19]
    assert (found.tier, found.reason, found.lacking) == ("B", Reason.GROWTH, (Reason.BAND_WAITING,))


# ---- part-years ---------------------------------------------------------------------------------------------------

PART = Policy(part_years=True)


def test_a_part_year_is_ranked_on_twelve_average_months():
    facts = [shop(1, "70", months_active=7), shop(2, "119"), *(shop(10 + n, "10") for n in range(3))]
    assert a_of(facts, Policy()) == {2}
    result = decide(facts, PART, AS_OF)
    found = by_id(result)
    assert {number for number, one in found.items() if one.tier == "A"} == {1}
    assert (found[1].projected, found[1].rank, found[1].w0) == (Fraction(120), 1, D(70))
    assert (found[2].projected, found[2].rank) == (None, 2)
    assert result.cutoff == D(120)


def test_a_projected_cut_off_is_shown_rounded_up_to_the_cent():
    result = decide([shop(1, "100", months_active=7)], PART, AS_OF)
    assert result.groups[None].cutoff == Fraction(1200, 7)
    assert result.cutoff == D("171.43")
    assert result.decisions[0].tier == "A"


@pytest.mark.parametrize(
    ("months", "rank", "reason"),
    [
        (5, None, Reason.TOO_NEW),
        (0, None, Reason.TOO_NEW),
        (6, 1, Reason.TOP_SHARE),
        (12, 1, Reason.TOP_SHARE),
        (None, 1, Reason.TOP_SHARE),
    ],
)
def test_under_six_months_nobody_is_ranked(months, rank, reason):
    result = decide([shop(1, "70", months_active=months), shop(2, "1")], PART, AS_OF)
    assert (result.decisions[0].rank, result.decisions[0].reason) == (rank, reason)
    assert result.ranked == (1 if rank is None else 2)


def test_the_months_asked_for_are_the_policys():
    assert a_of([shop(1, "70", months_active=3), shop(2, "1")], Policy(part_years=True, part_years_from=3)) == {1}


# ---- B judged once a year -----------------------------------------------------------------------------------------

YEARLY = Policy(b_judged_yearly=True)
GROWN = {"w0": D(121), "w1": D(110), "w2": D(100), **HIGH}
SUMMER = date(2021, 8, 15)


def judged(previous, as_of, policy=YEARLY, grown=True):
    one = Facts(1, "franchisee", previous_tier=previous, **(GROWN if grown else {**GROWN, "w0": D(100)}))
    return by_id(decide([one, shop(2, "1000")], policy, as_of))[1]


@pytest.mark.parametrize("as_of", [date(2021, 12, 31), date(2022, 1, 1), date(2022, 1, 30)])
def test_at_the_close_b_is_judged(as_of):
    assert (judged("C", as_of).tier, judged("C", as_of).preview) == ("B", None)
    assert (judged("B", as_of, grown=False).tier, judged("B", as_of, grown=False).preview) == ("C", None)


@pytest.mark.parametrize("as_of", [date(2021, 12, 30), date(2022, 1, 31), SUMMER])
def test_between_closes_b_and_c_stay_and_the_rule_is_a_preview(as_of):
    up, down = judged("C", as_of), judged("B", as_of, grown=False)
    assert (up.tier, up.reason, up.preview, up.lacking) == ("C", Reason.C_UNTIL_CLOSE, "B", ())
    assert (down.tier, down.reason, down.preview) == ("B", Reason.B_UNTIL_CLOSE, "C")
    assert down.lacking == (Reason.GROWTH_2_SHORT,)


@pytest.mark.parametrize("previous", ["A", None])
def test_who_was_a_or_never_judged_is_judged_at_once(previous):
    assert (judged(previous, SUMMER).tier, judged(previous, SUMMER, grown=False).tier) == ("B", "C")
    assert judged(previous, SUMMER).preview == "B"


def test_a_is_judged_at_any_time():
    one = by_id(decide([shop(1, "5", previous_tier="C")], YEARLY, SUMMER))[1]
    assert (one.tier, one.preview) == ("A", "A")


def test_a_business_year_may_end_in_june():
    policy = Policy(b_judged_yearly=True, year_end_month=6)
    assert judged("C", date(2021, 6, 30), policy).tier == "B"
    assert judged("C", date(2021, 7, 30), policy).tier == "B"
    assert judged("C", date(2021, 7, 31), policy).tier == "C"
    assert judged("C", date(2021, 12, 31), policy).tier == "C"


# ---- ranking within regions ---------------------------------------------------------------------------------------


def test_each_region_has_its_own_places_and_cut_off():
    facts = [
        *(shop(number, str(100 - number), region_id=1) for number in range(10)),
        *(shop(20 + number, str(9 - number), region_id=2) for number in range(6)),
        shop(40, "1"),
        Facts(41, "agent", region_id=3),
    ]
    result = decide(facts, Policy(rank_within="region"), AS_OF)
    assert {one.customer_id for one in result.decisions if one.tier == "A"} == {0, 1, 20, 21, 40, 41}
    assert {region: (group.ranked, group.k, group.cutoff) for region, group in result.groups.items()} == {
        1: (10, 2, D(99)),
        2: (6, 2, D(8)),
        None: (1, 1, D(1)),
        3: (0, 0, None),
    }
    assert (result.ranked, result.k, result.cutoff) == (17, 5, None)
    assert (by_id(result)[25].rank, by_id(result)[25].ranked, by_id(result)[25].cutoff) == (6, 6, D(8))


@pytest.mark.parametrize("seed", range(5))
def test_a_region_is_decided_as_if_it_were_alone(seed):
    facts = generated.facts(seed, 400)
    together = by_id(decide(facts, Policy(rank_within="region"), AS_OF))
    for region in (None, 1, 2, 3):
        alone = decide([one for one in facts if one.region_id == region], Policy(), AS_OF)
        assert all(together[one.customer_id] == one for one in alone.decisions)


# ---- absolute cut-off ---------------------------------------------------------------------------------------------


def test_an_absolute_cut_off_lets_in_whoever_sold_that_much():
    policy = Policy(absolute_cutoff=D("50.00"))
    result = decide([shop(1, "50"), shop(2, "49.99"), shop(3, "70"), shop(4, "60")], policy, AS_OF)
    found = by_id(result)
    assert [found[number].tier for number in (1, 2, 3, 4)] == ["A", "C", "A", "A"]
    assert found[1].reason == Reason.FIXED_CUTOFF
    assert (result.ranked, result.k, result.cutoff) == (4, 3, D(50))
    assert [found[number].rank for number in (1, 2, 3, 4)] == [3, 4, 1, 2]


def test_in_a_bad_year_an_absolute_cut_off_may_leave_nobody():
    result = decide([shop(1, "5"), shop(2, "4")], Policy(absolute_cutoff=D(50)), AS_OF)
    assert (result.counts["A"], result.k, result.cutoff) == (0, 0, D(50))


def test_a_share_of_nothing_gives_no_place():
    result = decide([shop(1, "5")], Policy(top_share=D(0)), AS_OF)
    assert (result.counts["A"], result.k, result.cutoff) == (0, 0, None)
