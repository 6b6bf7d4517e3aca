"""Days by tier and severity, and how fast issues were answered and solved: exact."""

import datetime
from decimal import Decimal

import pytest

from customers.issues import terms
from customers.issues.clocks import Clock, Pace, in_time, pace

DAY = datetime.date(2026, 11, 20)
START = datetime.datetime(2026, 11, 10, 8, tzinfo=datetime.UTC)


def hours(n):
    return START + datetime.timedelta(hours=n)


@pytest.mark.parametrize(
    ("tier", "severity", "day"),
    [
        ("A", 4, "2026-11-21"),
        ("A", 1, "2026-12-04"),
        ("B", 3, "2026-11-25"),
        ("C", 2, "2026-12-04"),
        ("", 4, "2026-11-23"),
    ],
)
def test_when_it_is_due_follows_from_tier_and_severity(tier, severity, day):
    assert terms.due_on(DAY, tier, severity) == datetime.date.fromisoformat(day)


def test_a_tier_nobody_knows_has_the_time_of_those_without_one():
    assert terms.days_for("Z", 2) == terms.days_for("", 2) == 14


@pytest.mark.parametrize(
    ("change", "flaw"),
    [
        ({}, None),
        ({"A": [1, 2, 3, 4]}, "order"),
        ({"A": [3, 2, 1]}, "rows"),
        ({"D": [4, 3, 2, 1]}, "rows"),
        ({"B": [400, 3, 2, 1]}, "days"),
        ({"B": [True, 0, 0, 0]}, "days"),
        ({"B": [5, 5, 5, 0]}, None),
    ],
)
def test_what_is_wrong_with_a_table_is_said(change, flaw):
    assert terms.flaw_of(terms.USUAL | change) == flaw


def test_the_due_day_itself_is_in_time():
    assert in_time(Clock(START, DAY, solved_at=hours(5), solved_on=DAY), DAY) is True
    assert in_time(Clock(START, DAY, solved_at=hours(5), solved_on=DAY + datetime.timedelta(1)), DAY) is False


def test_what_is_open_counts_only_once_it_is_late():
    assert in_time(Clock(START, DAY), DAY) is None
    assert in_time(Clock(START, DAY), DAY + datetime.timedelta(1)) is False


def test_the_pace_is_made_of_medians_and_of_what_is_known():
    late = DAY - datetime.timedelta(days=5)
    clocks = [
        Clock(START, DAY, hours(1), hours(10), DAY),
        Clock(START, DAY, hours(3), hours(30), DAY),
        Clock(START, DAY, hours(8), hours(90), DAY + datetime.timedelta(3)),
        Clock(START, late),
        Clock(START, DAY),
    ]
    found = pace(clocks, DAY)
    assert found == Pace(2, 4, Decimal("3.0"), Decimal("30.0"), 3, 3)
    assert found.share == Decimal("0.5000")


def test_nothing_known_is_no_figure():
    assert pace([], DAY) == Pace() and Pace().share is None and Pace().answer_hours is None
