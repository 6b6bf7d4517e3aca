"""Sharing places out over days, so that neighbours are visited on one day and the days fill evenly.

Places are put in a row along a Hilbert curve over the map (Hilbert 1891), on which what is near by lies close
together; the row is then cut into days. This is no route and no optimum: it is what one would do by hand with a map.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

ORDER = 16
"""Cells a side: 2 to the power of it; about 600 m by 300 m in China, as fine as neighbourhood needs."""


@dataclass(frozen=True, slots=True)
class Place:
    """latitude, longitude: WGS-84 degrees, both or neither. city: where it lies, "" if that is not known."""

    customer_id: int
    latitude: float | None
    longitude: float | None
    city: str = ""


def spread(places: Iterable[Place], rooms: Mapping[datetime.date, int]) -> dict[int, datetime.date | None]:
    """The day of each place by its customer; None for those that find no room.

    rooms: how many more each day takes. Emptier days fill first, so that what is left free is as even as may be; where
    there are more days alike than places, those taken lie evenly among them. The same places in another order get the
    same days.
    """
    row = in_a_row(places)
    counts = shares(len(row), rooms)
    days = [day for day in sorted(counts) for _n in range(counts[day])]
    # Those left over are the last in the row: far from the rest, or of unknown place.
    return {one.customer_id: days[n] if n < len(days) else None for n, one in enumerate(row)}


def shares(count: int, rooms: Mapping[datetime.date, int]) -> dict[datetime.date, int]:
    """How many of `count` each day takes, none more than its room."""
    free = {day: max(0, room) for day, room in rooms.items()}
    count = min(count, sum(free.values()))
    level = _level(count, list(free.values()))
    taken = {day: max(0, room - level) for day, room in free.items()}
    # Down to `level` would be more than there is: some of the days stay one above it.
    over = sum(taken.values()) - count
    if over:
        touched = sorted(day for day, n in taken.items() if n)
        keep = set(_evenly(touched, len(touched) - over))
        for day in touched:
            if day not in keep:
                taken[day] -= 1
    return {day: n for day, n in taken.items() if n}


def _level(count: int, rooms: Sequence[int]) -> int:
    """The highest room that may be left on each day when at least `count` are taken."""
    low, high = 0, max(rooms, default=0)
    while low < high:
        middle = (low + high + 1) // 2
        if sum(max(0, room - middle) for room in rooms) >= count:
            low = middle
        else:
            high = middle - 1
    return low


def _evenly(days: Sequence[datetime.date], count: int) -> list[datetime.date]:
    """So many of them, as far apart as may be."""
    return [days[(2 * n + 1) * len(days) // (2 * count)] for n in range(count)]


def in_a_row(places: Iterable[Place]) -> list[Place]:
    """Along the curve; those without a position beside the others of their city, else at the end, city by city."""
    known = list(places)
    at = {one.customer_id: _position(one) for one in known}
    of_city: dict[str, list[int]] = defaultdict(list)
    for one in known:
        found = at[one.customer_id]
        if found is not None and one.city:
            of_city[one.city].append(found)
    middles = {city: sorted(found)[len(found) // 2] for city, found in of_city.items()}

    def key(one: Place) -> tuple:
        found = at[one.customer_id]
        if found is None:
            found = middles.get(one.city)
        return (found is None, found or 0, not one.city, one.city, one.customer_id)

    return sorted(known, key=key)


def _position(one: Place) -> int | None:
    if one.latitude is None or one.longitude is None:
        return None
    return along_the_curve(one.latitude, one.longitude)


def along_the_curve(latitude: float, longitude: float) -> int:
    """Where on the Hilbert curve over the whole map a point lies."""
    side = 1 << ORDER
    x = min(side - 1, max(0, int((longitude + 180.0) / 360.0 * side)))
    y = min(side - 1, max(0, int((latitude + 90.0) / 180.0 * side)))
    found, step = 0, side >> 1
    while step:
        right, upper = int(bool(x & step)), int(bool(y & step))
        found += step * step * ((3 * right) ^ upper)
        if not upper:  # turn the quarter, so that the curve goes on where the last one ended
            if right:
                x, y = side - 1 - x, side - 1 - y
            x, y = y, x
        step >>= 1
    return found
