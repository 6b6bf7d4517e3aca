"""How fast somebody gets on, learned from their own drives between two shops. Pure.

Roads differ by how far one goes: streets of a town first, then the county's roads, then the highway. So the minutes of
a drive are a line with two bends over the distance through the air, each part with a pace of its own. What a pace is
without any drive is believed like eight drives; later parts are never slower than earlier ones, so that a way round is
never shorter than the way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

BORDERS = (8.0, 40.0)
"""Kilometres through the air at which the county's roads begin, and the highway."""
BELIEVED = 8
LEAST = 5
"""With fewer drives nothing is learned."""
CLEAR = 4.0
"""A drive tells of a part when so many of its kilometres lie in it."""
SLOWEST_KMH, FASTEST_KMH = 5.0, 130.0
LONGEST_MINUTES = 240.0
SHORTEST_KM = 0.5


@dataclass(frozen=True, slots=True)
class Drive:
    """km: through the air. minutes: from leaving one shop to being at the next."""

    km: float
    minutes: float


@dataclass(frozen=True, slots=True)
class Learned:
    """rates: minutes a kilometre through the air, of each part. drives: how many they rest on."""

    rates: tuple[float, float, float]
    drives: int

    def minutes(self, km: float) -> float:
        first, second = BORDERS
        town, county, highway = self.rates
        return (
            town * min(km, first) + county * min(max(km - first, 0.0), second - first) + highway * max(km - second, 0.0)
        )


def plausible(drives: Iterable[Drive]) -> list[Drive]:
    """Without those that were no drives: something else was done on the way, or a time was noted wrongly."""
    return [
        one
        for one in drives
        if one.km >= SHORTEST_KM
        and 0 < one.minutes <= LONGEST_MINUTES
        and SLOWEST_KMH <= one.km * 60 / one.minutes <= FASTEST_KMH
    ]


def learned(drives: Sequence[Drive], usual: float) -> Learned | None:
    """usual: minutes a kilometre through the air where nothing is known. None with fewer than LEAST drives."""
    told = plausible(drives)
    if len(told) < LEAST:
        return None
    first, second = BORDERS
    town = _pace([one.minutes / one.km for one in told if one.km <= first], usual)
    county = _pace(
        [(one.minutes - town * first) / (one.km - first) for one in told if first + CLEAR <= one.km <= second], usual
    )
    county = min(county, town)
    spent = town * first + county * (second - first)
    highway = _pace([(one.minutes - spent) / (one.km - second) for one in told if one.km >= second + CLEAR], usual)
    return Learned((town, county, min(highway, county)), len(told))


def _pace(found: Sequence[float], usual: float) -> float:
    """The middle one, drawn to the usual one the more the fewer there are; in logarithms, for paces are ratios."""
    if not found:
        return usual
    middle = max(median(found), 60 / FASTEST_KMH)
    n = len(found)
    return math.exp((n * math.log(middle) + BELIEVED * math.log(usual)) / (n + BELIEVED))
