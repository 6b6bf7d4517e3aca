"""Gap and shortfall arithmetic, exact; no link is claimed that the figures do not carry."""

import math
from decimal import Decimal

import pytest

from customers.surveys.gaps import (
    Blindness,
    Point,
    association,
    blindness,
    bottom_fifth,
    ordered,
    work_orders,
)


@pytest.mark.parametrize(
    ("expectation", "reality", "gap", "shortfall"), [(9, 4, -5, 5), (5, 5, 0, 0), (3, 9, 6, 0), (10, 1, -9, 9)]
)
def test_a_shortfall_is_never_below_nothing(expectation, reality, gap, shortfall):
    point = Point("supply", expectation, reality)
    assert (point.gap, point.shortfall) == (gap, shortfall)


def test_points_are_ordered_by_shortfall_times_importance():
    a, b, c, d = Point("a", 9, 5, 1), Point("b", 8, 6, 5), Point("c", 9, 9, 5), Point("d", 7, 5)
    # 4×1, 2×5, 0×5, 2×3
    assert [one.key for one in ordered([a, b, c, d])] == ["b", "d", "a", "c"]


def test_of_equal_ones_the_poorer_reality_comes_first():
    assert [one.key for one in ordered([Point("a", 9, 7), Point("b", 5, 3)])] == ["b", "a"]


def test_only_shortfalls_from_the_threshold_on_are_orders_for_work():
    points = [Point("a", 9, 6), Point("b", 9, 7), Point("c", 2, 10), Point("d", 10, 4)]
    assert [one.key for one in work_orders(points, 3)] == ["d", "a"]
    assert work_orders([Point("c", 2, 10)], 1) == []


def test_blindness_is_guess_less_answer_the_most_wrong_first():
    points = [Point(1, 8, 4), Point(2, 6, 6), Point(3, 5, 5)]
    found = blindness({1: (7, 8), 2: (6, 7)}, points)
    assert found == [Blindness(1, -1, 4), Blindness(2, 0, 1)]


def test_fewer_than_30_pairs_say_nothing():
    pairs = [(n % 10, n % 10) for n in range(29)]
    assert association(pairs) is None
    assert association([*pairs, (9, 9)]) is not None


def test_no_link_is_claimed_where_the_interval_holds_nothing():
    """A small r of 40 pairs, and one that never varies."""
    pairs = [(n % 2, (n // 2) % 2) for n in range(40)]
    assert association(pairs) is None
    assert association([(5, n % 10) for n in range(40)]) is None


def test_the_interval_is_fishers():
    pairs = [(n % 10, (n % 10) + (3 if n % 3 else -3)) for n in range(60)]
    found = association(pairs)
    xs, ys = [x for x, _ in pairs], [y for _, y in pairs]
    mx, my = sum(xs) / 60, sum(ys) / 60
    r = sum((x - mx) * (y - my) for x, y in pairs) / math.sqrt(
        sum((x - mx) ** 2 for x in xs) * sum((y - my) ** 2 for y in ys)
    )
    half = 1.959964 / math.sqrt(57)
    expected = [r, math.tanh(math.atanh(r) - half), math.tanh(math.atanh(r) + half)]
    assert [found.r, found.low, found.high] == [Decimal(f"{one:.2f}") for one in expected]
    assert found.n == 60 and found.low > 0


def test_all_the_same_is_a_perfect_link_without_an_interval():
    found = association([(n % 10, n % 10) for n in range(30)])
    assert (found.r, found.low, found.high) == (Decimal("1.00"),) * 3


@pytest.mark.parametrize(
    ("satisfaction", "called"),
    [
        ({}, []),
        ({1: 9}, [1]),
        ({1: 9, 2: 3, 3: 5, 4: 7, 5: 8}, [2]),
        ({1: 9, 2: 3, 3: 5, 4: 7, 5: 8, 6: 4}, [2, 6]),
        ({1: 4, 2: 4, 3: 9, 4: 9, 5: 9}, [1, 2]),
    ],
)
def test_the_least_content_fifth_is_called_first(satisfaction, called):
    assert bottom_fifth(satisfaction) == called
