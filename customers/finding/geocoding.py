"""A position for an address: by the callable that settings.GEOCODER names, and only ever as a suggestion."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from django.conf import settings
from django.utils.module_loading import import_string

from crm.geo import DATUMS, WGS84, check_point
from customers.finding.gazetteer import city_of, seat_of

log = logging.getLogger(__name__)
Found = tuple[float, float, str]
"""(latitude, longitude, datum)."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """approximate: the middle of a city or province, not the address itself."""

    latitude: float
    longitude: float
    datum: str
    approximate: bool


def by_place(address: str, city: str, province: str) -> Found | None:
    """The middle of the city, or else of the province's seat; needs no service and knows no street."""
    place = city_of(city, province) or (None if city else seat_of(province))
    return (place.latitude, place.longitude, WGS84) if place else None


def suggest(address: str, city: str, province: str) -> Suggestion | None:
    """None when nothing is known of the place. A geocoder that fails is logged, and the city's middle is given."""
    wanted: Callable[[str, str, str], Found | None] = import_string(settings.GEOCODER)
    if wanted is not by_place:
        try:
            found = wanted(address, city, province)
            if found is not None:
                latitude, longitude, datum = found
                if datum not in DATUMS:
                    raise ValueError(f"unknown coordinate system {datum!r}")
                return Suggestion(*check_point(latitude, longitude), datum, approximate=False)
        except Exception:  # whatever a service or its client raises, the form must still open
            log.warning("the geocoder %s failed", settings.GEOCODER, exc_info=True)
    middle = by_place(address, city, province)
    return None if middle is None else Suggestion(*middle, approximate=True)
