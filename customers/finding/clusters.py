"""What of many points a map shows: cells of a grid by zoom, and boxes that may cross the edge of what is asked. Pure.

Degrees, latitude before longitude; a zoom is that of web maps (256 · 2^zoom pixels around the equator).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

CELL_PX = 72
"""A cell is about so wide on the screen: two marks of it never cover each other much."""
NEAREST, FARTHEST = 18, 2
SINGLES_FROM = 16
"""From this zoom on every point is shown for itself, as far as they are few."""
WIDEST = 85.0
APART_PX = 34
"""Nearer than that on the screen two marks become one: a finger must be able to meet either."""


@dataclass(frozen=True, slots=True)
class Box:
    west: float
    south: float
    east: float
    north: float

    @property
    def wraps(self) -> bool:
        return self.east - self.west >= 360

    def widened(self, part: float) -> Box:
        """A box with so much of its own size more on every side, so that a short drag finds its points there."""
        wide, high = (self.east - self.west) * part, (self.north - self.south) * part
        return Box(
            max(-180.0, self.west - wide),
            max(-90.0, self.south - high),
            min(180.0, self.east + wide),
            min(90.0, self.north + high),
        )


def read_box(text: str) -> Box | None:
    """ "west,south,east,north" in degrees; what lies over the edge of the world is cut off. None for anything else."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not all(map(math.isfinite, (west, south, east, north))) or west > east or south > north:
        return None
    cut = Box(max(west, -180.0), max(south, -90.0), min(east, 180.0), min(north, 90.0))
    return cut if cut.west <= cut.east and cut.south <= cut.north else None


def read_zoom(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        return None
    return min(max(int(text), FARTHEST), NEAREST)


def cell_degrees(zoom: int, latitude: float) -> tuple[float, float]:
    """(height, width) of a cell at a zoom, square on the screen at a latitude.

    The height follows the latitude in steps of ten degrees, so that cells stay where they are while a map is dragged.
    """
    width = 360.0 * CELL_PX / (256 * 2**zoom)
    steady = min(abs(round(latitude / 10) * 10), 80)
    return width * math.cos(math.radians(steady)), width


@dataclass(slots=True)
class Mark:
    """One or more customers at a place: the middle of all, how many of each tier (A, B, C, none), the box around them.

    one: the customer, of a mark of one.
    """

    latitude: float
    longitude: float
    tiers: tuple[int, int, int, int]
    box: Box
    one: int | None = None

    @property
    def count(self) -> int:
        return sum(self.tiers)

    def with_another(self, other: Mark) -> Mark:
        n, m = self.count, other.count
        a, b, c, none = (mine + theirs for mine, theirs in zip(self.tiers, other.tiers, strict=True))
        return Mark(
            (self.latitude * n + other.latitude * m) / (n + m),
            (self.longitude * n + other.longitude * m) / (n + m),
            (a, b, c, none),
            Box(
                min(self.box.west, other.box.west),
                min(self.box.south, other.box.south),
                max(self.box.east, other.box.east),
                max(self.box.north, other.box.north),
            ),
        )


def apart(marks: list[Mark], zoom: int, latitude: float) -> list[Mark]:
    """The marks with those put together that would lie on one another; the larger ones first in the result.

    Neighbours are looked up by the cell they lie in, so that the cost grows with the marks and not with their square.
    """
    height, width = (side * APART_PX / CELL_PX for side in cell_degrees(zoom, latitude))
    placed: dict[tuple[int, int], list[Mark]] = {}
    waiting = sorted(marks, key=lambda mark: mark.count)
    while waiting:
        mark = waiting.pop()
        row, column = math.floor(mark.latitude / height), math.floor(mark.longitude / width)
        around = [placed.get((row + up, column + right), []) for up in (-1, 0, 1) for right in (-1, 0, 1)]
        near = next(((cell, other) for cell in around for other in cell if _touch(mark, other, height, width)), None)
        if near is None:
            placed.setdefault((row, column), []).append(mark)
        else:
            # Both together stand elsewhere, and may have come too near to a third.
            cell, other = near
            cell.remove(other)
            waiting.append(other.with_another(mark))
    return sorted((mark for cell in placed.values() for mark in cell), key=lambda mark: -mark.count)


def _touch(mark: Mark, other: Mark, height: float, width: float) -> bool:
    rows, columns = (mark.latitude - other.latitude) / height, (mark.longitude - other.longitude) / width
    return rows * rows + columns * columns < 1


def fitting(points: list[tuple[float, float]]) -> Box | None:
    """The box around (latitude, longitude) points."""
    if not points:
        return None
    latitudes, longitudes = [one[0] for one in points], [one[1] for one in points]
    return Box(min(longitudes), min(latitudes), max(longitudes), max(latitudes))
