"""Silence of who orders now and then, in days made by hand."""

import datetime

from customers.relationship.ordersilence import judge, quantile

START = datetime.date(2026, 1, 1)


def days(*numbers):
    return [START + datetime.timedelta(days=n) for n in numbers]


def test_without_orders_nothing_is_said():
    assert judge([], START) is None
    assert judge(days(5), START) is None  # not known yet


def test_few_orders_make_no_usual_gap():
    found = judge(days(0, 10, 20), START + datetime.timedelta(days=100))
    assert (found.since, found.usual, found.light) == (80, None, "unknown")


def test_amber_beyond_the_usual_gap_and_red_beyond_twice():
    orders = days(0, 10, 20, 30, 40, 50)
    lights = {n: judge(orders, START + datetime.timedelta(days=50 + n)).light for n in (10, 11, 20, 21)}
    assert lights == {10: "calm", 11: "amber", 20: "amber", 21: "red"}


def test_orders_after_the_day_are_not_known():
    orders = days(0, 10, 20, 30, 40, 50, 90)
    assert judge(orders, START + datetime.timedelta(days=65)).since == 15


def test_quantile_between_neighbours():
    assert quantile([1, 2, 3, 4, 5], 0.9) == 4.6
    assert quantile([7], 0.9) == 7
