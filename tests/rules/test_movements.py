"""Who moved between two runs, and who stands next to the border."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from customers.tiers.movements import Flow, border_cases, flows, flows_from_counts, move, summary
from customers.tiers.tiering import Facts, Policy, decide
from tests.rules import generated

D = Decimal
tiers = st.dictionaries(st.integers(1, 40), st.sampled_from("ABC"))


def shop(number, w0, **known):
    return Facts(number, "franchisee", w0=D(w0), **known)


def test_flows_with_entered_and_left_in_order():
    before = {1: "A", 2: "A", 3: "B", 4: "C", 5: "C"}
    after = {1: "A", 2: "C", 3: "A", 4: "C", 6: "B"}
    sales = {1: D("10.10"), 2: D("5"), 3: D("7.25"), 4: D(1), 5: D(2), 6: D(3)}
    assert flows(before, after, sales) == (
        Flow("A", "A", 1, D("10.10")),
        Flow("A", "C", 1, D(5)),
        Flow("B", "A", 1, D("7.25")),
        Flow("C", "C", 1, D(1)),
        Flow("C", None, 1, D(2)),
        Flow(None, "B", 1, D(3)),
    )
    assert summary(flows(before, after)) == {"stayed": 2, "up": 1, "down": 1, "entered": 1, "left": 1}


def test_sales_are_optional_and_summed_exactly():
    rows = flows({1: "A", 2: "A", 3: "A"}, {1: "A", 2: "A", 3: "A"}, {1: D("1e30"), 2: D("0.01")})
    assert rows == (Flow("A", "A", 3, D("1000000000000000000000000000000.01")),)
    assert flows({1: "A"}, {})[0].sales == 0
    assert flows({}, {}) == ()


def test_counts_of_a_database_make_the_same_rows():
    counts = {(None, "C"): (3, D(9)), ("C", "B"): (2, D(5)), ("A", "A"): (0, D(0)), ("B", None): (1, D(1))}
    assert flows_from_counts(counts) == (
        Flow("B", None, 1, D(1)),
        Flow("C", "B", 2, D(5)),
        Flow(None, "C", 3, D(9)),
    )


@pytest.mark.parametrize(
    ("pair", "words"), [((None, None), "neither run"), (("D", "A"), "unknown tier"), (("A", ""), "unknown tier")]
)
def test_an_unknown_pair_is_refused(pair, words):
    with pytest.raises(ValueError, match=words):
        flows_from_counts({pair: (1, D(0))})


@pytest.mark.parametrize(
    ("pair", "name"),
    [(("B", "A"), "up"), (("A", "C"), "down"), (("C", "C"), "stayed"), ((None, "A"), "entered"), (("A", None), "left")],
)
def test_directions(pair, name):
    assert move(*pair) == name
    assert Flow(*pair, 1, D(0)).move == name


@given(tiers, tiers)
def test_every_customer_flows_once(before, after):
    rows = flows(before, after)
    assert sum(row.n for row in rows) == len(before.keys() | after.keys())
    for tier in "ABC":
        assert sum(row.n for row in rows if row.from_tier == tier) == list(before.values()).count(tier)
        assert sum(row.n for row in rows if row.to_tier == tier) == list(after.values()).count(tier)
    back = {(row.to_tier, row.from_tier): row.n for row in rows}
    assert back == {(row.from_tier, row.to_tier): row.n for row in flows(after, before)}


def test_border_cases_are_the_nearest_on_either_side():
    facts = [shop(number, w0) for number, w0 in enumerate(["50", "30", "29", "28.5", "20", "10", "9", "8", "7"])]
    facts += [Facts(20, "agent", w0=D(30)), shop(21, "0")]
    border = border_cases(decide(facts, Policy(), generated.AS_OF).decisions, 2)
    assert [(one.customer_id, one.tier, one.rank, one.distance) for one in border.above] == [
        (1, "A", 2, Fraction(0)),
        (0, "A", 1, Fraction(20)),
    ]
    assert [(one.customer_id, one.rank, one.sales, one.distance) for one in border.below] == [
        (2, 3, D(29), Fraction(-1)),
        (3, 4, D("28.5"), Fraction(-3, 2)),
    ]


def test_equals_come_by_number_and_few_are_few():
    facts = [shop(number, "5") for number in (3, 1, 2)]
    border = border_cases(decide(facts, Policy(), generated.AS_OF).decisions, 2)
    assert [one.customer_id for one in border.above] == [1, 2]
    assert border.below == ()
    assert border_cases([], 5).above == ()
    with pytest.raises(ValueError, match="negative"):
        border_cases([], -1)


def test_each_region_is_measured_against_its_own_cut_off():
    facts = [
        shop(1, "100", region_id=1),
        shop(2, "90", region_id=1),
        shop(3, "10", region_id=2),
        shop(4, "9", region_id=2),
    ]
    border = border_cases(decide(facts, Policy(rank_within="region"), generated.AS_OF).decisions, 1)
    assert [one.customer_id for one in border.above] == [1]
    assert [(one.customer_id, one.distance) for one in border.below] == [(4, Fraction(-1))]


def test_a_projected_seller_at_its_own_cut_off_is_above():
    result = decide([shop(1, "100", months_active=7)], Policy(part_years=True), generated.AS_OF)
    border = border_cases(result.decisions, 1)
    assert [(one.customer_id, one.sales) for one in border.above] == [(1, Fraction(1200, 7))]


@pytest.mark.parametrize("seed", range(4))
def test_above_is_a_and_below_is_not_under_the_articles_rule(seed):
    result = decide(generated.facts(seed, 300), Policy(), generated.AS_OF)
    border = border_cases(result.decisions, 10_000)
    assert {one.customer_id for one in border.above} == {
        one.customer_id for one in result.decisions if one.rank is not None and one.tier == "A"
    }
    assert len(border.above) + len(border.below) == result.ranked
