"""Which shops are alike, and what of one is clearly off theirs: exact figures, and no finding in noise."""

from __future__ import annotations

import datetime
from random import Random

import pytest

from customers.peers import findings as rule
from customers.peers.alike import Shop, city_level, distance, nearest
from customers.peers.findings import Day, Figures

MONDAY = datetime.date(2026, 1, 5)
EVEN = (10, 10, 10, 10, 10, 25, 25)
HOLE = (11, 11, 11, 11, 2, 27, 27)


def weeks(pattern, n: int = 13, promoted=(), wobble: float = 0.0, seed: int = 0, closed: int = 0) -> list[Day]:
    """pattern: sales by weekday, Monday first."""
    random, days = Random(seed), []
    for number in range(7 * n):
        day = MONDAY + datetime.timedelta(days=number)
        net = pattern[number % 7] * (1 + wobble * random.uniform(-1, 1))
        is_open = day.isoweekday() != closed
        days.append(Day(day, net if is_open else 0, number in promoted, is_open))
    return days


def test_levels_of_cities():
    assert [
        city_level("北京市", "", ""),
        city_level("江苏省", "南京市", "玄武区"),
        city_level("江苏省", "泰州市", "海陵区"),
        city_level("江苏省", "徐州市", "沛县"),
        city_level("", "", ""),
    ] == [1, 1, 2, 3, 2]


def test_the_nearest_in_size_level_and_age():
    own = Shop(1, 100.0, 2, 730)
    assert distance(own, Shop(2, 100.0, 2, 730)) == 0
    assert distance(own, Shop(3, 200.0, 2, 730)) == pytest.approx(1.0)
    assert distance(own, Shop(4, 100.0, 3, 730)) == 0.5
    assert distance(own, Shop(5, 201.0, 2, 730)) is None and distance(own, Shop(6, 49.0, 2, 730)) is None
    assert distance(own, Shop(7, 100.0, 2)) == 0.25
    others = [Shop(9, 110.0, 2, 730), Shop(8, 110.0, 2, 730), Shop(2, 100.0, 3, 730), Shop(5, 300.0, 2, 730), own]
    assert nearest(own, others) == [8, 9, 2] and nearest(own, others, 1) == [8]


def test_a_weekday_on_which_less_is_sold():
    peers = [Figures(weeks(EVEN, wobble=0.1, seed=n)) for n in range(8)]
    (found,) = rule.findings(Figures(weeks(HOLE, wobble=0.1, seed=99)), peers)
    assert (found.kind, found.weekday, found.n) == ("weekday", 5, 8)
    assert (round(found.own, 2), round(found.peers, 2)) == (0.02, 0.10) and found.score > 3
    assert rule.findings(Figures(weeks(EVEN, wobble=0.1, seed=99)), peers) == []


def test_closed_days_are_no_hole_and_few_weeks_say_nothing():
    peers = [Figures(weeks(EVEN, wobble=0.1, seed=n)) for n in range(8)]
    assert rule.weekday_hole(Figures(weeks(HOLE, closed=5)), peers) is None
    assert rule.weekday_hole(Figures(weeks(HOLE, n=7)), peers) is None


def test_fewer_than_five_peers_say_nothing():
    peers = [Figures(weeks(EVEN)) for _n in range(5)]
    assert rule.weekday_hole(Figures(weeks(HOLE)), peers).n == 5
    assert rule.weekday_hole(Figures(weeks(HOLE)), peers[:4]) is None


def test_promotion_days_that_were_not_used():
    days = range(0, 40, 4)
    peers = [Figures(weeks(EVEN, promoted=days)) for _n in range(6)]
    found = rule.promotions_unused(Figures(weeks(EVEN, promoted=(0,))), peers)
    assert (found.own, found.of, found.peers, found.n) == (1, 10, 1.0, 6) and found.score == pytest.approx(9.0)
    assert rule.promotions_unused(Figures(weeks(EVEN, promoted=list(days)[:8])), peers) is None  # 80 %: not clear
    few = [Figures(weeks(EVEN, promoted=(0, 4, 8, 12))) for _n in range(6)]
    assert rule.promotions_unused(Figures(weeks(EVEN)), few) is None


def test_units_in_an_order_fall():
    peers = [Figures(units=(202 + n, 200), orders=(100, 100)) for n in range(5)]
    found = rule.units_falling(Figures(units=(160, 200), orders=(100, 100)), peers)
    assert (found.own, found.before, found.n) == (1.6, 2.0, 5) and found.peers == pytest.approx(0.02)
    assert rule.units_falling(Figures(units=(190, 200), orders=(100, 100)), peers) is None  # 7 % off: too small
    assert rule.units_falling(Figures(units=(40, 50), orders=(20, 20)), peers) is None  # too few orders


def test_orders_fall_beyond_what_chance_does():
    peers = [Figures(orders=(1000 + n, 1000)) for n in range(6)]
    found = rule.orders_falling(Figures(orders=(700, 1000)), peers)
    assert (found.own, found.before) == (700, 1000) and found.score > 3
    small = [Figures(orders=(50, 50)) for _n in range(6)]
    assert rule.orders_falling(Figures(orders=(40, 50)), small) is None  # 20 % of 50 is chance
    falling = [Figures(orders=(700 + n, 1000)) for n in range(6)]
    assert rule.orders_falling(Figures(orders=(700, 1000)), falling) is None  # all fall alike


def test_invoices_paid_later():
    peers = [Figures(late=((2, 3, 2, 3), (2, 3, 2, 3))) for _n in range(5)]
    found = rule.paying_later(Figures(late=((20, 21, 19, 20), (5, 6, 4, 5))), peers)
    assert (found.own, found.before, found.peers, found.n) == (20.0, 5.0, 0.0, 5)
    assert rule.paying_later(Figures(late=((9, 9, 9, 9), (5, 5, 5, 5))), peers) is None  # 4 days
    assert rule.paying_later(Figures(late=((60, 0, 0, 0), (0, 0, 0, 1))), peers) is None  # one invoice: noise
    assert rule.paying_later(Figures(late=((20, 20, 20), (5, 5, 5))), peers) is None


def test_three_at_most_the_clearest_first():
    peers = [
        Figures(weeks(EVEN, promoted=range(0, 40, 4)), (200, 200), (1000, 1000), ((2,) * 4, (2,) * 4))
        for _n in range(6)
    ]
    own = Figures(weeks(HOLE), (100, 400), (500, 1000), ((40,) * 4, (2,) * 4))
    found = rule.findings(own, peers)
    assert len(found) == 3 and [one.score for one in found] == sorted((one.score for one in found), reverse=True)


def test_chance_alone_is_taken_for_a_finding_once_in_seventy_nine_shops():
    """Shops that differ by chance only, each against twenty of its like: one is wrongly told of."""
    shops = [Figures(weeks(EVEN, wobble=0.6, seed=n)) for n in range(100)]
    told = sum(bool(rule.findings(one, shops[n + 1 : n + 21])) for n, one in enumerate(shops[:79]))
    assert told == 1


def test_a_weekday_on_which_nobody_sells_is_no_finding():
    resting = (10, 10, 10, 10, 10, 25, 0)
    peers = [Figures(weeks(resting, wobble=0.1, seed=n)) for n in range(8)]
    assert rule.findings(Figures(weeks(resting, wobble=0.1, seed=99)), peers) == []
