"""What several measured promotions say together: each is a trial of its own, and they differ more than chance. Pure.

`uplift.pooling` makes one lift of the shops of one promotion, by what they were expected to sell; here one promotion
counts as much as it is sure of, however much it sold, for the question is what the next one will bring. Random effects
by DerSimonian and Laird 1986 on logarithms; the interval by Hartung and Knapp 2001 (Student's t on what the promotions
themselves differ by), which holds with few of them. Fewer than three are single cases and have no average.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import expm1, log1p, sqrt

FEWEST = 3
LEAST_NOISE = 0.005
"""Nobody is surer than this of a promotion: a deviation of half a percent."""
Z = 1.6449
# Student's t, 95 % from below, by degrees of freedom from 2 on; between two of them the wider one is taken.
_T = {
    2: 2.9200, 3: 2.3534, 4: 2.1318, 5: 2.0150, 6: 1.9432, 7: 1.8946, 8: 1.8595, 9: 1.8331, 10: 1.8125, 12: 1.7823,
    15: 1.7531, 20: 1.7247, 30: 1.6973, 60: 1.6706, 120: 1.6577,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Trial:
    """A measured promotion: shares with the interval of nine in ten; above -1."""

    lift: float
    low: float
    high: float

    @property
    def noise(self) -> float:
        """One deviation, in logarithms."""
        return max((_log(self.high) - _log(self.low)) / (2 * Z), LEAST_NOISE)


@dataclass(frozen=True, slots=True)
class Learned:
    """What such promotions bring on average, nine times in ten between low and high; shares. least, most: the single
    ones. spread: how far promotions differ beyond chance, one deviation in logarithms. n: how many.
    """

    n: int
    lift: float
    low: float
    high: float
    least: float
    most: float
    spread: float


def together(trials: Sequence[Trial]) -> Learned | None:
    """None of fewer than three: they stand alone, each with its own interval."""
    if len(trials) < FEWEST:
        return None
    lifts, sizes = [_log(one.lift) for one in trials], [one.noise**2 for one in trials]
    apart = _apart(lifts, sizes)
    weights = [1 / (size + apart) for size in sizes]
    total = sum(weights)
    middle = sum(weight * lift for weight, lift in zip(weights, lifts, strict=True)) / total
    seen = sum(weight * (lift - middle) ** 2 for weight, lift in zip(weights, lifts, strict=True)) / (len(trials) - 1)
    # By luck they may agree more than their own noise allows; that makes nobody surer (Knapp and Hartung's own limit).
    wide = student(len(trials) - 1) * sqrt(max(seen, 1.0) / total)
    single = [one.lift for one in trials]
    lift, low, high = (expm1(each) for each in (middle, middle - wide, middle + wide))
    return Learned(len(trials), lift, low, high, min(single), max(single), sqrt(apart))


def _apart(lifts: Sequence[float], sizes: Sequence[float]) -> float:
    """The variance between promotions, beyond their noise; DerSimonian and Laird."""
    weights = [1 / size for size in sizes]
    total = sum(weights)
    middle = sum(weight * lift for weight, lift in zip(weights, lifts, strict=True)) / total
    seen = sum(weight * (lift - middle) ** 2 for weight, lift in zip(weights, lifts, strict=True))
    return max(0.0, (seen - (len(lifts) - 1)) / (total - sum(weight**2 for weight in weights) / total))


def _log(share: float) -> float:
    """Of what sold nothing at all, a share of -1, as if a thousandth had been sold."""
    return log1p(max(share, -0.999))


def student(degrees: int) -> float:
    """From 2 degrees of freedom on."""
    return _T[max(known for known in _T if known <= degrees)]
