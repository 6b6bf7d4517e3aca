"""From shops to the rollout: one lift of all, and how sure it is. Pure; logarithms of actual against expected.

Shops are weighted by what they were expected to sell. A shop whose own noise is large is drawn towards the others (as
DerSimonian and Laird do with trials), and what lies far off its group counts less.
"""

from __future__ import annotations

import numpy as np

CLIP = 1.5
"""Deviations from the group within which a shop counts in full."""
LEAST_SPREAD = 0.20
"""Lifts of shops differ by at least so much; more where the shops themselves show it."""
TURNS = 6
DRAWS = 2000
FEWEST_DRAWS = 200
CELLS = 100_000
"""Draws held at once: memory is the same for five shops and five thousand."""
TO_SIGMA = 1.4826
LEVEL = 0.90
FLOOR = 1.5
"""An interval reaches so many deviations at least, however the draws fell."""
WIDER = 1.03
"""Errors were learned from the same shops as the regression: intervals came out that much too narrow."""


def pooled(lifts: np.ndarray, noise: np.ndarray, shares: np.ndarray) -> np.ndarray:
    """lifts[..., m] -> [...]: the lift of all, each row by itself. shares: of what was expected, together 1."""
    if lifts.shape[-1] == 1:
        return lifts[..., 0]
    centre = np.median(lifts, axis=-1, keepdims=True)
    spread = TO_SIGMA * np.median(np.abs(lifts - centre), axis=-1, keepdims=True)
    apart = np.maximum(LEAST_SPREAD**2, spread**2 - np.median(noise) ** 2)
    variance = noise**2 + apart
    trust = shares / variance
    reach = CLIP * np.sqrt(variance)
    for _turn in range(TURNS):
        weight = trust * np.minimum(1.0, reach / np.maximum(np.abs(lifts - centre), 1e-9))
        centre = (weight * lifts).sum(-1, keepdims=True) / weight.sum(-1, keepdims=True)
    drawn = centre + (lifts - centre) * apart / variance
    return np.log((shares * np.exp(drawn)).sum(-1))


def chances(errors: np.ndarray, noise: np.ndarray, shares: np.ndarray, common: float) -> np.ndarray:
    """What would have been measured had nothing happened: errors of comparison shops drawn anew for each shop.

    common: deviation of what all shops are off together, for the regression itself is not sure.
    """
    m = len(noise)
    if m == 1:
        return errors * np.hypot(noise[0], common)
    turns = int(min(DRAWS, max(FEWEST_DRAWS, 40 * CELLS // m)))
    random = np.random.default_rng(2014)
    found = []
    for at in range(0, turns, block := max(1, CELLS // m)):
        size = min(block, turns - at)
        drawn = errors[random.integers(0, len(errors), (size, m))] * noise
        found.append(pooled(drawn, noise, shares) + common * random.standard_normal(size))
    return np.concatenate(found)


def interval(lift: float, chance: np.ndarray) -> tuple[float, float, float]:
    """(lift, low, high) in logarithms. What chance alone brings on average is taken off."""
    middle = float(chance.mean())
    chance = WIDER * (chance - middle)
    deviation = float(chance.std())
    low, high = np.quantile(chance, ((1 - LEVEL) / 2, (1 + LEVEL) / 2))
    low, high = min(float(low), -FLOOR * deviation), max(float(high), FLOOR * deviation)
    return lift - middle, lift - middle - high, lift - middle - low
