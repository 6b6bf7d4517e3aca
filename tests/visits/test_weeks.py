"""A quarter's weeks, and what they lack: exact days."""

from __future__ import annotations

import datetime

import pytest

from visits.plan.cadence import Rhythm
from visits.plan.weeks import Lacking, Quarter, lacking, named, quarter_of, weeks_of

TODAY = datetime.date(2026, 3, 2)  # a Monday
UNTIL = datetime.date(2026, 3, 31)
WEEKLY = Rhythm(7, 4, 10)


def on(*numbers: int) -> tuple[datetime.date, ...]:
    """Days of March."""
    return tuple(datetime.date(2026, 3, n) for n in numbers)


def of(last: datetime.date, planned=(), rhythm: Rhythm = WEEKLY, until: datetime.date = UNTIL) -> Lacking:
    days = datetime.timedelta
    return lacking(rhythm, last + days(rhythm.days), last + days(rhythm.most), planned, TODAY, until)


def test_weeks_add_up_to_the_quarter():
    found = weeks_of(Quarter(2026, 1))
    assert [(one.number, str(one.first), str(one.last)) for one in (found[0], found[1], found[-1])] == [
        (1, "2026-01-01", "2026-01-04"),
        (2, "2026-01-05", "2026-01-11"),
        (14, "2026-03-30", "2026-03-31"),
    ]
    assert len(found) == 14 and sum((one.last - one.first).days + 1 for one in found) == 90
    assert [one.first.weekday() for one in found[1:]] == [0] * 13


def test_quarters_by_name_and_day():
    assert quarter_of(datetime.date(2026, 12, 31)) == Quarter(2026, 4) == named("2026-q4")
    assert (str(Quarter(2026, 4).next), str(Quarter(2026, 1).previous)) == ("2027-Q1", "2025-Q4")
    assert Quarter(2026, 4).last == datetime.date(2026, 12, 31)


@pytest.mark.parametrize("text", ["", "2026", "2026-Q5", "2026-Q0", "0000-Q1", "x2026-Q1", "2026-Q1 "])
def test_what_is_no_quarter(text):
    assert named(text) is None


def test_without_a_plan_visits_are_due_one_rhythm_apart_and_it_breaks_once():
    assert of(datetime.date(2026, 2, 27)) == Lacking(on(6, 13, 20, 27), on(10))


def test_who_is_late_is_due_today_and_broken_today():
    assert of(datetime.date(2026, 2, 1)) == Lacking(on(2, 9, 16, 23, 30), on(2))


def test_a_plan_that_keeps_the_rhythm_lacks_nothing():
    assert of(datetime.date(2026, 2, 27), on(6, 13, 20, 27), until=datetime.date(2026, 3, 28)) == Lacking()
    assert of(datetime.date(2026, 2, 27), on(9, 19, 29)) == Lacking()  # ten days apart are in time, to the day


def test_a_gap_in_the_plan_lacks_what_lies_in_it():
    assert of(datetime.date(2026, 2, 27), on(5, 23, 30)) == Lacking(on(12, 19), on(16))


def test_none_is_due_so_near_to_one_that_is_planned():
    """Four days apart is the least: a day more to the one planned, and nothing would be due between."""
    until = datetime.date(2026, 3, 28)
    assert of(datetime.date(2026, 2, 27), on(5, 16, 26), until=until) == Lacking(on(12), on(16))
    rhythm = Rhythm(7, 5, 10)
    assert of(datetime.date(2026, 2, 27), on(5, 16, 26), rhythm, until) == Lacking((), on(16))


def test_one_planned_after_the_end_counts():
    april = datetime.date(2026, 4, 2)
    assert of(datetime.date(2026, 3, 1), (*on(8, 15, 23), april), until=UNTIL) == Lacking()


def test_calls_ask_for_no_visit():
    assert of(datetime.date(2026, 1, 1), rhythm=Rhythm(7, 4, 10, by_call=True)) == Lacking()
