"""Baselines from own months, and what to expect from comparable promotions: by hand, and where the truth is known."""

import random
from datetime import date
from decimal import Decimal
from math import exp, log

import pytest

from promotions.calculator.baseline import Baseline, baseline, expected_month, forecast, season
from promotions.calculator.expected import ENOUGH, Expecting, Offer, Past, TrackRecord, expect, track_record
from promotions.calculator.refusing import Refused

D = Decimal
DECEMBER = date(2025, 12, 1)
FLAT = [D(100)] * 24


# ---- baseline ------------------------------------------------------------------------------------------------------


def test_a_steady_customer_sells_what_it_sold():
    assert expected_month(FLAT, FLAT, DECEMBER) == 100
    # 14 of the 31 days of January: 45.16.
    assert baseline(FLAT, FLAT, DECEMBER, date(2026, 1, 5), 14) == Baseline(45, 45, 45, 24)


def test_half_level_and_half_last_year():
    """Doubled a year ago: level 200; last January 200, trend 2; the last three 200: ½ · 200 + ½ · (240 + 80)."""
    own = [D(100)] * 12 + [D(200)] * 12
    assert expected_month(own, FLAT, DECEMBER) == D("0.5") * 200 + D("0.5") * (D("0.6") * 200 * 2 + D("0.4") * 200)
    # Tripled counts as doubled, and a trend of a quarter as a half.
    tripled = [D(100)] * 12 + [D(300)] * 12
    assert expected_month(tripled, FLAT, DECEMBER) == D("0.5") * 300 + D("0.5") * (D("0.6") * 300 * 2 + D("0.4") * 300)
    fallen = [D(100)] * 12 + [D(25)] * 12
    assert expected_month(fallen, FLAT, DECEMBER) == D("0.5") * 25 + D("0.5") * (D("0.6") * 25 / 2 + D("0.4") * 25)


def test_the_latest_month_weighs_most_in_the_level():
    """Four months only, so that it is level alone: each weighs 0.75 of the one after it."""
    own = [D(0), D(0), D(0), D(70)]
    weights = 1 + D("0.75") + D("0.5625") + D("0.421875")
    assert abs(expected_month(own, FLAT, DECEMBER) - 70 / weights) < D("1E-20")


def test_ones_own_season_is_mixed_in_by_its_years():
    """Two years with all sales in June: its own index there is 12, and weighs 2 / 5 beside the network's 1."""
    own = [D(600) if month == 6 else D(0) for month in range(1, 13)] * 2
    index = season(own, FLAT, DECEMBER)
    assert (index[5], index[0]) == (D("0.4") * 12 + D("0.6"), D("0.6"))
    assert season([*own[:-1], None], FLAT, DECEMBER)[5] == D("0.25") * 12 + D("0.75")
    assert season(own, [], DECEMBER)[5] == D("0.4") * 12 + D("0.6")


def test_a_young_customer_goes_by_its_level_and_the_networks_season():
    network = ([D(300)] + [D(100)] * 11) * 2
    # January is 300 / (1400 / 12) of a month, the others 100 / (1400 / 12).
    own = [D(50)] * 4
    assert abs(expected_month(own, network, DECEMBER) - 150) < D("1E-20")
    assert abs(expected_month(own, network, DECEMBER, ahead=2) - 50) < D("1E-20")


def test_a_month_without_a_report_is_not_one_without_sales():
    own = [*FLAT[:-3], None, D(100), None]
    assert expected_month(own, FLAT, DECEMBER) == 100
    assert expected_month([*FLAT[:-6], None, None, None, None, D(100), D(100)], FLAT, DECEMBER) is None
    assert baseline([D(100)] * 2, FLAT, DECEMBER, date(2026, 1, 1), 7) is None


def test_more_returned_than_sold_is_no_sale():
    assert expected_month([D(-5)] * 6, FLAT, DECEMBER) == 0


def test_weekends_weigh_what_they_sell():
    weekdays = [D(1)] * 5 + [D(3)] * 2
    # January 2026 has 22 weekdays and 9 weekend days: 22 + 27 = 49; Saturday and Sunday 6 of them.
    assert baseline(FLAT, FLAT, DECEMBER, date(2026, 1, 10), 2, weekdays).units == 12
    assert baseline(FLAT, FLAT, DECEMBER, date(2026, 1, 10), 2).units == 6
    # Over the border of months, each by its own days.
    assert baseline(FLAT, FLAT, DECEMBER, date(2026, 1, 31), 2).units == 7


def test_the_range_needs_eight_forecasts_that_can_be_judged():
    steady = forecast([D(100)] * 20, [D(100)] * 20, DECEMBER)
    assert (steady.n, steady.low) == (7, None)
    steady = forecast([D(100)] * 21, [D(100)] * 21, DECEMBER)
    assert (steady.n, steady.low, steady.high) == (8, 100, 100)
    dice = random.Random(4)
    own = [D(dice.randrange(60, 140)) for _ in range(48)]
    found = forecast(own, [D(1000)] * 48, DECEMBER)
    assert found.n == 35
    assert found.low < found.value < found.high


@pytest.mark.parametrize(
    ("start", "days", "weekdays", "errors"),
    [
        (date(2025, 12, 31), 2, None, {"start": "in_the_past"}),
        (date(2026, 12, 31), 2, None, {"days": "too_far"}),
        (date(2026, 1, 1), 0, None, {"days": "not_positive"}),
        (date(2026, 1, 1), 1, [D(1)] * 6, {"weekdays": "not_positive"}),
        (date(2026, 1, 1), 1, [D(0)] * 7, {"weekdays": "not_positive"}),
    ],
)
def test_a_window_that_cannot_be_forecast_is_refused(start, days, weekdays, errors):
    with pytest.raises(Refused) as refusal:
        baseline(FLAT, FLAT, DECEMBER, start, days, weekdays)
    assert refusal.value.errors == errors


# ---- expected effect -----------------------------------------------------------------------------------------------


def past(n, seed=1, spread=0.2):
    """Promotions of a known truth: beer ×1.2, tea ×1.8, elasticity 2, display ×1.3; customer 7 half as much again."""
    dice = random.Random(seed)
    made = []
    for _ in range(n):
        offer = Offer(
            dice.randrange(1, 30), dice.choice(["beer", "tea"]), dice.choice([0.7, 0.8, 0.9, 1.0]), dice.random() < 0.5
        )
        made.append(Past(offer, truth(offer) * exp(dice.gauss(0, spread))))
    return made


def truth(offer):
    own = 1.5 if offer.customer == 7 else 1.0
    return 1.2 * (1.5 if offer.kind == "tea" else 1) * offer.price_ratio**-2 * (1.3 if offer.display else 1) * own


def test_fewer_than_twenty_forecast_nothing():
    assert expect(past(ENOUGH - 1), Offer(1, "beer")) is None
    assert expect([], Offer(1, "beer")) is None
    # Those of which nothing was sold cannot be used, and do not count.
    assert expect([*past(ENOUGH - 1), Past(Offer(1, "beer"), 0.0)], Offer(1, "beer")) is None
    assert expect(past(ENOUGH), Offer(1, "beer")).n == ENOUGH


def test_always_the_same_is_expected_again():
    found = expect([Past(Offer(n % 5, "beer"), 1.25) for n in range(30)], Offer(2, "beer"))
    assert (found.low, found.expected, found.high) == (D("0.250"), D("0.250"), D("0.250"))
    assert (found.n, found.alike, found.own) == (30, 30, 6)


def test_kind_price_and_display_are_told_apart():
    learned = Expecting(past(3000))
    for offer in (Offer(99, "beer", 0.8, True), Offer(99, "tea", 1.0), Offer(99, "tea", 0.7, True)):
        assert float(learned.of(offer).expected) == pytest.approx(truth(offer) - 1, abs=0.09)
    assert learned.of(Offer(7, "beer", 0.8)).expected > learned.of(Offer(8, "beer", 0.8)).expected * D("1.3")


def test_few_of_its_own_move_little():
    rest = [Past(Offer(n, "beer"), 1.0) for n in range(100, 140)]
    one = expect([*rest, Past(Offer(1, "beer"), 2.0)], Offer(1, "beer"))
    many = expect([*rest, *[Past(Offer(1, "beer"), 2.0)] * 24], Offer(1, "beer"))
    assert D("0.05") < one.expected < D("0.15")
    assert D("0.60") < many.expected < D("0.95")


@pytest.mark.parametrize("n", [40, 400])
def test_eight_in_ten_lie_between(n):
    inside = total = 0
    for seed in range(40):
        learned = Expecting(past(n, seed))
        for one in past(25, 1000 + seed):
            found = learned.of(one.offer)
            inside += float(found.low) <= one.ratio - 1 <= float(found.high)
            total += 1
    assert 0.75 <= inside / total <= 0.87


@pytest.mark.parametrize("customers", [36, 6])
def test_the_range_is_of_errors_made_without_the_promotion_itself(customers):
    """Each of 36 is forecast from the 35 others in turn: the tenth furthest below and above are low and high."""
    dice = random.Random(9)
    own = [exp(dice.gauss(0, 0.6)) for _ in range(customers)]
    made = [
        Past(
            offer := Offer(n % customers, "beer", 1 - n % 4 / 10, n % 3 == 0),
            own[offer.customer] * exp(dice.gauss(0, 0.2)),
        )
        for n in range(36)
    ]
    errors = sorted(
        log(one.ratio) - log(1 + float(expect(made[:n] + made[n + 1 :], one.offer).expected))
        for n, one in enumerate(made)
    )
    found = expect(made, Offer(99, "beer", 0.9))
    for limit, error in ((found.low, errors[2]), (found.high, errors[33])):
        assert log(1 + float(limit)) - log(1 + float(found.expected)) == pytest.approx(error, abs=0.06)


def test_low_and_high_hold_the_expected_between_them():
    for seed in range(20):
        found = expect(past(25, seed), Offer(3, "tea", 0.9))
        assert found.low <= found.expected <= found.high


def test_a_kind_never_seen_goes_by_all_others():
    found = expect(past(200), Offer(1, "wine", 0.9))
    assert (found.n, found.alike) == (200, 0)


def test_how_earlier_forecasts_came_out():
    forecasts = [(D("0.5"), D("0.3")), (D("0.2"), D("0.2")), (D("0.4"), D("0.1")), (D(0), D("0.9"))]
    assert track_record(forecasts) == TrackRecord(3, D("0.6000"))
    assert track_record(forecasts[:2]) == TrackRecord(2, D("0.8000"))
    assert track_record([]) is None
