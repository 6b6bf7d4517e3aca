"""What to begin a talk with: what was not spoken of for the longest time, and never what is to be avoided. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

INTEREST, TOPIC, AVOID = "interest", "topic", "avoid"
FRESH = datetime.timedelta(days=3)
"""So short after it was spoken of, a subject makes a poor opening."""
MOST = 3


@dataclass(frozen=True, slots=True)
class Ground:
    id: int
    kind: str
    since: datetime.date
    last_used_on: datetime.date | None = None
    used: int = 0


def openers(grounds: Iterable[Ground], today: datetime.date, most: int = MOST) -> list[int]:
    """The ids of the best, first: what was never used before what was, newly learned first; then the longest unused.

    What somebody likes at any time (an interest) goes before a passing topic where both have waited equally long.
    """
    usable = [
        one for one in grounds if one.kind != AVOID and (one.last_used_on is None or one.last_used_on <= today - FRESH)
    ]

    def rank(one: Ground):
        if one.last_used_on is None:
            return 0, -one.since.toordinal(), one.kind != INTEREST, one.id
        return 1, one.last_used_on.toordinal(), one.kind != INTEREST, one.id

    return [one.id for one in sorted(usable, key=rank)[:most]]


def asks_nothing(*, they_reached_us: bool, next_step: str, promised_by_them: bool) -> bool:
    """Whether a contact was made without asking anything, as far as what was written of it tells."""
    return not (they_reached_us or next_step or promised_by_them)
