"""The working days of China: Monday to Friday without the holidays, and the weekend days worked to make up for them.

The State Council announces each year's holidays and make-up days in the November before; `holidays` knows the years
announced. Of a year that is not announced yet nothing is guessed: its working days are Monday to Friday.
"""

from __future__ import annotations

import datetime
from functools import cache

import holidays
from holidays.countries.china import ChinaStaticHolidays

SATURDAY = 5
_A_DAY = datetime.timedelta(days=1)


def is_announced(year: int) -> bool:
    return year in ChinaStaticHolidays.special_public_holidays


@cache
def year_announced(year: int) -> holidays.HolidayBase | None:
    """Its holidays and make-up days; None of a year that is not announced yet."""
    if not is_announced(year):
        return None
    # With its neighbours: days around New Year's Day are announced with either year.
    years = [one for one in (year - 1, year, year + 1) if is_announced(one)]
    return holidays.country_holidays("CN", years=years, expand=False)


def is_working_day(day: datetime.date) -> bool:
    found = year_announced(day.year)
    return day.weekday() < SATURDAY if found is None else found.is_working_day(day)


def working_days(first: datetime.date, last: datetime.date) -> list[datetime.date]:
    """Those of `first` to `last`, both included, in order."""
    days = (first + n * _A_DAY for n in range((last - first).days + 1))
    return [day for day in days if is_working_day(day)]


def last_working_day(day: datetime.date) -> datetime.date:
    """The last one before a day."""
    day -= _A_DAY
    while not is_working_day(day):
        day -= _A_DAY
    return day


def next_working_day(day: datetime.date) -> datetime.date:
    """The first one after a day."""
    day += _A_DAY
    while not is_working_day(day):
        day += _A_DAY
    return day
