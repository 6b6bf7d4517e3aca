"""What was expected against what was found, read as was measured: follow reality and shortfall. Pure.

The bare gap (reality less expectation) explains next to nothing of how content somebody is; what they found explains
much, and a shortfall costs where an excess gains nothing. So points are ordered by shortfall times importance, and
nothing is ever called a cause.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

LEAST, MOST = 1, 10
USUAL_IMPORTANCE = 3
"""Of 1 to 5, where nobody said how much it matters."""
LEAST_PAIRS = 30
"""Fewer answers say nothing of how two things go together."""
Z95 = 1.959964


@dataclass(frozen=True, slots=True)
class Point:
    """expectation, reality: 1 to 10. importance: 1 to 5, None where it was not said."""

    key: int | str
    expectation: int
    reality: int
    importance: int | None = None

    @property
    def gap(self) -> int:
        return self.reality - self.expectation

    @property
    def shortfall(self) -> int:
        return max(0, self.expectation - self.reality)

    @property
    def weight(self) -> int:
        return self.shortfall * (self.importance or USUAL_IMPORTANCE)


def ordered(points: Iterable[Point]) -> list[Point]:
    """What to work on first: by shortfall × importance; of equal ones the lower reality, then as they were given."""
    return sorted(points, key=lambda one: (-one.weight, one.reality))


def work_orders(points: Iterable[Point], threshold: int) -> list[Point]:
    """Only shortfalls are orders for work, never what was better than expected."""
    return [one for one in ordered(points) if one.shortfall >= threshold]


@dataclass(frozen=True, slots=True)
class Blindness:
    """The manager's guess less the customer's answer: above 0 we thought them better off than they are."""

    key: int | str
    expectation: int
    reality: int


def blindness(guesses: Mapping[int | str, tuple[int, int]], points: Iterable[Point]) -> list[Blindness]:
    """guesses: {point: (expectation, reality)}. Points that nobody guessed are left out; the most wrong come first."""
    found = [
        Blindness(one.key, guesses[one.key][0] - one.expectation, guesses[one.key][1] - one.reality)
        for one in points
        if one.key in guesses
    ]
    return sorted(found, key=lambda one: -(abs(one.expectation) + abs(one.reality)))


@dataclass(frozen=True, slots=True)
class Association:
    """How two answers go together (Pearson's r), with its 95 % interval. It says nothing of what causes what."""

    n: int
    r: Decimal
    low: Decimal
    high: Decimal


def association(pairs: Sequence[tuple[float, float]]) -> Association | None:
    """None for fewer than 30 pairs, where one of the two never varies, and where the interval holds 0."""
    n = len(pairs)
    if n < LEAST_PAIRS:
        return None
    xs, ys = [float(x) for x, _y in pairs], [float(y) for _x, y in pairs]
    mean_x, mean_y = math.fsum(xs) / n, math.fsum(ys) / n
    xx = math.fsum((x - mean_x) ** 2 for x in xs)
    yy = math.fsum((y - mean_y) ** 2 for y in ys)
    if xx == 0 or yy == 0:
        return None
    r = math.fsum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True)) / math.sqrt(xx * yy)
    r = max(-1.0, min(1.0, r))
    if abs(r) == 1.0:
        low = high = r
    else:
        middle, half = math.atanh(r), Z95 / math.sqrt(n - 3)
        low, high = math.tanh(middle - half), math.tanh(middle + half)
    if low <= 0 <= high:
        return None
    return Association(n, _round(r), _round(low), _round(high))


def bottom_fifth(satisfaction: Mapping[int, int]) -> list[int]:
    """Whom to call first: the least content fifth (rounded up), the least content at the front.

    Who stands level with the last of them is called as well. satisfaction: of those who answered; who did not is
    "no answer" and stands in no fifth.
    """
    order = sorted(satisfaction.items(), key=lambda one: (one[1], one[0]))
    if not order:
        return []
    last = order[math.ceil(len(order) / 5) - 1][1]
    return [key for key, value in order if value <= last]


def _round(value: float) -> Decimal:
    return Decimal(value).quantize(Decimal("0.01"), ROUND_HALF_UP)
