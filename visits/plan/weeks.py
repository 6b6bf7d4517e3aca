"""A quarter week by week: its weeks, and what each lacks of the rhythms with what is planned. Pure."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass

from visits.plan.cadence import Rhythm

MONTHS_OF_IT = 3
_NAME = re.compile(r"(\d{4})-Q([1-4])")
_A_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Quarter:
    """number: 1 to 4."""

    year: int
    number: int

    @property
    def first(self) -> datetime.date:
        return datetime.date(self.year, MONTHS_OF_IT * (self.number - 1) + 1, 1)

    @property
    def last(self) -> datetime.date:
        return self.next.first - _A_DAY

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + 1, 1) if self.number == 4 else Quarter(self.year, self.number + 1)

    @property
    def previous(self) -> Quarter:
        return Quarter(self.year - 1, 4) if self.number == 1 else Quarter(self.year, self.number - 1)

    def __str__(self) -> str:
        return f"{self.year:04d}-Q{self.number}"


def quarter_of(day: datetime.date) -> Quarter:
    return Quarter(day.year, (day.month - 1) // MONTHS_OF_IT + 1)


def named(text: str) -> Quarter | None:
    """ "2026-Q4" as people write it; None is no quarter."""
    found = _NAME.fullmatch(text.upper())
    return Quarter(int(found[1]), int(found[2])) if found and int(found[1]) else None


@dataclass(frozen=True, slots=True)
class Week:
    """From Monday to Sunday, cut off where the quarter begins and ends, so that weeks add up to it. number: of ISO
    8601.
    """

    number: int
    first: datetime.date
    last: datetime.date


def weeks_of(quarter: Quarter) -> list[Week]:
    found, day = [], quarter.first
    while day <= quarter.last:
        last = min(day + (6 - day.weekday()) * _A_DAY, quarter.last)
        found.append(Week(day.isocalendar().week, day, last))
        day = last + _A_DAY
    return found


@dataclass(frozen=True, slots=True)
class Lacking:
    """Of one customer. due: days on which a visit should be and none is planned. breaks: the first days on which its
    rhythm does not hold any more with what is planned.
    """

    due: tuple[datetime.date, ...] = ()
    breaks: tuple[datetime.date, ...] = ()


def lacking(
    rhythm: Rhythm,
    ideal: datetime.date,
    latest: datetime.date,
    planned: Sequence[datetime.date],
    today: datetime.date,
    until: datetime.date,
) -> Lacking:
    """From today to `until`. ideal, latest: of the next visit, as `cadence.due` says. planned: days of visits from
    today on, in order; also those after `until`, which a visit may not come too near to.

    Where what is planned keeps the rhythm nothing is due. Else visits are due one rhythm apart, as if each were made;
    one that is late is due today. What breaks breaks once, until somebody has been there.
    """
    if rhythm.by_call:
        return Lacking()
    due: list[datetime.date] = []
    breaks: list[datetime.date] = []
    for day in (*planned, None):
        if day is None or day > latest:
            broken = max(latest + _A_DAY, today)
            if broken <= until:
                breaks.append(broken)
            one = max(ideal, today)
            while one <= until and (day is None or (day - one).days >= rhythm.least):
                due.append(one)
                one += rhythm.days * _A_DAY
        if day is None or day > until:
            break
        ideal, latest = day + rhythm.days * _A_DAY, day + rhythm.most * _A_DAY
    return Lacking(tuple(due), tuple(breaks))
