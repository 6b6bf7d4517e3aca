"""Where somebody was when they checked in, against where the shop stands: a note, never held against them. Pure.

One point, taken once by a tap. What a phone measures has an error, which it tells; so "away" means that even at the
best of its measurement it was outside.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from crm.geo import WGS84, Point, convert, distance_m

RADIUS_M = 300
"""A shop, its car park and the street before it."""
OLD_S = 600
"""After so many seconds a measurement says where the phone was, not where it is."""
VAGUE_M = 1000
"""A measurement that is no better says nothing of a shop."""


class Place(StrEnum):
    """What the point says. unknown: no point, or the shop has no position; unsure: too vague or too old to say."""

    NEAR = "near"
    AWAY = "away"
    UNSURE = "unsure"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Fix:
    """One measurement: degrees in `datum`, error in metres and age in seconds as the phone says them (None: not)."""

    latitude: float
    longitude: float
    datum: str = WGS84
    accuracy_m: int | None = None
    age_s: int | None = None


def metres_between(fix: Fix, shop: Point | None) -> int | None:
    """Whole metres from the shop (WGS-84). Raises ValueError for no point of the Earth or an unknown datum."""
    lat, lon = convert(fix.latitude, fix.longitude, fix.datum, WGS84)
    return None if shop is None else round(distance_m(lat, lon, *shop))


def place_of(metres: int | None, accuracy_m: int | None, age_s: int | None) -> Place:
    """metres: from the shop, None where either is not known."""
    if metres is None:
        return Place.UNKNOWN
    if (age_s or 0) > OLD_S or (accuracy_m or 0) > VAGUE_M:
        return Place.UNSURE
    if metres <= RADIUS_M:
        return Place.NEAR
    return Place.AWAY if metres - (accuracy_m or 0) > RADIUS_M else Place.UNSURE
