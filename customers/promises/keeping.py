"""Promises: how near they are, and how often a side keeps its own. Pure: the day is an argument.

A promise that was put off by agreement is no broken one: it is counted apart. One kept after its day is kept, and late.
"""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

OURS, THEIRS = "ours", "theirs"
OPEN, KEPT, BROKEN, RENEGOTIATED, TAKEN_BACK = "open", "kept", "broken", "renegotiated", "taken_back"
A_WEEK = datetime.timedelta(days=7)
LONG_OVERDUE = datetime.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Settled:
    """n promises of a side that ended alike. late: kept after the day they were due."""

    side: str
    state: str
    late: bool = False
    n: int = 1


@dataclass(frozen=True, slots=True)
class Rate:
    """How one side keeps its promises. kept: all that were, `late` of them after their day."""

    kept: int = 0
    late: int = 0
    broken: int = 0
    renegotiated: int = 0

    @property
    def n(self) -> int:
        """So many were decided; put off, taken back and open ones count in none."""
        return self.kept + self.broken

    @property
    def share(self) -> Decimal | None:
        return (Decimal(self.kept) / self.n).quantize(Decimal("0.0001")) if self.n else None

    @property
    def is_empty(self) -> bool:
        return not (self.n or self.renegotiated)


def rates(rows: Iterable[Settled]) -> dict[str, Rate]:
    """{side: rate}, both sides always."""
    counted = {side: {"kept": 0, "late": 0, "broken": 0, "renegotiated": 0} for side in (OURS, THEIRS)}
    for one in rows:
        if one.state in (KEPT, BROKEN, RENEGOTIATED):
            counted[one.side][one.state] += one.n
            counted[one.side]["late"] += one.n if one.state == KEPT and one.late else 0
    return {side: Rate(**figures) for side, figures in counted.items()}


def nearness(due_on: datetime.date, today: datetime.date) -> str:
    """Of an open promise: long (overdue by two weeks and more), overdue, today, week or later."""
    if due_on <= today - LONG_OVERDUE:
        return "long"
    if due_on < today:
        return "overdue"
    if due_on == today:
        return "today"
    return "week" if due_on <= today + A_WEEK else "later"


def usual_days(today: datetime.date) -> dict[str, datetime.date]:
    """When promises are mostly due: tomorrow, in a week, at the month's end (on its last day the next one's)."""
    end = today.replace(day=calendar.monthrange(today.year, today.month)[1])
    if end == today:
        first = today + datetime.timedelta(days=1)
        end = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    return {"tomorrow": today + datetime.timedelta(days=1), "week": today + A_WEEK, "month": end}
