"""How fast issues are answered and solved, and whether in time. Pure: days and moments come in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from statistics import median


@dataclass(frozen=True, slots=True)
class Clock:
    """due_on: the last day that is in time. answered_at, solved_at: None while it was not."""

    opened_at: datetime.datetime
    due_on: datetime.date
    answered_at: datetime.datetime | None = None
    solved_at: datetime.datetime | None = None
    solved_on: datetime.date | None = None
    """The company's day of solved_at."""


@dataclass(frozen=True, slots=True)
class Pace:
    """in_time of n: those solved, and those that should have been. Hours are medians; None where nothing is known."""

    in_time: int = 0
    n: int = 0
    answer_hours: Decimal | None = None
    solve_hours: Decimal | None = None
    answered: int = 0
    solved: int = 0

    @property
    def share(self) -> Decimal | None:
        return (Decimal(self.in_time) / self.n).quantize(Decimal("0.0001"), ROUND_HALF_UP) if self.n else None


def is_late(due_on: datetime.date, day: datetime.date) -> bool:
    """Of one that is not solved; the due day itself is in time."""
    return due_on < day


def in_time(clock: Clock, day: datetime.date) -> bool | None:
    """None while it is open and not late: that is not known yet, and counts for nothing."""
    if clock.solved_on is not None:
        return clock.solved_on <= clock.due_on
    return False if is_late(clock.due_on, day) else None


def pace(clocks: Iterable[Clock], day: datetime.date) -> Pace:
    kept = judged = 0
    answers: list[Decimal] = []
    solutions: list[Decimal] = []
    for clock in clocks:
        said = in_time(clock, day)
        judged += said is not None
        kept += said is True
        if clock.answered_at is not None:
            answers.append(_hours(clock.opened_at, clock.answered_at))
        if clock.solved_at is not None:
            solutions.append(_hours(clock.opened_at, clock.solved_at))
    return Pace(kept, judged, _middle(answers), _middle(solutions), len(answers), len(solutions))


def _hours(start: datetime.datetime, end: datetime.datetime) -> Decimal:
    return max(Decimal(0), Decimal((end - start) // datetime.timedelta(seconds=1)) / 3600)


def _middle(hours: list[Decimal]) -> Decimal | None:
    return median(hours).quantize(Decimal("0.1"), ROUND_HALF_UP) if hours else None
