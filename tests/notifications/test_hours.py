"""When letters go out."""

from __future__ import annotations

import datetime

import pytest

from crm.notifications.hours import is_quiet, next_digest, next_slot

ZONE = datetime.timezone(datetime.timedelta(hours=8))
WORKDAYS = range(5)


def clock(text: str) -> datetime.time:
    return datetime.time.fromisoformat(text)


def moment(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("at", "start", "end", "quiet"),
    [
        ("20:00", "20:00", "07:00", True),
        ("19:59", "20:00", "07:00", False),
        ("00:30", "20:00", "07:00", True),
        ("07:00", "20:00", "07:00", False),
        ("12:30", "12:00", "13:00", True),
        ("13:00", "12:00", "13:00", False),
        ("08:00", "08:00", "08:00", False),
    ],
)
def test_quiet_hours_run_over_midnight(at, start, end, quiet):
    assert is_quiet(clock(at), clock(start), clock(end)) is quiet


def test_without_quiet_hours_it_is_never_quiet():
    assert not is_quiet(clock("03:00"), None, None)


@pytest.mark.parametrize(
    ("now", "due"),
    [
        ("2026-11-28 10:01:30", "2026-11-28 10:05"),
        ("2026-11-28 10:05:00", "2026-11-28 10:10"),
        ("2026-11-28 19:52:00", "2026-11-28 19:55"),
        ("2026-11-28 19:57:00", "2026-11-29 07:00"),  # 20:00 is quiet already
        ("2026-11-28 23:59:00", "2026-11-29 07:00"),
        ("2026-11-29 06:58:00", "2026-11-29 07:00"),
    ],
)
def test_what_comes_close_together_goes_in_one_letter_and_none_in_quiet_hours(now, due):
    assert next_slot(moment(now), clock("20:00"), clock("07:00")) == moment(due)


@pytest.mark.parametrize(
    ("now", "days", "due"),
    [
        ("2026-11-27 07:29", WORKDAYS, "2026-11-27 07:30"),  # a Friday
        ("2026-11-27 07:30", WORKDAYS, "2026-11-30 07:30"),
        ("2026-11-28 12:00", WORKDAYS, "2026-11-30 07:30"),
        ("2026-11-30 08:00", (0,), "2026-12-07 07:30"),
    ],
)
def test_a_digest_goes_out_on_its_days(now, days, due):
    assert next_digest(moment(now), clock("07:30"), days) == moment(due)
