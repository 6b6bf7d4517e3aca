"""The geometry of charts: scales, ticks, paths. Pure numbers; crm.templatetags.charts turns them into SVG.

Floats are fine here: these are positions on a screen, never amounts.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """From values to heights: `low` lies at `bottom`, `high` at `top` (pixels, growing downward)."""

    low: float
    high: float
    top: float
    bottom: float
    ticks: tuple[float, ...]

    def at(self, value: float) -> float:
        return self.bottom - (value - self.low) / (self.high - self.low) * (self.bottom - self.top)


def nice_step(span: float, parts: int) -> float:
    """The smallest of 1, 2, 2.5, 5 × 10ⁿ of which `parts` cover the span."""
    raw = span / parts
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw * (1 - 1e-9))


def scale(values: Sequence[float], *, top: float, bottom: float, zero: bool = True) -> Scale:
    """A scale with round ticks that holds every value, and zero unless told otherwise.

    Of four or five steps those that leave less room unused; four if both do.
    """
    low, high = min(values, default=0.0), max(values, default=0.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    if high == low:
        high = low + 1.0
    ticks = min((_ticks(low, high, parts) for parts in (4, 5)), key=lambda found: found[-1] - found[0])
    return Scale(ticks[0], ticks[-1], top, bottom, ticks)


def _ticks(low: float, high: float, parts: int) -> tuple[float, ...]:
    step = nice_step(high - low, parts)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    return tuple(round(n * step, 10) for n in range(first, last + 1))


def number(value: float) -> str:
    """Short: one decimal at most, none if it is .0."""
    text = f"{value:.1f}"
    return text[:-2] if text.endswith(".0") else text


def share(value: float) -> str:
    """A percentage for SVG attributes."""
    return f"{value:.2f}".rstrip("0").rstrip(".") + "%"


def runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """The unbroken stretches of a series with gaps: [(index, value), …] each."""
    found: list[list[tuple[int, float]]] = []
    open_run = False
    for index, value in enumerate(values):
        if value is None:
            open_run = False
            continue
        if not open_run:
            found.append([])
            open_run = True
        found[-1].append((index, value))
    return found


def path(points: Sequence[tuple[float, float]]) -> str:
    """Straight lines through the points. A single point becomes a short dash, so that it is seen."""
    if len(points) == 1:
        (x, y) = points[0]
        return f"M{number(x - 2)} {number(y)}H{number(x + 2)}"
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def area(points: Sequence[tuple[float, float]], floor: float) -> str:
    """The same line, closed along `floor`."""
    if len(points) < 2:
        return ""
    return f"{path(points)}V{number(floor)}H{number(points[0][0])}Z"


def ribbon(y0: float, y1: float, height: float, width: float = 100.0) -> str:
    """A band from (0, y0) to (width, y1), bent in the middle."""
    middle = width / 2
    return (
        f"M0 {number(y0)}C{number(middle)} {number(y0)} {number(middle)} {number(y1)} {number(width)} {number(y1)}"
        f"V{number(y1 + height)}C{number(middle)} {number(y1 + height)} {number(middle)} {number(y0 + height)} "
        f"0 {number(y0 + height)}Z"
    )


def every(count: int, most: int) -> int:
    """Show each how-many-th label so that at most `most` stand in a row."""
    return max(1, -(-count // most))


def cumulative(values: Sequence[float], steps: int = 100) -> list[tuple[float, float]]:
    """(share of the members, share of the total) as the largest come first; at most `steps` + 1 points."""
    ordered = sorted((v for v in values if v > 0), reverse=True)
    total = sum(ordered)
    if not total:
        return []
    points, running = [(0.0, 0.0)], 0.0
    stride = every(len(ordered), steps)
    for index, value in enumerate(ordered, 1):
        running += value
        if index % stride == 0 or index == len(ordered):
            points.append((index / len(ordered), running / total))
    return points


def share_at(points: Sequence[tuple[float, float]], x: float) -> float:
    """The curve's height at x, between its points."""
    for (x0, y0), (x1, y1) in itertools.pairwise(points):
        if x0 <= x <= x1:
            return y0 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1] if points else 0.0
