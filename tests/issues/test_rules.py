"""Times by class, tier and severity, and how fast issues were answered and solved: exact."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from crm.workdays import is_working_day
from customers.issues import terms
from customers.issues.clocks import (
    Clock,
    Pace,
    Spread,
    answer_minutes,
    in_time,
    is_late,
    pace,
    solve_minutes,
    spread,
    start_of_clock,
)
from customers.issues.hours import Hours, WorkClock
from customers.issues.terms import Terms, Time, due, flaw_of_percents, flaw_of_time, minutes_of, time_for

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORK = WorkClock(Hours(), SHANGHAI, is_working_day)
D = Decimal


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


ROWS = terms.USUAL | {("price", "A"): Time(D(1), D(10)), ("price", ""): Time(D(2), D(20))}


@pytest.mark.parametrize(
    ("category", "tier", "time"),
    [
        ("supply", "A", Time(D(4), D(40))),
        ("supply", "", Time(D(16), D(80))),
        ("supply", "Z", Time(D(16), D(80))),
        ("price", "A", Time(D(1), D(10))),
        ("price", "B", Time(D(2), D(20))),  # what is said of a class stands above what is said of a tier
        ("price", "", Time(D(2), D(20))),
    ],
)
def test_the_most_special_row_holds(category, tier, time):
    assert time_for(category, tier, ROWS) == time


@pytest.mark.parametrize(
    ("hours", "severity", "minutes"), [("4", 1, 480), ("4", 2, 240), ("4", 3, 120), ("4", 4, 48), ("0.1", 4, 2)]
)
def test_what_is_worse_has_less_time(hours, severity, minutes):
    assert minutes_of(D(hours), severity) == minutes


def test_due_times_are_counted_over_the_holiday():
    found = due(at("09-30 16:00"), "supply", "A", 2, Terms(), WORK)
    assert found.answer_at == at("10-08 11:00")  # two hours before the holiday, two after it
    assert found.solve_at == at("10-13 16:00")  # 2 + 8 + 8 + the Saturday worked + 8 + 6 hours
    worse = due(at("09-30 16:00"), "supply", "A", 4, Terms(), WORK)
    assert (worse.answer_at, worse.solve_at) == (at("09-30 16:48"), at("10-08 16:00"))


@pytest.mark.parametrize(
    ("time", "flaw"),
    [
        (Time(D(1), D(2)), None),
        (Time(D("0.5"), D("0.5")), None),
        (Time(D(3), D(2)), "order"),
        (Time(D(0), D(2)), "hours"),
        (Time(D(1), D(2001)), "hours"),
        (Time(D("0.25"), D(2)), "hours"),
        (Time(D("NaN"), D(2)), "hours"),
    ],
)
def test_what_is_wrong_with_a_row_is_said(time, flaw):
    assert flaw_of_time(time) == flaw


@pytest.mark.parametrize(
    ("percents", "flaw"),
    [
        ([200, 100, 50, 20], None),
        ([100, 100, 100, 100], None),
        ([100, 200, 50, 20], "order"),
        ([100, 50, 20], "rows"),
        (None, "rows"),
        (100, "rows"),
        ({"1": 100, "2": 50, "3": 20, "4": 10}, "rows"),
        ([True, 1, 1, 1], "percents"),
        ([501, 1, 1, 1], "percents"),
        ([2, 1, 1, 0], "percents"),
    ],
)
def test_what_is_wrong_with_percents_is_said(percents, flaw):
    assert flaw_of_percents(percents) == flaw


def test_the_clock_of_what_was_told_earlier_starts_in_that_days_morning():
    opened, morning = at("11-25 15:00"), at("11-24 00:00")
    assert start_of_clock(opened, opened.date(), datetime.date(2026, 11, 25), at("11-25 00:00")) == opened
    assert start_of_clock(opened, opened.date(), datetime.date(2026, 11, 24), morning) == morning


START, DUE = at("11-23 09:00"), at("11-25 12:00")


def test_the_due_moment_itself_is_in_time():
    assert in_time(Clock(START, DUE, solved_at=DUE), DUE) is True
    assert in_time(Clock(START, DUE, solved_at=DUE + datetime.timedelta(seconds=1)), DUE) is False


def test_what_is_open_counts_only_once_it_is_late():
    assert in_time(Clock(START, DUE), DUE) is None
    assert in_time(Clock(START, DUE), at("11-25 12:01")) is False


def test_a_clock_that_stands_does_not_become_late_and_hides_nothing():
    assert is_late(Clock(START, DUE, stopped_at=at("11-25 11:00")), at("12-25 11:00")) is False
    assert is_late(Clock(START, DUE, stopped_at=at("11-25 12:01")), at("11-25 12:01")) is True


def test_minutes_are_worked_ones_without_those_it_waited():
    clock = Clock(START, DUE, at("11-23 10:00"), at("11-24 18:00"), waited=300)
    assert answer_minutes(clock, WORK) == 60
    assert solve_minutes(clock, WORK) == 960 - 300
    assert (answer_minutes(Clock(START, DUE), WORK), solve_minutes(Clock(START, DUE), WORK)) == (None, None)


def test_the_middle_and_nine_of_ten():
    assert spread([60 * n for n in range(1, 11)]) == Spread(10, D("5.5"), D("9.0"))
    assert spread([60 * n for n in range(1, 12)]) == Spread(11, D("6.0"), D("10.0"))
    assert spread([7]) == Spread(1, D("0.1"), D("0.1"))
    assert spread([]) == Spread()


def test_the_pace_is_made_of_what_is_known():
    clocks = [
        Clock(START, DUE, at("11-23 10:00"), at("11-23 18:00")),
        Clock(START, DUE, at("11-23 12:00"), at("11-25 12:00"), waited=60),
        Clock(START, DUE, at("11-24 09:00"), at("11-26 18:00")),
        Clock(START, at("11-24 18:00")),
        Clock(START, at("12-24 18:00")),
    ]
    found = pace(clocks, at("11-25 12:00"), WORK)
    assert found == Pace(2, 4, Spread(3, D("3.0"), D("8.0")), Spread(3, D("18.0"), D("32.0")))
    assert found.share == D("0.5000")


def test_nothing_known_is_no_figure():
    assert pace([], DUE, WORK) == Pace() and Pace().share is None and Pace().answer.middle is None
