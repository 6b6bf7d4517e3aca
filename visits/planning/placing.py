"""Where one visit more hurts least: the cheapest days, each with its minutes and any rhythm it breaks."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from visits.planning.routes import Fit, Legs, Shift, Stop, best_fit

MOST = 3
SOON, LATE, GAP = "soon", "late", "gap"


@dataclass(frozen=True, slots=True)
class DayOn:
    """A working day and what is on it so far, in order."""

    day: datetime.date
    shift: Shift
    stops: tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """low, high: days between two visits, at least and at most. seen: the last visit made."""

    low: int
    high: int
    seen: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class Broken:
    """code: SOON, too soon after (or before) another visit; LATE, the customer waits too long for this one; GAP, too
    long for the one after it. days: how many days lie between.
    """

    code: str
    days: int
    other: datetime.date


@dataclass(frozen=True, slots=True)
class Offer:
    day: datetime.date
    fit: Fit
    breaks: tuple[Broken, ...]


def broken(day: datetime.date, others: Collection[datetime.date], rhythm: Rhythm | None) -> tuple[Broken, ...]:
    """What a visit on this day would break. others: the days of the customer's other planned visits."""
    if rhythm is None:
        return ()
    known = sorted({*others, *([rhythm.seen] if rhythm.seen else [])})
    before = max((one for one in known if one <= day), default=None)
    after = min((one for one in known if one > day), default=None)
    found = []
    if before is not None:
        gap = (day - before).days
        if gap < rhythm.low:
            found.append(Broken(SOON, gap, before))
        elif gap > rhythm.high:
            found.append(Broken(LATE, gap, before))
    if after is not None:
        gap = (after - day).days
        if gap < rhythm.low:
            found.append(Broken(SOON, gap, after))
        elif gap > rhythm.high:
            found.append(Broken(GAP, gap, after))
    return tuple(found)


def offers(
    stop: Stop,
    days: Iterable[DayOn],
    legs: Legs,
    *,
    others: Collection[datetime.date] = (),
    rhythm: Rhythm | None = None,
) -> list[Offer]:
    """Every day on which it fits, in the order of the days; not those on which the customer is visited already."""
    found = []
    for one in days:
        if one.day in others:
            continue
        fit = best_fit(stop, one.stops, legs, one.shift)
        if fit is not None:
            found.append(Offer(one.day, fit, broken(one.day, others, rhythm)))
    return found


def cheapest(found: Sequence[Offer], most: int = MOST) -> list[Offer]:
    """Those that break nothing first, then by minutes, then the earliest day."""
    return sorted(found, key=lambda one: (len(one.breaks), round(one.fit.minutes, 3), one.day))[:most]
