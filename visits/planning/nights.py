"""Between which places a day lies when nights are spent away. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

HOME = 0
_A_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Away:
    """From the day of setting out to that of coming home; place: where the nights between are spent, as a number."""

    first: datetime.date
    last: datetime.date
    place: int


def ends(spells: Iterable[Away], first: datetime.date, last: datetime.date) -> dict[datetime.date, tuple[int, int]]:
    """{day: (place it begins at, place it ends at)} of the days from first to last that are not from home to home."""
    found: dict[datetime.date, tuple[int, int]] = {}
    for one in spells:
        day = max(one.first, first)
        while day <= min(one.last, last):
            begins, stops = found.get(day, (HOME, HOME))
            found[day] = (one.place if day > one.first else begins, one.place if day < one.last else stops)
            day += _A_DAY
    return found
