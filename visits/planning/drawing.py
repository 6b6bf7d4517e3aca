"""A day's route as a picture: where its stops come to lie in a box, north up, nothing stretched. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Point = tuple[float, float]
WIDE, HIGH, EDGE = 320, 240, 22
_LEAST = 0.004  # degrees: so near a single stop is drawn


@dataclass(frozen=True, slots=True)
class Spot:
    """number: of the stop as the list beside it has it; 0 is home."""

    x: float
    y: float
    number: int = 0


@dataclass(frozen=True, slots=True)
class Picture:
    """homes: where the day begins and ends, as far as that is to be seen, and the stops in order; line: of an SVG
    polyline, out and back.
    """

    homes: tuple[Spot, ...]
    stops: tuple[Spot, ...]
    line: str
    wide: int = WIDE
    high: int = HIGH


def picture(
    stops: Sequence[tuple[int, Point]], home: Point | None, ends: tuple[Point | None, Point | None] | None = None
) -> Picture:
    """stops: each with its number. ends: where a day of a trip begins and ends, None for home. Latitude and longitude
    in degrees; a degree of longitude is as wide as it is in the middle.
    """
    begin, end = (at or home for at in ends or (None, None))
    row = [(number, point) for number, point in ((0, begin), *stops, (0, end)) if point is not None]
    numbers, every = [number for number, _point in row], [point for _number, point in row]
    middle = math.radians((min(lat for lat, _ in every) + max(lat for lat, _ in every)) / 2)
    flat = [(lon * math.cos(middle), lat) for lat, lon in every]
    left, right = min(x for x, _ in flat), max(x for x, _ in flat)
    low, top = min(y for _, y in flat), max(y for _, y in flat)
    scale = min((WIDE - 2 * EDGE) / max(right - left, _LEAST), (HIGH - 2 * EDGE) / max(top - low, _LEAST))
    x0, y0 = WIDE / 2 - (left + right) / 2 * scale, HIGH / 2 + (low + top) / 2 * scale
    spots = [
        Spot(round(x0 + x * scale, 1), round(y0 - y * scale, 1), number)
        for number, (x, y) in zip(numbers, flat, strict=True)
    ]
    line = " ".join(f"{one.x:g},{one.y:g}" for one in spots)
    homes = tuple(dict.fromkeys(one for one in spots if not one.number))
    return Picture(homes, tuple(one for one in spots if one.number), line)
