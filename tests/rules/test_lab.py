"""The laboratory's arithmetic: shares, visits, money, fairness, churn; exact."""

from decimal import Decimal
from fractions import Fraction

import pytest

from customers.tiers.lab import (
    Cell,
    Churn,
    Load,
    Visiting,
    churn,
    cost,
    covered,
    fairness,
    is_unfair,
    load,
    side,
)

CELLS = [
    Cell(1, "A", "A", 2, Decimal(600), Decimal(660)),
    Cell(1, "A", "C", 1, Decimal(100), Decimal(50)),
    Cell(2, "C", "A", 1, Decimal(100), Decimal(120)),
    Cell(2, "B", "B", 2, Decimal(100), Decimal(90)),
    Cell(2, "C", "C", 4, Decimal(100), Decimal(80)),
]


def test_a_side_has_counts_sales_and_shares():
    before, after = side(CELLS, "before"), side(CELLS, "after")
    assert (before.counts, after.counts) == ({"A": 3, "B": 2, "C": 5}, {"A": 3, "B": 2, "C": 5})
    assert (before.sales["A"], after.sales["A"]) == (700, 700)
    assert before.covered == after.covered == (Fraction(7, 10), Fraction(8, 10))
    assert before.next_covered == (Fraction(71, 100), Fraction(80, 100))
    assert after.next_covered == (Fraction(78, 100), Fraction(87, 100))


def test_next_years_share_is_unknown_before_the_year_is_over():
    assert side([Cell(1, "A", "A", 1, Decimal(5), None)], "after").next_covered == (None, None)


def test_without_sales_there_is_no_share():
    assert covered({"A": Decimal(0), "B": Decimal(0), "C": Decimal(0)}) == (None, None)
    assert side([], "before").covered == (None, None)


def test_visits_follow_the_cadence():
    counts = {"A": 12, "B": 24, "C": 36}
    found = load(counts, Visiting({"A": 7, "B": 14, "C": 30}, 60))
    visits = (Fraction(12, 7) + Fraction(24, 14) + Fraction(36, 30)) * Fraction(365, 12)
    assert found == Load(visits, visits / 8)
    assert load(counts, Visiting({"A": 7, "B": 14, "C": 30}, 120)).days == visits / 4


def test_support_costs_what_the_tiers_cost_or_is_not_known():
    counts = {"A": 2, "B": 3, "C": 5}
    assert cost(counts, {"A": Decimal("1000.50"), "B": Decimal(100)}) == Decimal("2301.00")
    assert cost(counts, None) is None


@pytest.mark.parametrize(
    "part, unfair",
    # 100 of 1000 customers, 200 of all are A: 20 are expected, with a deviation of exactly 4.
    [(20, False), (28, False), (29, True), (12, False), (11, True), (0, True), (100, True)],
)
def test_a_region_is_told_apart_beyond_two_deviations(part, unfair):
    assert is_unfair(part, 100, 200, 1000) is unfair


@pytest.mark.parametrize("part, n, whole, everybody", [(0, 0, 0, 0), (0, 5, 0, 5), (5, 5, 5, 5), (0, 0, 3, 9)])
def test_where_nothing_can_deviate_nothing_does(part, n, whole, everybody):
    assert is_unfair(part, n, whole, everybody) is False


def test_regions_against_the_whole():
    one, two = fairness(CELLS)
    assert (one.region_id, one.n, one.customers, one.sales) == (1, 3, Fraction(3, 10), Fraction(7, 10))
    assert (one.before, one.after) == ({"A": 3, "B": 0, "C": 0}, {"A": 2, "B": 0, "C": 1})
    # Before: 3 of 3, 0.9 expected, 2.1 away, two deviations are 1.59. After: 2, which is 1.1 away.
    assert one.unfair == (True, False)
    # Before: 0 of 7, 2.1 expected, two deviations are 2.42.
    assert (two.customers, two.sales, two.unfair) == (Fraction(7, 10), Fraction(3, 10), (False, False))
    assert fairness([]) == ()


def test_churn_counts_who_is_replaced_from_month_to_month():
    chain = [{1: "A", 2: "A", 3: "C", 4: "B"}, {1: "A", 2: "C", 3: "A", 4: "B"}, {1: "A", 2: "C", 3: "C"}]
    found = churn(chain)
    # First month: 2 of A, one lost. Second: 1 and 3 of A, 3 lost. Who closed (4) is not counted.
    assert found["A"] == Churn(4, 2, 2)
    assert found["A"].a_month == Fraction(1, 2)
    assert found["B"] == Churn(1, 0, 2)
    assert found["C"] == Churn(2, 1, 2)
    assert churn([])["A"] == Churn(0, 0, 0)
    assert churn([])["A"].a_month is None
