"""The company's calendar: months and the three yearly windows that every tier is judged on.

Pure: a day comes in as an argument. Every range is half open, `[start, end)`, so that neighbouring ranges share
their border day and no day is counted twice or lost.
Source: decisions on tiers, section 0.
"""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

Month = date
"""A calendar month, written as the date of its first day (the form in which monthly sales are kept)."""

MONTHS_IN_A_WINDOW = 12


class Window(NamedTuple):
    """A run of whole months: `start` is the first day in it, `end` the first day after it."""

    start: Month
    end: Month

    def __contains__(self, day: object) -> bool:
        """Say whether a date lies in the window."""
        return isinstance(day, date) and self.start <= day < self.end

    @property
    def last_day(self) -> date:
        """The last day in the window."""
        return self.end - timedelta(days=1)

    def months(self) -> Iterator[Month]:
        """Yield the months of the window, oldest first."""
        return months(self.start, self.end)


def _plain(day: date) -> date:
    """Refuse a moment where a day is wanted: only the caller knows the time zone that makes a day of it."""
    if isinstance(day, datetime) or not isinstance(day, date):
        raise TypeError(f"a date is needed, not {type(day).__name__}")
    return day


def month_of(day: date) -> Month:
    """Return the month that a day lies in."""
    return _plain(day).replace(day=1)


def shift_month(month: date, by: int) -> Month:
    """Return the month `by` months after (or, negative, before) the one a day lies in.

    Raises ValueError when that month lies outside years 1 to 9999.
    """
    count = _ordinal(month) + by
    try:
        return date(count // 12, count % 12 + 1, 1)
    except (ValueError, OverflowError):
        raise ValueError(f"{by} months from {month} is outside the calendar") from None


def _ordinal(day: date) -> int:
    return _plain(day).year * 12 + day.month - 1


def months_between(first: date, second: date) -> int:
    """Return how many months `second`'s month lies after `first`'s; negative when it lies before.

    Days within the month do not count: from 31 January to 1 February is one month.
    """
    return _ordinal(second) - _ordinal(first)


def months(start: date, end: date) -> Iterator[Month]:
    """Yield the months in `[start, end)`, oldest first; both are taken as the month they lie in."""
    first, stop = _ordinal(start), _ordinal(end)
    return (date(count // 12, count % 12 + 1, 1) for count in range(first, stop))


def is_last_of_month(day: date) -> bool:
    """Say whether a day is the last of its month (29 February in a leap year)."""
    return _plain(day).day == monthrange(day.year, day.month)[1]


def last_full_month(day: date) -> Month:
    """Return the last month that is over at the end of `day`: its own month on the last day, else the one before."""
    return month_of(day) if is_last_of_month(day) else shift_month(day, -1)


def month_end(month: date) -> date:
    """Return the last day of the month a day lies in."""
    return _plain(month).replace(day=monthrange(month.year, month.month)[1])


@dataclass(frozen=True, slots=True)
class Windows:
    """Three neighbouring runs of 12 whole months: `w0` the latest, `w1` the one before it, `w2` the earliest."""

    w0: Window
    w1: Window
    w2: Window

    @classmethod
    def as_of(cls, day: date) -> "Windows":
        """Return the windows as of a day: `w0` ends with the last month that is full on that day.

        As of 2021-12-31: January to December 2021; as of 2021-12-30: December 2020 to November 2021.
        Raises ValueError where a window would leave years 1 to 9999.
        """
        end = shift_month(last_full_month(day), 1)
        borders = [shift_month(end, -MONTHS_IN_A_WINDOW * n) for n in range(4)]
        return cls(*(Window(borders[n + 1], borders[n]) for n in range(3)))

    @classmethod
    def of_years(cls, day: date) -> "Windows":
        """Return the three last whole calendar years: as of 2021-12-31 `w0` is 2021, as of the day before 2020."""
        last = shift_month(last_full_month(day), 1).year - 1
        return cls(*(Window(date(last - n, 1, 1), date(last - n + 1, 1, 1)) for n in range(3)))

    @property
    def span(self) -> Window:
        """All 36 months in one."""
        return Window(self.w2.start, self.w0.end)

    def __iter__(self) -> Iterator[Window]:
        """Yield `w0`, `w1`, `w2`."""
        return iter((self.w0, self.w1, self.w2))

    def index(self, day: date) -> int | None:
        """Return 0, 1 or 2 for the window that a day lies in, None for a day outside all three."""
        return next((n for n, window in enumerate(self) if _plain(day) in window), None)
