"""Wants more, gets less: exact shares and changes, and what they are called."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from customers.support.balance import Asked, Quarter, Rest, Small, by_quarter, concentrate, weigh

D = Decimal
STARTS = [date(2026, 1, 1), date(2026, 4, 1), date(2026, 7, 1), date(2026, 10, 1)]


EVEN = (D("100000"),) * 4


def of(asked, granted, sales=EVEN) -> list[Quarter]:
    return [
        Quarter(start, bool(a), D(a), bool(g), D(g), D(g), s)
        for start, a, g, s in zip(STARTS, asked, granted, sales, strict=True)
    ]


def test_requests_fall_into_the_quarters_they_were_asked_and_decided_in():
    rows = [
        Asked(date(2026, 3, 31), D("1000.00"), date(2026, 4, 2), True, D("800.00"), D("750.00")),
        Asked(date(2026, 4, 1), None, date(2026, 4, 2), True),
        Asked(date(2026, 11, 1), D("500.00")),
        Asked(date(2026, 5, 1), D("700.00"), date(2026, 5, 9), False),
        Asked(date(2025, 12, 31), D("9.00"), date(2026, 1, 2), True, D("9.00")),
    ]
    found = by_quarter(rows, {date(2026, 4, 1): D("5000.00")}, date(2026, 11, 28))
    assert [(q.start, q.asked_n, q.asked, q.granted_n, q.granted, q.cost, q.sales) for q in found] == [
        (date(2026, 1, 1), 1, D("1000.00"), 1, D("9.00"), D("0.00"), None),
        (date(2026, 4, 1), 2, D("700.00"), 2, D("800.00"), D("750.00"), D("5000.00")),
        (date(2026, 7, 1), 0, D("0.00"), 0, D("0.00"), D("0.00"), None),
        (date(2026, 10, 1), 1, D("500.00"), 0, D("0.00"), D("0.00"), None),
    ]


def test_the_figures_of_a_year():
    found = weigh(of((1000, 2000, 3000, 3000), (900, 1100, 800, 800)))
    assert (found.asked_n, found.asked, found.granted_n, found.granted) == (4, D(9000), 4, D(3600))
    assert (found.share, found.ratio) == (D("0.4000"), D("0.0090"))
    assert (found.asks, found.gets) == (D("1.0000"), D("-0.2000"))
    assert found.trend == "wants_more_gets_less"


@pytest.mark.parametrize(
    "asked,granted,trend",
    [
        ((0, 0, 0, 0), (0, 0, 0, 0), "quiet"),
        ((0, 0, 500, 0), (0, 0, 0, 0), "new"),
        ((500, 500, 550, 550), (400, 400, 400, 400), "wants_more"),  # +10 % is noticed
        ((500, 500, 549, 550), (400, 400, 400, 400), "steady"),  # +9.9 % is not
        ((500, 500, 500, 500), (400, 400, 360, 360), "gets_less"),
        ((500, 500, 500, 500), (400, 400, 361, 360), "steady"),
        ((500, 500, 550, 550), (400, 400, 440, 440), "gets_more"),
        ((500, 500, 600, 600), (400, 400, 440, 440), "wants_more"),
        ((500, 500, 550, 550), (400, 400, 360, 360), "wants_more_gets_less"),
    ],
)
def test_what_it_is_called(asked, granted, trend):
    assert weigh(of(asked, granted)).trend == trend


def test_nothing_is_divided_by_nothing():
    found = weigh(of((0, 0, 0, 0), (0, 0, 0, 0), (None, None, None, None)))
    assert (found.share, found.ratio, found.asks, found.gets, found.sales) == (None, None, None, None, D("0.00"))


def test_where_the_support_of_small_customers_goes():
    rows = [
        Small(1, "B", D("6000.00"), D("120.00"), D("100.00")),
        Small(2, "C", D("3000.00"), D("80.00"), D("100.00")),
        Small(3, "C", D("1000.00"), D("30.00"), D("0.00")),
    ]
    found = concentrate(rows, Rest(1, D("90.00"), D("100.00")), 2)
    assert [(one.small.id, one.share, one.reached, one.small.growth) for one in found.lines] == [
        (1, D("0.6000"), D("0.6000"), D("0.2000")),
        (2, D("0.3000"), D("0.9000"), D("-0.2000")),
    ]
    assert (found.given, found.customers, found.growth, found.others) == (
        D("10000.00"),
        4,
        D("0.0000"),
        D("0.2000"),
    )
    assert found.reached == D("0.9000") and concentrate([], Rest(), 2).reached is None
