"""The pure rules: rates, nearness and the usual days."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from customers.promises.keeping import Rate, Settled, nearness, rates, usual_days

D = datetime.date
A_DAY = datetime.timedelta(days=1)


def test_rates_of_both_sides_late_ones_are_kept_and_put_off_ones_apart():
    found = rates(
        [
            Settled("ours", "kept", n=3),
            Settled("ours", "kept", late=True, n=2),
            Settled("ours", "broken"),
            Settled("ours", "renegotiated", n=4),
            Settled("ours", "taken_back", n=9),
            Settled("ours", "open", n=9),
            Settled("theirs", "broken", n=2),
        ]
    )
    assert found == {"ours": Rate(5, 2, 1, 4), "theirs": Rate(0, 0, 2, 0)}
    assert (found["ours"].n, found["ours"].share) == (6, Decimal("0.8333"))
    assert (found["theirs"].n, found["theirs"].share) == (2, Decimal("0.0000"))


def test_nothing_decided_is_no_rate():
    found = rates([Settled("ours", "renegotiated")])["ours"]
    assert (found.n, found.share, found.is_empty) == (0, None, False)
    assert rates([])["theirs"].is_empty


@pytest.mark.parametrize(
    "days,said",
    [
        (-30, "long"),
        (-14, "long"),
        (-13, "overdue"),
        (-1, "overdue"),
        (0, "today"),
        (1, "week"),
        (7, "week"),
        (8, "later"),
    ],
)
def test_how_near_a_promise_is(days, said):
    assert nearness(D(2026, 3, 15) + days * A_DAY, D(2026, 3, 15)) == said


@pytest.mark.parametrize(
    "day,end",
    [
        (D(2026, 2, 10), D(2026, 2, 28)),
        (D(2026, 2, 28), D(2026, 3, 31)),
        (D(2026, 12, 31), D(2027, 1, 31)),
        (D(2028, 2, 1), D(2028, 2, 29)),
    ],
)
def test_the_usual_days(day, end):
    assert usual_days(day) == {"tomorrow": day + A_DAY, "week": day + 7 * A_DAY, "month": end}
