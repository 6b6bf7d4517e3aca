"""The working days of China, with those made up on weekends; of a year nobody has announced, Monday to Friday."""

from __future__ import annotations

from datetime import date

import pytest

from crm.workdays import is_announced, is_working_day, next_working_day, working_days


def test_chinese_new_year_2026_and_the_days_made_up_for_it():
    """Notice of the State Council for 2026: off from 15 to 23 February, at work on Saturdays 14 and 28 February."""
    assert [day.day for day in working_days(date(2026, 2, 9), date(2026, 3, 1))] == [
        *(9, 10, 11, 12, 13, 14),
        *(24, 25, 26, 27, 28),
    ]


@pytest.mark.parametrize(
    "day,works",
    [
        (date(2026, 1, 2), False),  # Friday after New Year's Day
        (date(2026, 1, 4), True),  # Sunday, made up
        (date(2026, 5, 9), True),  # Saturday after Labour Day, made up
        (date(2026, 9, 20), True),  # Sunday before the National Day, made up
        (date(2026, 9, 26), False),
        (date(2026, 10, 1), False),
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),  # Saturday, made up
        (date(2026, 11, 28), False),
        (date(2026, 11, 30), True),
    ],
)
def test_single_days_of_2026(day, works):
    assert is_working_day(day) is works


def test_a_year_not_announced_is_monday_to_friday():
    year = 2100
    assert is_announced(2026) and not is_announced(year)
    assert len(working_days(date(year, 1, 1), date(year, 1, 31))) == 21
    assert is_working_day(date(year, 10, 1))  # a Friday


def test_the_next_one_is_never_the_day_itself():
    assert next_working_day(date(2026, 2, 13)) == date(2026, 2, 14)
    assert next_working_day(date(2026, 2, 14)) == date(2026, 2, 24)
    assert working_days(date(2026, 3, 5), date(2026, 3, 4)) == []
