"""Time as the company works it: minutes of business hours on working days. Pure: the calendar comes in."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import dataclass

A_DAY = datetime.timedelta(days=1)
FARTHEST = 3650
"""Days that are looked at for an end; a calendar in which nobody works that long is none."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Business hours of a working day; break_from and break_to: the pause at noon, both None where there is none."""

    opens: datetime.time = datetime.time(9)
    closes: datetime.time = datetime.time(18)
    break_from: datetime.time | None = datetime.time(12)
    break_to: datetime.time | None = datetime.time(13)

    def flaw(self) -> str | None:
        """`order` (it closes before it opens), `break` (half a pause, or one outside of the hours) or None."""
        if self.opens >= self.closes:
            return "order"
        if (self.break_from is None) != (self.break_to is None):
            return "break"
        if self.break_from is None or self.break_to is None:
            return None
        return None if self.opens < self.break_from < self.break_to < self.closes else "break"

    def spans(self) -> tuple[tuple[datetime.time, datetime.time], ...]:
        if self.break_from is None or self.break_to is None:
            return ((self.opens, self.closes),)
        return ((self.opens, self.break_from), (self.break_to, self.closes))

    def minutes(self) -> int:
        """Of a whole working day."""
        return sum(_seconds(end) - _seconds(start) for start, end in self.spans()) // 60


class WorkClock:
    """Working time between moments. zone: the company's; works: whether a day is a working day.

    Moments are aware. What is asked of a day is remembered, so a clock is made for one page or job.
    """

    def __init__(self, hours: Hours, zone: datetime.tzinfo, works: Callable[[datetime.date], bool]):
        self.hours, self.zone, self._works = hours, zone, works
        self._spans = [(_seconds(start), _seconds(end)) for start, end in hours.spans()]
        self._whole = sum(end - start for start, end in self._spans)
        self._known: dict[datetime.date, bool] = {}

    def minutes(self, start: datetime.datetime, end: datetime.datetime) -> int:
        """Whole working minutes from start to end; 0 where the end comes first."""
        if end <= start:
            return 0
        first, since = self._at(start)
        last, until = self._at(end)
        if first == last:
            return (self._within(until) - self._within(since)) // 60 if self._is_working(first) else 0
        seconds = self._whole - self._within(since) if self._is_working(first) else 0
        seconds += self._within(until) if self._is_working(last) else 0
        seconds += self._whole * sum(self._is_working(day) for day in _between(first, last))
        return seconds // 60

    def after(self, start: datetime.datetime, minutes: int) -> datetime.datetime:
        """The moment at which so many working minutes have gone by since start.

        What ends with the day ends at closing time, not when the next one opens; of 0 minutes it is the start itself.
        """
        if minutes <= 0:
            return start
        day, at = self._at(start)
        left = minutes * 60
        for _n in range(FARTHEST):
            if self._is_working(day):
                for opens, closes in self._spans:
                    free = closes - max(at, opens)
                    if free >= left:
                        return self._moment(day, max(at, opens) + left)
                    left -= max(0, free)
            day, at = day + A_DAY, 0
        raise ValueError("nobody works in this calendar")

    def _at(self, moment: datetime.datetime) -> tuple[datetime.date, int]:
        local = moment.astimezone(self.zone)
        return local.date(), _seconds(local.time())

    def _moment(self, day: datetime.date, seconds: int) -> datetime.datetime:
        naive = datetime.datetime.combine(day, datetime.time.min) + datetime.timedelta(seconds=seconds)
        return naive.replace(tzinfo=self.zone)

    def _within(self, seconds: int) -> int:
        """Working seconds of a working day until then."""
        return sum(max(0, min(seconds, closes) - opens) for opens, closes in self._spans)

    def _is_working(self, day: datetime.date) -> bool:
        if day not in self._known:
            self._known[day] = self._works(day)
        return self._known[day]


def _between(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    return (first + n * A_DAY for n in range(1, (last - first).days))


def _seconds(at: datetime.time) -> int:
    return at.hour * 3600 + at.minute * 60 + at.second
