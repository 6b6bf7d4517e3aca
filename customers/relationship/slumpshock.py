"""When the whole network sells less: no shop's slump, but news of its own. Pure; in logarithms, a day a number.

What peers sold off the expected on a day is taken out of every shop's error, so that a shock they share alarms no shop.
Here it is looked at by itself: the median of the last three days against all that came before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean, median
from typing import NamedTuple

import numpy as np

WINDOW = 3
TOGETHER = 7
"""Three days that lie further apart say nothing of a shock."""
DROP = 0.20
LIMIT = 3.0
HISTORY = 180
LEAST_HISTORY = 35
FLOOR = 0.02
"""A network of so many shops that its median hardly moves: what it swings at least."""
COOL_DOWN = 14
"""Days after which what falls again is another shock."""
TO_SIGMA = 1.25
"""A mean of distances from the middle is so much less than a standard deviation, where errors are normal."""


class Factor(NamedTuple):
    """What the middle shop sold off the expected on a day."""

    day: int
    factor: float


@dataclass(frozen=True, slots=True)
class Shock:
    """first: of the three days that told; told: the last of these; last: of those that were as bad so far.

    drop: share that the middle shop lost on the days from first to last. swing: usual swing of three days, a share.
    """

    first: int
    told: int
    last: int
    drop: float
    swing: float


def shocks(series: Sequence[Factor]) -> list[Shock]:
    """Of days in their order, each shock once. A day is judged by itself and the days before it alone."""
    found: list[list] = []  # first, told, last, swing, place of first, place of last
    middles: list[float] = []
    for n, one in enumerate(series):
        window = series[max(0, n - WINDOW + 1) : n + 1]
        middle = median(each.factor for each in window)
        before = middles[max(0, len(middles) - HISTORY - WINDOW) : max(0, len(middles) - WINDOW + 1)]
        middles.append(middle)
        if len(window) < WINDOW or one.day - window[0].day >= TOGETHER or len(before) < LEAST_HISTORY:
            continue
        usual = median(before)
        swing = max(FLOOR, TO_SIGMA * fmean(abs(each - usual) for each in before))
        if 1 - np.exp(middle) < DROP or middle - usual >= -LIMIT * swing:
            continue
        if found and one.day - found[-1][2] <= COOL_DOWN:
            found[-1][2], found[-1][5] = one.day, n
        else:
            found.append([window[0].day, one.day, one.day, swing, n - WINDOW + 1, n])
    return [
        Shock(first, told, last, _lost([each.factor for each in series[start : end + 1]]), float(np.exp(swing) - 1))
        for first, told, last, swing, start, end in found
    ]


def _lost(factors: Sequence[float]) -> float:
    return float(1 - np.exp(np.mean(factors)))
