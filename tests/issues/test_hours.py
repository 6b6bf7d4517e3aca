"""Working time over nights, a holiday and the weekend days worked for it: exact."""

import datetime
from zoneinfo import ZoneInfo

import pytest

from crm.workdays import is_working_day
from customers.issues.hours import Hours, WorkClock

SHANGHAI = ZoneInfo("Asia/Shanghai")
WORK = WorkClock(Hours(), SHANGHAI, is_working_day)


def at(text: str) -> datetime.datetime:
    """`09-30 17:00` of 2026 in Shanghai."""
    return datetime.datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("start", "end", "minutes"),
    [
        ("11-25 09:00", "11-25 10:30", 90),
        ("11-25 11:30", "11-25 13:30", 60),  # over the break at noon
        ("11-25 12:10", "11-25 12:50", 0),
        ("11-25 07:00", "11-25 22:00", 480),
        ("11-25 17:30", "11-26 09:30", 60),  # over a night
        ("11-27 17:00", "11-30 10:00", 120),  # over a weekend
        ("11-28 10:00", "11-29 10:00", 0),
        ("11-25 10:00", "11-25 09:00", 0),
        # National Day 2026: off from Thursday 1 to Wednesday 7 October; Saturday 10 October is worked for it.
        ("09-30 17:00", "10-08 10:00", 120),
        ("10-01 09:00", "10-07 18:00", 0),
        ("10-09 17:00", "10-10 10:00", 120),
        ("10-10 09:00", "10-12 09:00", 480),
        # and so is Sunday 20 September, in place of a Monday to Friday
        ("09-19 09:00", "09-21 09:00", 480),
    ],
)
def test_only_business_hours_of_working_days_count(start, end, minutes):
    assert WORK.minutes(at(start), at(end)) == minutes


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("11-25 09:00", 60, "11-25 10:00"),
        ("11-25 11:30", 60, "11-25 13:30"),
        ("11-25 09:00", 480, "11-25 18:00"),  # what ends with the day ends at closing time
        ("11-25 09:00", 481, "11-26 09:01"),
        ("11-27 17:30", 60, "11-30 09:30"),
        ("11-28 03:00", 30, "11-30 09:30"),
        ("11-25 20:00", 0, "11-25 20:00"),
        ("09-30 17:00", 120, "10-08 10:00"),
        ("10-09 17:00", 120, "10-10 10:00"),
        ("10-09 17:00", 60 + 480 + 60, "10-12 10:00"),
        ("09-30 09:00", 40 * 60, "10-12 18:00"),  # 30 Sept., 8, 9, 10 and 12 Oct.: five days of eight hours
    ],
)
def test_an_end_lies_so_many_working_minutes_after_its_start(start, minutes, end):
    assert WORK.after(at(start), minutes) == at(end)
    assert WORK.minutes(at(start), at(end)) == minutes


def test_seconds_are_not_lost_on_the_way():
    assert WORK.after(at("11-25 09:00:30"), 1) == at("11-25 09:01:30")
    assert WORK.minutes(at("11-25 09:00:30"), at("11-25 09:01:29")) == 0


def test_other_hours_without_a_break():
    work = WorkClock(Hours(datetime.time(8), datetime.time(20), None, None), SHANGHAI, is_working_day)
    assert work.hours.minutes() == 720
    assert work.minutes(at("11-25 08:00"), at("11-26 09:00")) == 780
    assert work.after(at("11-25 11:30"), 60) == at("11-25 12:30")


def test_moments_come_in_any_zone():
    utc = at("11-25 10:00").astimezone(datetime.UTC)
    assert WORK.minutes(utc, at("11-25 11:00")) == 60
    assert WORK.after(utc, 60) == at("11-25 11:00")


@pytest.mark.parametrize(
    ("hours", "flaw"),
    [
        (Hours(), None),
        (Hours(datetime.time(18), datetime.time(9), None, None), "order"),
        (Hours(break_to=None), "break"),
        (Hours(break_from=datetime.time(8)), "break"),
        (Hours(break_from=datetime.time(13), break_to=datetime.time(12)), "break"),
    ],
)
def test_what_is_wrong_with_hours_is_said(hours, flaw):
    assert hours.flaw() == flaw


def test_where_nobody_ever_works_nothing_ends():
    with pytest.raises(ValueError, match="nobody works"):
        WorkClock(Hours(), SHANGHAI, lambda day: False).after(at("11-25 10:00"), 1)
