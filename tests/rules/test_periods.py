"""Months and the three windows, at every awkward date."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm import periods
from crm.periods import Window, Windows

days = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def test_as_of_the_last_day_of_the_year_the_windows_are_calendar_years():
    windows = Windows.as_of(date(2021, 12, 31))
    assert windows.w0 == (date(2021, 1, 1), date(2022, 1, 1))
    assert windows.w1 == (date(2020, 1, 1), date(2021, 1, 1))
    assert windows.w2 == (date(2019, 1, 1), date(2020, 1, 1))


def test_a_day_earlier_december_is_not_full():
    windows = Windows.as_of(date(2021, 12, 30))
    assert windows.w0 == (date(2020, 12, 1), date(2021, 12, 1))
    assert windows.w1 == (date(2019, 12, 1), date(2020, 12, 1))
    assert windows.w2 == (date(2018, 12, 1), date(2019, 12, 1))


@pytest.mark.parametrize(
    ("day", "month"),
    [
        (date(2024, 2, 28), date(2024, 1, 1)),
        (date(2024, 2, 29), date(2024, 2, 1)),
        (date(2023, 2, 28), date(2023, 2, 1)),
        (date(2023, 2, 27), date(2023, 1, 1)),
        (date(2000, 2, 28), date(2000, 1, 1)),
        (date(1900, 2, 28), date(1900, 2, 1)),
        (date(2021, 4, 30), date(2021, 4, 1)),
        (date(2021, 1, 1), date(2020, 12, 1)),
        (date(2021, 1, 31), date(2021, 1, 1)),
        (date(9999, 12, 31), date(9999, 12, 1)),
    ],
)
def test_last_full_month(day, month):
    assert periods.last_full_month(day) == month


def test_months_between_counts_months_not_days():
    assert periods.months_between(date(2021, 1, 31), date(2021, 2, 1)) == 1
    assert periods.months_between(date(2021, 3, 1), date(2020, 3, 31)) == -12
    assert periods.months_between(date(2021, 3, 1), date(2021, 3, 31)) == 0


def test_months_of_a_window_oldest_first():
    assert list(Window(date(2020, 12, 1), date(2021, 3, 1)).months()) == [
        date(2020, 12, 1),
        date(2021, 1, 1),
        date(2021, 2, 1),
    ]
    assert list(periods.months(date(2021, 3, 1), date(2021, 3, 31))) == []
    assert list(periods.months(date(2021, 3, 1), date(2020, 3, 31))) == []


def test_index_finds_the_window_of_a_day():
    windows = Windows.as_of(date(2021, 12, 31))
    found = [windows.index(day) for day in (date(2018, 12, 31), date(2019, 1, 1), date(2020, 12, 31), date(2021, 1, 1))]
    assert found == [None, 2, 1, 0]
    assert windows.index(date(2022, 1, 1)) is None
    assert windows.span == (date(2019, 1, 1), date(2022, 1, 1))
    assert windows.w0.last_day == date(2021, 12, 31)


def test_month_end_in_and_out_of_a_leap_year():
    assert periods.month_end(date(2024, 2, 1)) == date(2024, 2, 29)
    assert periods.month_end(date(2100, 2, 1)) == date(2100, 2, 28)


def test_shift_month_over_years_and_out_of_the_calendar():
    assert periods.shift_month(date(2021, 1, 31), -1) == date(2020, 12, 1)
    assert periods.shift_month(date(2021, 12, 31), 14) == date(2023, 2, 1)
    for month, by in ((date(1, 1, 1), -1), (date(9999, 12, 1), 1)):
        with pytest.raises(ValueError, match="outside the calendar"):
            periods.shift_month(month, by)
    with pytest.raises(ValueError, match="outside the calendar"):
        Windows.as_of(date(3, 1, 1))


@pytest.mark.parametrize(
    "moment", [datetime(2021, 12, 31, 8, 0), "2021-12-31", SimpleNamespace(year=2021, month=1, day=1)]
)
def test_only_a_day_is_a_day(moment):
    for call in (Windows.as_of, periods.last_full_month, periods.month_of, periods.month_end):
        with pytest.raises(TypeError):
            call(moment)


@given(days)
def test_windows_are_three_neighbouring_years_that_end_with_the_last_full_month(day):
    windows = Windows.as_of(day)
    assert windows.w0.start == windows.w1.end
    assert windows.w1.start == windows.w2.end
    assert [len(list(window.months())) for window in windows] == [12, 12, 12]
    assert windows.w0.last_day <= day < periods.shift_month(windows.w0.end, 1) - timedelta(days=1)
    assert all(month.day == 1 for window in windows for month in window.months())


@given(days)
def test_every_day_of_a_window_counts_once(day):
    windows = Windows.as_of(day)
    lengths = [(window.end - window.start).days for window in windows]
    assert all(length in (365, 366) for length in lengths)
    assert [windows.index(windows.span.start + timedelta(days=n)) for n in range(sum(lengths))] == (
        [2] * lengths[2] + [1] * lengths[1] + [0] * lengths[0]
    )


@given(days, st.integers(-500, 500))
def test_shifting_and_counting_are_each_others_way_back(day, by):
    assert periods.months_between(day, periods.shift_month(day, by)) == by
    assert periods.shift_month(periods.shift_month(day, by), -by) == periods.month_of(day)
