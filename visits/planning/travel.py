"""How long it takes from place to place: on the roads where a router is set, else by the distance, at the pace learned
from the person's own drives or at the usual one.

A router is any server that answers OSRM's `/table` (settings.ROUTER_URL). It is asked in batches, what it said is kept
for a month by pair of places, and when it does not answer the estimate stands in for all places and the plan says so.
"""

from __future__ import annotations

import json
import logging
import math
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.error import URLError

from django.conf import settings
from django.core.cache import cache

from crm.geo import EARTH_RADIUS_M
from visits.planning.learning import Learned
from visits.planning.routes import Legs

logger = logging.getLogger(__name__)

ESTIMATED, LEARNED, ROADS = "estimated", "learned", "roads"
DETOUR, KMH = 1.3, 55.0
"""Roads are so much longer than the line through the air, and so fast on the whole. Field data, routing.md."""
BATCH = 100
"""Places in one question: half of them starts, half ends."""
KEPT_SECONDS = 30 * 24 * 3600
_DIGITS = 5  # of a degree: a metre
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Pace:
    """learned: from own drives; the detour tells the kilometres all the same."""

    detour: float = DETOUR
    kmh: float = KMH
    learned: Learned | None = None

    @property
    def usual(self) -> float:
        """Minutes a kilometre through the air."""
        return self.detour * 60 / self.kmh

    def minutes(self, km: float) -> float:
        """Of a road so long."""
        return self.learned.minutes(km / self.detour) if self.learned is not None else km * 60 / self.kmh


class NoAnswer(Exception):
    """The router cannot be used now."""


def legs(points: Sequence[Point], pace: Pace) -> Legs:
    """Between all points (WGS-84 latitude, longitude), the first being where the day starts."""
    if settings.ROUTER_URL and len(points) > 1:
        try:
            return _by_road([_rounded(one) for one in points])
        except NoAnswer as reason:
            logger.warning("router away, travel times are estimated: %s", reason)
    return estimated(points, pace)


def estimated(points: Sequence[Point], pace: Pace) -> Legs:
    """Great circle times detour, at the pace given."""
    rad = [(math.radians(lat), math.radians(lon), math.cos(math.radians(lat))) for lat, lon in points]
    km = [[0.0] * len(rad) for _one in rad]
    twice = 2 * EARTH_RADIUS_M / 1000 * pace.detour
    for i, (lat, lon, cosine) in enumerate(rad):
        for j in range(i):
            other_lat, other_lon, other_cosine = rad[j]
            h = math.sin((lat - other_lat) / 2) ** 2
            h += cosine * other_cosine * math.sin((lon - other_lon) / 2) ** 2
            km[i][j] = km[j][i] = twice * math.asin(min(1.0, math.sqrt(h)))
    minutes = [[pace.minutes(one) for one in row] for row in km]
    if pace.learned is None:
        return Legs(minutes, km, ESTIMATED)
    return Legs(minutes, km, LEARNED, pace.learned.drives)


# --- the router ---------------------------------------------------------------------------------------------------


def _rounded(point: Point) -> Point:
    return round(point[0], _DIGITS), round(point[1], _DIGITS)


def _by_road(points: list[Point]) -> Legs:
    places = list(dict.fromkeys(points))
    names = {_key(one): one for one in places}
    known: dict[Point, dict[Point, Point]] = {names[key]: row for key, row in cache.get_many(list(names)).items()}
    new: set[Point] = set()
    half = BATCH // 2
    for i in range(0, len(places), half):
        starts = places[i : i + half]
        for j in range(0, len(places), half):
            ends = places[j : j + half]
            # Only those that lack something: a customer more asks for one row and one column.
            asking = [one for one in starts if any(end not in known.get(one, {}) for end in ends if end != one)]
            wanted = [end for end in ends if any(end not in known.get(one, {}) for one in asking if end != one)]
            if asking and wanted:
                for one, row in _table(asking, wanted).items():
                    known.setdefault(one, {}).update(row)
                    new.add(one)
    if new:
        cache.set_many({_key(one): known[one] for one in new}, KEPT_SECONDS)
    pairs = [[(0.0, 0.0) if a == b else known[a][b] for b in points] for a in points]
    return Legs([[one[0] for one in row] for row in pairs], [[one[1] for one in row] for row in pairs], ROADS)


def _key(point: Point) -> str:
    return f"legs:{settings.ROUTER_URL}:{point[0]:.5f},{point[1]:.5f}".replace(" ", "")


def _table(starts: list[Point], ends: list[Point]) -> dict[Point, dict[Point, Point]]:
    """{start: {end: (minutes, km)}}. Raises NoAnswer; so does a pair without a way, which no plan can be made with."""
    row = [*starts, *ends]
    at = ";".join(f"{lon:.5f},{lat:.5f}" for lat, lon in row)
    sources = ";".join(str(n) for n in range(len(starts)))
    destinations = ";".join(str(n) for n in range(len(starts), len(row)))
    url = (
        f"{settings.ROUTER_URL.rstrip('/')}/table/v1/driving/{at}"
        f"?sources={sources}&destinations={destinations}&annotations=duration,distance"
    )
    try:
        with urllib.request.urlopen(url, timeout=settings.ROUTER_SECONDS) as answer:  # noqa: S310 - the operator's own
            found = json.load(answer)
        seconds, metres = found["durations"], found["distances"]
        return {
            start: {
                end: (float(seconds[i][j]) / 60, float(metres[i][j]) / 1000)
                for j, end in enumerate(ends)
                if end != start
            }
            for i, start in enumerate(starts)
        }
    except (URLError, OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise NoAnswer(type(error).__name__) from error
