"""Until when an issue has to be answered and solved: working hours by class and tier, scaled by severity. Pure."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_CEILING, Decimal

from customers.issues.hours import Hours, WorkClock

SEVERITIES = (1, 2, 3, 4)
"""1: a small thing … 4: business stands still."""
TIERS = ("A", "B", "C")
OTHERS = ""
"""Customers of every other tier, and of none yet; as a class: every class."""
MOST_HOURS = 2000
MOST_PERCENT = 500
MOST_DAYS = 730
"""Calendar days that an issue may take by the rules."""
PERCENTS = (200, 100, 50, 20)
"""Of the hours, for severity 1 to 4."""


@dataclass(frozen=True, slots=True)
class Time:
    """Working hours for severity 2, the usual one: until the first answer, and until it is solved."""

    answer: Decimal
    solve: Decimal


Rows = Mapping[tuple[str, str], Time]
"""{(class, tier): its times}; (OTHERS, OTHERS) is always there."""
USUAL: dict[tuple[str, str], Time] = {
    (OTHERS, "A"): Time(Decimal(4), Decimal(40)),
    (OTHERS, "B"): Time(Decimal(8), Decimal(56)),
    (OTHERS, "C"): Time(Decimal(16), Decimal(80)),
    (OTHERS, OTHERS): Time(Decimal(16), Decimal(80)),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """The brand's rules for issues. repeat_days: so long after a former one an issue is the same again. wave_days,
    wave_customers: so many customers of one region within so many days make it more than one shop's problem.
    """

    rows: Rows = field(default_factory=lambda: USUAL)
    percents: Sequence[int] = PERCENTS
    hours: Hours = field(default_factory=Hours)
    repeat_days: int = 90
    wave_days: int = 7
    wave_customers: int = 3


@dataclass(frozen=True, slots=True)
class Due:
    answer_at: datetime.datetime
    solve_at: datetime.datetime


def time_for(category: str, tier: str, rows: Rows = USUAL) -> Time:
    """The row of the class and tier, else of the class for every tier, else of the tier for every class, else the
    last one: what is said of a class stands above what is said of a tier.
    """
    for key in ((category, tier), (category, OTHERS), (OTHERS, tier)):
        if key in rows:
            return rows[key]
    return rows[OTHERS, OTHERS]


def minutes_of(hours: Decimal, severity: int, percents: Sequence[int] = PERCENTS) -> int:
    """Working minutes, a part of one counting as one."""
    return int((hours * 60 * percents[severity - 1] / 100).to_integral_value(ROUND_CEILING))


def due(start: datetime.datetime, category: str, tier: str, severity: int, terms: Terms, clock: WorkClock) -> Due:
    time = time_for(category, tier, terms.rows)
    return Due(
        clock.after(start, minutes_of(time.answer, severity, terms.percents)),
        clock.after(start, minutes_of(time.solve, severity, terms.percents)),
    )


def days_of(solve_hours: Decimal, percents: Sequence[int], hours: Hours) -> int:
    """Calendar days, holidays apart, that what has the most time may take."""
    minutes = max(minutes_of(solve_hours, severity, percents) for severity in SEVERITIES)
    return -(-minutes * 7 // (5 * max(1, hours.minutes())))


def flaw_of_time(time: Time) -> str | None:
    """`hours` (above 0, MOST_HOURS at most, to a tenth) or `order` (solved before it is answered)."""
    for one in (time.answer, time.solve):
        if not (one.is_finite() and 0 < one <= MOST_HOURS) or one * 10 % 1:
            return "hours"
    return "order" if time.answer > time.solve else None


def flaw_of_percents(percents: Sequence[int]) -> str | None:
    """`rows` (one for each severity), `percents` (whole, 1 to MOST_PERCENT) or `order` (severe ones take no longer)."""
    if not isinstance(percents, (list, tuple)) or len(percents) != len(SEVERITIES):
        return "rows"
    if any(isinstance(one, bool) or not isinstance(one, int) or not 1 <= one <= MOST_PERCENT for one in percents):
        return "percents"
    if any(earlier < later for earlier, later in itertools.pairwise(percents)):
        return "order"
    return None
