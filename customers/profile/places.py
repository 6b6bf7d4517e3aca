"""Where a customer stands, for maps and routes: always WGS-84, whatever system the position was given in."""

from __future__ import annotations

from decimal import Decimal

from crm.geo import WGS84, convert


def wgs(latitude: Decimal | None, longitude: Decimal | None, datum: str) -> tuple[float | None, float | None]:
    """(latitude, longitude) in WGS-84; (None, None) without a position. Raises ValueError out of range."""
    if latitude is None or longitude is None:
        return None, None
    return convert(latitude, longitude, datum, WGS84)
