"""How fast issues are answered and solved in working time, and whether in time. Pure: days and moments come in."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from statistics import median

from customers.issues.hours import WorkClock


@dataclass(frozen=True, slots=True)
class Clock:
    """When it began, had to be over, and was. answered_at, solved_at: None while it was not.

    stopped_at: since when the clock stands (waiting for the customer). waited: working minutes in which it stood.
    """

    started_at: datetime.datetime
    due_at: datetime.datetime
    answered_at: datetime.datetime | None = None
    solved_at: datetime.datetime | None = None
    stopped_at: datetime.datetime | None = None
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Spread:
    """Working hours, to a tenth: half were faster than `middle`, nine of ten as fast as `most` or faster."""

    n: int = 0
    middle: Decimal | None = None
    most: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """in_time of n: those solved, and those that should have been."""

    in_time: int = 0
    n: int = 0
    answer: Spread = field(default_factory=Spread)
    solve: Spread = field(default_factory=Spread)

    @property
    def share(self) -> Decimal | None:
        return share_of(self.in_time, self.n)


def start_of_clock(
    opened_at: datetime.datetime, opened_on: datetime.date, reported_on: datetime.date, morning: datetime.datetime
) -> datetime.datetime:
    """When it was written down; where it was reported on an earlier day, that day's morning: nobody knows the hour."""
    return opened_at if reported_on >= opened_on else morning


def is_late(clock: Clock, moment: datetime.datetime) -> bool:
    """Of one that is not solved; where its clock stands, as it stood then."""
    return clock.due_at < (clock.stopped_at or moment)


def in_time(clock: Clock, moment: datetime.datetime) -> bool | None:
    """None while it is open and not late: that is not known yet, and counts for nothing."""
    if clock.solved_at is not None:
        return clock.solved_at <= clock.due_at
    return False if is_late(clock, moment) else None


def answer_minutes(clock: Clock, work: WorkClock) -> int | None:
    return None if clock.answered_at is None else work.minutes(clock.started_at, clock.answered_at)


def solve_minutes(clock: Clock, work: WorkClock) -> int | None:
    """Without the time in which it waited for the customer, or was called solved and was not."""
    if clock.solved_at is None:
        return None
    return max(0, work.minutes(clock.started_at, clock.solved_at) - clock.waited)


def pace(clocks: Iterable[Clock], moment: datetime.datetime, work: WorkClock) -> Pace:
    kept = judged = 0
    answers: list[int] = []
    solutions: list[int] = []
    for clock in clocks:
        said = in_time(clock, moment)
        judged += said is not None
        kept += said is True
        answered, solved = answer_minutes(clock, work), solve_minutes(clock, work)
        answers += [] if answered is None else [answered]
        solutions += [] if solved is None else [solved]
    return Pace(kept, judged, spread(answers), spread(solutions))


def spread(minutes: Sequence[int]) -> Spread:
    """The median, and the 90th percentile by nearest rank: a time that was really taken."""
    if not minutes:
        return Spread()
    ordered = sorted(minutes)
    rank = -(-9 * len(ordered) // 10)
    return Spread(len(ordered), hours_of(Decimal(median(ordered))), hours_of(ordered[rank - 1]))


def share_of(part: int, n: int) -> Decimal | None:
    return (Decimal(part) / n).quantize(Decimal("0.0001"), ROUND_HALF_UP) if n else None


def hours_of(minutes: Decimal | int) -> Decimal:
    """To a tenth."""
    return (Decimal(minutes) / 60).quantize(Decimal("0.1"), ROUND_HALF_UP)
