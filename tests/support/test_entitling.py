"""What a customer is entitled to on a day: exact, and said once for part quarters, changes and exceptions."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from customers.support.entitling import (
    Exceptional,
    Term,
    commitment,
    given,
    next_quarter,
    quarter_of,
    span_of,
)

D = Decimal
TERMS = [
    Term(1, "A", "", "promotion", D("12000.00"), "quarter", date(2026, 1, 1)),
    Term(2, "A", "", "promotion", D("15000.00"), "quarter", date(2026, 8, 15)),
    Term(3, "A", "agent", "promotion", D("20000.00"), "quarter", date(2026, 1, 1)),
    Term(4, "A", "", "materials", D("8.00"), "", date(2026, 1, 1)),
    Term(5, "B", "", "promotion", D("4000.00"), "quarter", date(2026, 1, 1)),
    Term(6, "B", "", "training", D("2.00"), "year", date(2026, 1, 1)),
]


def got(on: date, tier: str = "A", kind: str = "franchisee", exceptions=(), **more) -> dict:
    found = given(TERMS, exceptions, tier=tier, kind=kind, on=on, **more)
    return {gives: (one.amount, one.period) for gives, one in found.items()}


def test_the_tier_in_force_on_the_day_gives_the_whole_of_it():
    assert got(date(2026, 5, 9)) == {"materials": (D("8.00"), ""), "promotion": (D("12000.00"), "quarter")}
    assert got(date(2026, 5, 9), "B") == {"promotion": (D("4000.00"), "quarter"), "training": (D("2.00"), "year")}
    assert got(date(2026, 5, 9), "C") == got(date(2025, 12, 31)) == got(date(2026, 5, 9), "") == {}


def test_a_change_holds_from_its_day_within_the_quarter():
    assert got(date(2026, 8, 14))["promotion"] == (D("12000.00"), "quarter")
    assert got(date(2026, 8, 15))["promotion"] == (D("15000.00"), "quarter")


def test_what_is_said_of_a_kind_goes_before_what_is_said_of_all():
    assert got(date(2026, 9, 1), kind="agent")["promotion"] == (D("20000.00"), "quarter")


def test_of_one_day_the_row_written_last_holds_and_0_ends_it():
    again = [*TERMS, Term(7, "B", "", "promotion", D("0.00"), "quarter", date(2026, 1, 1))]
    assert list(given(again, [], tier="B", kind="agent", on=date(2026, 2, 1))) == ["training"]


@pytest.mark.parametrize(
    "opened,amount",
    [
        (date(2026, 6, 30), D("12000.00")),
        (date(2026, 7, 1), D("12000.00")),
        (date(2026, 7, 2), D("11869.56")),  # 91 of 92 days: 11869.565…
        (date(2026, 8, 1), D("7956.52")),  # 61 of 92: 7956.521…
        (date(2026, 8, 10), D("6782.60")),  # 52 of 92: 6782.608…
    ],
)
def test_who_opens_within_the_quarter_gets_the_days_that_are_left(opened, amount):
    (found,) = [
        one
        for one in given(TERMS, [], tier="A", kind="franchisee", on=date(2026, 8, 12), opened_on=opened).values()
        if one.gives == "promotion"
    ]
    assert (found.amount, found.whole, found.start, found.end) == (
        amount,
        D("12000.00"),
        date(2026, 7, 1),
        date(2026, 10, 1),
    )
    assert found.is_part == (amount != D("12000.00"))


def test_a_discount_is_never_cut_and_who_is_closed_gets_nothing():
    assert got(date(2026, 8, 12), opened_on=date(2026, 8, 10))["materials"] == (D("8.00"), "")
    assert got(date(2026, 8, 12), opened_on=date(2026, 8, 13)) == {}
    assert got(date(2026, 8, 12), closed_on=date(2026, 8, 12)) == {}
    assert len(got(date(2026, 8, 11), closed_on=date(2026, 8, 12))) == 2


def test_an_exception_goes_before_all_and_expires():
    own = [
        Exceptional(1, "promotion", D("30000.00"), "quarter", date(2026, 8, 1), date(2026, 9, 1)),
        Exceptional(2, "hours", D("6.00"), "month", date(2026, 8, 1), date(2026, 9, 1)),
    ]
    found = given(TERMS, own, tier="A", kind="agent", on=date(2026, 8, 31))
    assert (found["promotion"].amount, found["promotion"].exception, found["promotion"].until) == (
        D("30000.00"),
        1,
        date(2026, 9, 1),
    )
    assert (found["hours"].start, found["hours"].end) == (date(2026, 8, 1), date(2026, 9, 1))
    for day in (date(2026, 7, 31), date(2026, 9, 1)):
        after = given(TERMS, own, tier="A", kind="agent", on=day)
        assert after["promotion"].amount == D("20000.00") and "hours" not in after
    nothing = [Exceptional(1, "promotion", D("0.00"), "quarter", date(2026, 8, 1), date(2026, 9, 1))]
    assert list(given(TERMS, nothing, tier="A", kind="agent", on=date(2026, 8, 1))) == ["materials"]


def test_quarters_and_periods():
    assert [quarter_of(date(2026, m, 28)) for m in (1, 3, 4, 12)] == [
        date(2026, 1, 1),
        date(2026, 1, 1),
        date(2026, 4, 1),
        date(2026, 10, 1),
    ]
    assert next_quarter(date(2026, 10, 1)) == date(2027, 1, 1) and next_quarter(date(2026, 1, 1), -1) == date(
        2025, 10, 1
    )
    assert span_of("month", date(2026, 12, 31)) == (date(2026, 12, 1), date(2027, 1, 1))
    assert span_of("year", date(2026, 12, 31)) == (date(2026, 1, 1), date(2027, 1, 1))
    assert span_of("", date(2026, 12, 31)) is None


def test_what_a_request_takes_is_the_grant_or_the_higher_cost():
    assert commitment(True, D("100.00"), D("40.00")) == D("100.00")
    assert commitment(True, D("100.00"), D("140.00")) == D("140.00")
    assert commitment(False, D("100.00"), D("40.00")) == D("40.00")
