"""Which budgets a promise draws on, and what does not fit: exact figures."""

from __future__ import annotations

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from promotions.budgets.drawing import (
    COMMITTED,
    FIXED,
    OF_SALES,
    RELEASED,
    RESERVED,
    SPENT,
    Draw,
    Excess,
    Pot,
    amount_of,
    balance,
    excesses,
    needed,
)

ALL, OF_A, ABOVE = Pot(1, "/1/2/", "", D("1000.00")), Pot(2, "/1/2/", "A", D("300.00")), Pot(3, "/1/", "", D("5000.00"))


def test_a_promise_draws_on_its_region_all_above_and_its_tier():
    draw = Draw("/1/2/7/", "A", D("250.00"))
    assert [needed(pot, [draw]) for pot in (ALL, OF_A, ABOVE)] == [D("250.00")] * 3
    other = Draw("/1/2/7/", "B", D("250.00"))
    assert [needed(pot, [other]) for pot in (ALL, OF_A, ABOVE)] == [D("250.00"), D("0.00"), D("250.00")]
    beside = Draw("/1/22/", "A", D("250.00"))
    assert [needed(pot, [beside]) for pot in (ALL, OF_A, ABOVE)] == [D("0.00"), D("0.00"), D("250.00")]


def test_how_a_budget_stands():
    draws = [
        Draw("/1/2/", "A", D("120.50"), RESERVED),
        Draw("/1/2/7/", "", D("80.00"), COMMITTED),
        Draw("/1/2/7/", "C", D("30.25"), SPENT),
        Draw("/1/2/7/", "C", D("999.00"), RELEASED),
        Draw("/1/3/", "A", D("500.00"), SPENT),
    ]
    found = balance(ALL, draws)
    assert (found.reserved, found.committed, found.spent) == (D("120.50"), D("80.00"), D("30.25"))
    assert (found.used, found.left) == (D("230.75"), D("769.25"))
    assert balance(OF_A, draws).left == D("179.50")


def test_what_does_not_fit_is_told_budget_by_budget():
    draws = [Draw("/1/2/", "A", D("200.00"), COMMITTED)]
    more = [Draw("/1/2/", "A", D("150.00")), Draw("/1/2/", "B", D("700.00"))]
    assert excesses([ABOVE, ALL, OF_A], draws, more) == [
        Excess(1, D("850.00"), D("50.00")),
        Excess(2, D("150.00"), D("50.00")),
    ]
    # To the fen it fits.
    assert excesses([OF_A], draws, [Draw("/1/2/", "A", D("100.00"))]) == []
    assert excesses([OF_A], draws, [Draw("/1/2/", "A", D("100.01"))]) == [Excess(2, D("100.01"), D("0.01"))]
    # One that is over already takes no more, but what draws nothing on it does not exceed it.
    full = [Draw("/1/2/", "A", D("400.00"), SPENT)]
    assert excesses([OF_A], full, [Draw("/1/2/", "B", D("1.00"))]) == []


@pytest.mark.parametrize(
    ("basis", "fixed", "rate", "sales", "amount"),
    [
        (FIXED, "500.00", None, "99999.99", "500.00"),
        (OF_SALES, "0.00", "2.5", "123456.78", "3086.41"),
        (OF_SALES, "0.00", "2.5", "-10.00", "0.00"),
        (OF_SALES, "0.00", None, "10.00", "0.00"),
    ],
)
def test_what_a_budget_comes_to(basis, fixed, rate, sales, amount):
    assert amount_of(basis, D(fixed), None if rate is None else D(rate), D(sales)) == D(amount)


DRAWS = st.builds(
    Draw,
    st.sampled_from(["/1/", "/1/2/", "/1/2/7/", "/1/3/"]),
    st.sampled_from(["", "A", "B", "C"]),
    st.integers(0, 10**7).map(lambda fen: D(fen) / 100),
    st.sampled_from([RESERVED, COMMITTED, SPENT, RELEASED]),
)


@given(st.lists(DRAWS, max_size=12), st.lists(DRAWS, max_size=4))
def test_after_drawing_exactly_the_exceeded_ones_are_over(draws, more):
    """Of budgets that were not over before, and with what is new counted as reserved."""
    pots = [one for one in (ALL, OF_A, ABOVE) if balance(one, draws).left >= 0]
    new = [Draw(one.path, one.tier, one.amount) for one in more]
    told = {one.key: one.over for one in excesses(pots, draws, new)}
    after = {one.key: balance(one, [*draws, *new]).left for one in pots}
    assert told == {key: -left for key, left in after.items() if left < 0}
