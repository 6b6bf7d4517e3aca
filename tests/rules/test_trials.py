"""Several promotions put together: by hand, at the border of too few, and how often the range is right."""

from __future__ import annotations

import random
from math import exp, expm1, log1p

import pytest

from promotions.learning.trials import LEAST_NOISE, Trial, Z, student, together


def trial(logged: float, noise: float) -> Trial:
    return Trial(*(expm1(logged + side * Z * noise) for side in (0, -1, 1)))


def test_fewer_than_three_have_no_average():
    assert together([]) is None
    assert together([trial(0.1, 0.05), trial(0.2, 0.05)]) is None


def test_a_case_worked_by_hand():
    """Weights 400 each: mean 0.13333, Q 18.6667, C 800, so tau² 0.0208333; then weights 42.857 and t(2) 2.92."""
    found = together([trial(0.0, 0.05), trial(0.1, 0.05), trial(0.3, 0.05)])
    assert found is not None
    assert found.n == 3
    assert log1p(found.lift) == pytest.approx(0.4 / 3)
    assert found.spread**2 == pytest.approx(16.666667 / 800)
    assert log1p(found.high) - log1p(found.lift) == pytest.approx(2.92 * (1 / 128.5714286) ** 0.5)
    assert log1p(found.lift) - log1p(found.low) == pytest.approx(0.2575198, abs=1e-6)
    assert (found.least, found.most) == (pytest.approx(0.0), pytest.approx(exp(0.3) - 1))


def test_promotions_that_agree_by_luck_make_nobody_surer_than_their_own_noise():
    found = together([trial(0.1, 0.06)] * 4)
    assert found is not None
    assert found.spread == 0
    assert log1p(found.high) - 0.1 == pytest.approx(2.3534 * 0.06 / 2)


def test_the_surer_one_counts_more():
    sure, vague = trial(0.0, 0.02), trial(0.2, 0.2)
    found = together([sure, sure, vague])
    assert found is not None
    weights = (1 / 0.0004, 1 / 0.0004, 1 / 0.04)
    assert log1p(found.lift) == pytest.approx(0.2 * weights[2] / sum(weights))


def test_what_sold_nothing_at_all_still_has_a_place():
    assert Trial(-1.0, -1.0, -1.0).noise == LEAST_NOISE
    assert together([Trial(-1.0, -1.0, 0.0), trial(0.1, 0.1), trial(0.1, 0.1)]) is not None


def test_between_two_degrees_of_freedom_the_wider_one_is_taken():
    assert [student(n) for n in (2, 10, 11, 12, 500)] == [2.92, 1.8125, 1.8125, 1.7823, 1.6577]


@pytest.mark.parametrize("n", [3, 5, 9])
def test_nine_in_ten_ranges_hold_the_truth(n):
    """Promotions that truly differ by a tenth, measured with unequal noise."""
    draw, held, rounds = random.Random(14), 0, 2000
    for _round in range(rounds):
        sizes = [draw.choice((0.02, 0.05, 0.1)) for _ in range(n)]
        found = together([trial(draw.gauss(draw.gauss(0.08, 0.1), size), size) for size in sizes])
        assert found is not None
        held += found.low <= expm1(0.08) <= found.high
    assert 0.88 <= held / rounds <= 0.94
