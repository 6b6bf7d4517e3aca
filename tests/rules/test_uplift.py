"""What a promotion brought: worked by hand, on seeded noise, and what must hold for any series."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from promotions.uplift.choosing import MOST_COMPARED, thinned
from promotions.uplift.estimator import CHUNK, aftermath, estimate, measure, measure_each
from promotions.uplift.frame import MONTHS
from promotions.uplift.history import day_profile
from promotions.uplift.pooling import chances, interval, pooled
from promotions.uplift.terms import (
    Effect,
    Reason,
    Setting,
    Shop,
    ShopLift,
    Span,
    Study,
)
from tests.rules.studies import LENGTH, SETTING, START, WINDOW, flat, shops, study

# ---- worked by hand -----------------------------------------------------------------------------------------------


def test_what_the_others_gained_is_no_lift():
    """Others went from 100 to 120. Two shops of 200 would have sold 240 a day and sold 264: 10 % more."""
    found = measure(Study([Shop(1, flat(200, 264)), Shop(2, flat(200, 264))], shops(12), SETTING))
    assert isinstance(found, Effect)
    assert (found.shops, found.left_out, found.level) == (2, (), 0.90)
    assert found.lift == pytest.approx(0.10, abs=1e-6)
    assert (found.low, found.high) == (pytest.approx(0.10, abs=1e-5), pytest.approx(0.10, abs=1e-5))
    assert found.before_after == pytest.approx(0.32)
    assert found.actual == pytest.approx(2 * 14 * 264)
    assert found.expected == pytest.approx(2 * 14 * 240, rel=1e-6)
    assert found.amount == pytest.approx(2 * 14 * 24, rel=1e-5)


def test_shops_count_by_what_they_were_expected_to_sell():
    """300 expected as 360 and sold 396 (+10 %), 100 expected as 120 and sold 120: (396 + 120) / 480 = 1.075."""
    found = measure(Study([Shop(1, flat(300, 396)), Shop(2, flat(100, 120))], shops(12), SETTING))
    assert found.lift == pytest.approx(0.075, abs=1e-6)


def test_equal_shops_are_compared_with_equally():
    found = measure(Study([Shop(1, flat(200, 264))], shops(12), SETTING))
    assert [pk for pk, _weight in found.weights] == list(range(100, 112))
    assert [weight for _pk, weight in found.weights] == pytest.approx([1 / 12] * 12)


def test_the_course_is_the_line_that_would_have_been():
    course = measure(Study([Shop(1, flat(200, 264))], shops(12), SETTING)).course
    assert course.first == START - 56
    assert course.actual.tolist() == [200.0] * 56 + [264.0] * 14
    assert course.expected == pytest.approx(np.array([200.0] * 56 + [240.0] * 14), rel=1e-6)
    assert (course.low <= course.expected).all() and (course.expected <= course.high).all()


def test_the_profile_is_the_mean_of_what_each_sold_against_its_own_usual_day():
    sales = np.array([[10.0] * 60, [1000.0] * 60, [10.0] * 60, [10.0] * 60, [10.0] * 60])
    sales[0, 58], sales[1, 58], sales[4, 59] = 20.0, 2000.0, np.nan
    profile = day_profile(sales, 57, Setting(Span(57, 60)).frame)
    assert profile[58] == pytest.approx((2 + 2 + 1 + 1 + 1) / 5)
    assert profile[59] == 1.0  # four were open: too few to tell


def test_a_closed_day_on_a_strong_day_is_no_loss():
    """Sundays sell double everywhere; shop 1 was closed on the window's Sundays, and sold as usual on all others."""
    days = np.arange(START + LENGTH)
    usual = np.where(days % 7 == 6, 200.0, 100.0)
    closed = usual.copy()
    closed[START + 6], closed[START + 13] = np.nan, np.nan
    found = measure(Study([Shop(1, closed)], [Shop(100 + n, usual) for n in range(12)], SETTING))
    assert found.lift == pytest.approx(0.0, abs=1e-5)


def test_known_closures_are_read_as_closed():
    shut = flat(200, 264)
    shut[START + 3 : START + 5] = 0.0
    found = measure(Study([Shop(1, shut, closed=(Span(START + 3, START + 5),))], shops(12), SETTING))
    assert found.lift == pytest.approx(0.10, abs=1e-6)
    assert found.actual == pytest.approx(12 * 264)


def test_other_promotions_before_are_no_usual_days():
    before = flat(200, 264)
    before[START - 20 : START - 10] = 400.0
    found = measure(Study([Shop(1, before, others=(Span(START - 20, START - 10),))], shops(12), SETTING))
    assert found.lift == pytest.approx(0.10, abs=1e-6)


def test_months_are_measured_against_the_year_before():
    """Everybody's winter is strong; the others stay level on the year, shop 1 sells 20 % more in two months."""
    season = np.array([150.0, 120, 100, 90, 80, 80, 80, 90, 100, 110, 120, 140] * 3)
    treated = season.copy() * 7
    treated[24:26] *= 1.2
    setting = Setting(Span(24, 26), frame=MONTHS)
    found = measure(Study([Shop(1, treated)], [Shop(100 + n, season * (n + 1)) for n in range(12)], setting))
    assert found.lift == pytest.approx(0.20, abs=1e-5)
    assert found.amount == pytest.approx(0.2 * 7 * 270, rel=1e-4)


def test_the_weeks_after_are_measured_against_the_same_past():
    days = START + LENGTH + 28
    bought_ahead = flat(200, 264, days)
    bought_ahead[START + LENGTH :] = 160.0
    whole = Study([Shop(1, bought_ahead)], shops(12, days=days), SETTING)
    assert aftermath(whole).lift == pytest.approx(-0.20, abs=1e-5)
    assert measure(whole).lift == pytest.approx(0.10, abs=1e-6)
    assert aftermath(Study(whole.treated, shops(12, days=days - 1), SETTING)) is None


# ---- pooling ------------------------------------------------------------------------------------------------------


def test_lifts_alike_are_pooled_as_they_are():
    lifts = np.array([0.1, 0.1, 0.1])
    assert pooled(lifts, np.array([0.1, 0.2, 0.3]), np.array([0.5, 0.3, 0.2])) == pytest.approx(0.1)


def test_a_noisy_shop_is_drawn_to_the_others():
    """Centre: one noisy shop far off counts little; exact shops keep their own lift."""
    shares = np.full(5, 0.2)
    exact = pooled(np.array([0.0, 0.0, 0.0, 0.0, 0.5]), np.full(5, 1e-6), shares)
    assert exact == pytest.approx(np.log((4 + np.exp(0.5)) / 5), abs=1e-4)
    noisy_one = pooled(np.array([0.0, 0.0, 0.0, 0.0, 0.5]), np.array([0.05, 0.05, 0.05, 0.05, 0.5]), shares)
    assert 0 < noisy_one < exact / 3


def test_rows_are_pooled_by_themselves():
    lifts = np.array([[0.1, 0.2, 0.4], [0.0, 0.3, -0.2]])
    noise, shares = np.array([0.1, 0.2, 0.3]), np.array([0.5, 0.3, 0.2])
    assert pooled(lifts, noise, shares).tolist() == [pooled(row, noise, shares) for row in lifts]


def test_what_chance_brings_on_average_is_taken_off():
    lift, low, high = interval(0.3, np.array([0.05, 0.15] * 50))
    assert lift == pytest.approx(0.2)
    assert (low, high) == (pytest.approx(0.2 - 1.5 * 1.03 * 0.05), pytest.approx(0.2 + 1.5 * 1.03 * 0.05))


def test_chances_are_the_same_each_time():
    errors, noise, shares = np.linspace(-2, 2, 31), np.full(4, 0.1), np.full(4, 0.25)
    first, second = (chances(errors, noise, shares, 0.01) for _turn in range(2))
    assert first.tolist() == second.tolist()


# ---- on noise -----------------------------------------------------------------------------------------------------


def test_without_effect_the_interval_holds_nothing_as_often_as_it_says():
    found = [measure(study(seed)) for seed in range(200)]
    held = np.mean([one.low <= 0 <= one.high for one in found])
    assert 0.86 <= held <= 0.94
    assert abs(np.mean([one.lift for one in found])) < 0.01


def test_a_known_lift_is_found():
    found = [measure(study(seed, lift=0.20)) for seed in range(200, 260)]
    assert np.mean([one.lift for one in found]) == pytest.approx(0.20, abs=0.02)
    assert np.mean([one.low <= 0.20 <= one.high for one in found]) >= 0.83
    assert np.mean([one.low > 0 for one in found]) >= 0.8


def test_many_shops_are_surer_than_one():
    one, many = measure(study(7, treated=1)), measure(study(7, treated=60))
    assert many.high - many.low < (one.high - one.low) / 2
    assert many.provable < one.provable


def test_weights_add_up_to_one():
    assert sum(weight for _pk, weight in measure(study(5)).weights) == pytest.approx(1.0)


def test_the_expected_course_adds_up_to_what_was_expected():
    found = measure(study(5, lift=0.1))
    assert found.course.expected[-LENGTH:].sum() == pytest.approx(found.expected)
    assert found.course.actual[-LENGTH:].sum() == pytest.approx(found.actual)
    assert found.actual - found.amount == pytest.approx(found.expected)
    assert found.actual / found.expected - 1 == pytest.approx(found.lift)
    assert (found.amount_low < found.amount < found.amount_high) and (found.low < found.lift < found.high)


# ---- what must hold -----------------------------------------------------------------------------------------------


def figures(found):
    return [found.lift, found.low, found.high, found.before_after, found.provable]


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), factor=st.sampled_from([2.0, 0.01, 100.0, 3.7]))
def test_all_sales_doubled_is_the_same_share(seed, factor):
    one = study(seed, lift=0.1)
    more = Study(
        *(
            [dataclasses.replace(shop, sales=shop.sales * factor) for shop in part]
            for part in (one.treated, one.comparison)
        ),
        SETTING,
    )
    found, again = measure(one), measure(more)
    assert figures(again) == pytest.approx(figures(found), rel=1e-6, abs=1e-9)
    assert again.amount == pytest.approx(found.amount * factor, rel=1e-6)


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), later=st.integers(1, 60))
def test_later_days_change_nothing(seed, later):
    random = np.random.default_rng(seed)
    one = study(seed)
    longer = Study(
        *(
            [dataclasses.replace(shop, sales=np.r_[shop.sales, random.uniform(0, 1e6, later)]) for shop in part]
            for part in (one.treated, one.comparison)
        ),
        SETTING,
    )
    found, again = measure(one), measure(longer)
    assert figures(again) == figures(found)
    assert again.weights == found.weights
    assert again.course.expected.tolist() == found.course.expected.tolist()


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000), size=st.integers(2, 9))
def test_the_order_of_treated_shops_changes_nothing(seed, size):
    one = study(seed, treated=size)
    found, again = measure(one), measure(Study(one.treated[::-1], one.comparison, SETTING))
    assert again.lift == pytest.approx(found.lift, abs=0.01)  # draws fall on other shops
    assert again.before_after == pytest.approx(found.before_after)


@settings(max_examples=10)
@given(seed=st.integers(0, 10_000))
def test_more_sales_in_the_window_are_never_a_smaller_lift(seed):
    one = study(seed, treated=1)
    shop = one.treated[0]
    sales = shop.sales.copy()
    sales[START:] *= 1.05
    more = measure(Study([dataclasses.replace(shop, sales=sales)], one.comparison, SETTING))
    assert (1 + more.lift) / (1 + measure(one).lift) == pytest.approx(1.05)


def test_what_came_in_is_left_as_it_was():
    shop = Shop(1, flat(200, 264), closed=(Span(3, 5),), others=(Span(10, 12),))
    measure(Study([shop], shops(12), SETTING))
    assert shop.sales.tolist() == flat(200, 264).tolist()


# ---- many, and the scorer's door ----------------------------------------------------------------------------------


def test_shop_by_shop_is_each_in_a_study_of_its_own():
    one = study(11, treated=4)
    each = list(measure_each(iter(one.treated), one.comparison, SETTING))
    assert [found.id for found in each] == [1, 2, 3, 4]
    for shop, found in zip(one.treated, each, strict=True):
        alone = measure(Study([shop], one.comparison, SETTING))
        assert [found.lift, found.low, found.high] == pytest.approx([alone.lift, alone.low, alone.high])
        assert [found.actual, found.expected] == pytest.approx([alone.actual, alone.expected])


def test_no_more_than_a_chunk_is_held():
    taken = []

    def rollout():
        for n in range(3 * CHUNK):
            taken.append(n)
            yield Shop(n, flat(200, 264), others=(WINDOW,) if n == CHUNK else ())

    found = measure_each(rollout(), shops(12), SETTING)
    assert next(found).id == 0
    assert len(taken) == CHUNK
    rest = list(found)
    assert rest[CHUNK - 1] == ShopLift(CHUNK, reason=Reason.OTHER_PROMOTION)
    assert len(rest) == 3 * CHUNK - 1


def test_of_very_many_shops_to_compare_with_every_so_manieth_is_taken():
    assert list(thinned(range(MOST_COMPARED))) == list(range(MOST_COMPARED))
    assert list(thinned(range(MOST_COMPARED + 1))) == list(range(0, MOST_COMPARED + 1, 2))


def case(seed=3, **changes):
    one = study(seed, treated=3, lift=0.1, days=START + LENGTH + 30)
    return {
        "dates": np.datetime64("2026-01-05") + np.arange(START + LENGTH + 30),
        "Y": np.stack([shop.sales for shop in (*one.treated, *one.comparison)]),
        "treated": np.arange(3),
        "controls": np.arange(3, 27),
        "t0": START,
        "t1": START + LENGTH,
        "promo": np.zeros((27, START + LENGTH + 30), bool),
        "kind": np.array([shop.kind for shop in (*one.treated, *one.comparison)]),
        **changes,
    }


def test_a_case_is_measured_as_a_study():
    found = measure(study(3, treated=3, lift=0.1, days=START + LENGTH + 30))
    assert estimate(case()) == pytest.approx((found.lift, found.low, found.high))


def test_a_case_with_too_few_controls_is_none():
    assert estimate(case(controls=np.arange(3, 14))) is None


def test_a_case_is_not_changed_and_what_follows_it_not_read():
    one = case()
    kept = one["Y"].copy()
    later = case(Y=np.where(np.arange(kept.shape[1]) < one["t1"], kept, 1e9))
    assert estimate(one) == estimate(later)
    assert (one["Y"] == kept).all()


def test_the_brands_own_calendar_is_no_lift():
    """Everybody sells half as much again on the brand's days, some more and some less; the window is one of them."""
    random = np.random.default_rng(4)
    days = START + LENGTH
    calendar = (np.arange(days) // 7) % 2 == 0
    strength = random.uniform(0.2, 0.8, 40)
    made = [
        Shop(n, np.exp(5 + np.where(calendar, strength[n], 0) + 0.05 * random.standard_normal(days))) for n in range(40)
    ]
    setting = Setting(WINDOW, calendar=calendar)
    found = measure(Study(made[:5], made[5:], setting))
    assert found.low <= 0 <= found.high
    assert abs(found.lift) < 0.03


@settings(max_examples=25)
@given(
    seed=st.integers(0, 10_000),
    zeros=st.floats(0, 0.9),
    unknown=st.floats(0, 0.35),
    returns=st.floats(0, 0.3),
    scale=st.sampled_from([1e-3, 1.0, 1e9]),
)
def test_any_series_is_measured_in_finite_figures_or_refused(seed, zeros, unknown, returns, scale):
    random = np.random.default_rng(seed)
    made = []
    for n in range(30):
        sales = scale * np.exp(random.normal(0, 1, START + LENGTH))
        sales[random.random(len(sales)) < zeros] = 0.0
        sales[random.random(len(sales)) < returns] *= -1
        sales[random.random(len(sales)) < unknown] = np.nan
        made.append(Shop(n, sales, "abc"[n % 3]))
    found = measure(Study(made[:4], made[4:], SETTING))
    if isinstance(found, Effect):
        assert np.isfinite([*figures(found), found.amount, found.amount_low, found.amount_high]).all()
        assert found.low <= found.lift <= found.high
        assert np.isfinite(found.course.expected).all() and (found.course.expected >= 0).all()
        assert found.shops + len(found.left_out) == 4
    else:
        assert found.reason in Reason
