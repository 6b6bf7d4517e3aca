"""What a proposal changes of what is planned: which visit stays, moves, is new, is dropped."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass

SAME, MOVED, NEW, DROPPED, LEFT = "same", "moved", "new", "dropped", "left"


@dataclass(frozen=True, slots=True)
class Now:
    """A visit as it is planned. keep: somebody planned it for a reason of its own, so it may move but not go."""

    visit_id: int
    day: datetime.date
    keep: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """kind: SAME to LEFT. LEFT stays where it is though the proposal has no place for it."""

    kind: str
    visit_id: int | None
    before: datetime.date | None
    after: datetime.date | None


def changes(now: Sequence[Now], proposed: Sequence[datetime.date], served: bool = True) -> list[Change]:
    """Of one customer. served: whether the proposal found a place for all its visits; if not, none is dropped.

    A day that is kept is kept by the same visit, so no visit ever takes the day another of the customer leaves.
    """
    days = sorted(set(proposed))
    rest = sorted(now, key=lambda one: (one.day, one.visit_id))
    found = []
    for one in list(rest):
        if one.day in days:
            days.remove(one.day)
            rest.remove(one)
            found.append(Change(SAME, one.visit_id, one.day, one.day))
    rest.sort(key=lambda one: (not one.keep, one.day, one.visit_id))
    movers = sorted(rest[: len(days)], key=lambda one: (one.day, one.visit_id))
    for one, day in zip(movers, days, strict=False):
        found.append(Change(MOVED, one.visit_id, one.day, day))
    found += [Change(NEW, None, None, day) for day in days[len(movers) :]]
    for one in rest[len(days) :]:
        stays = one.keep or not served
        found.append(Change(LEFT if stays else DROPPED, one.visit_id, one.day, one.day if stays else None))
    return sorted(found, key=lambda one: (one.after or one.before or datetime.date.min, one.visit_id or 0))
