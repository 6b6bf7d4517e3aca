"""What comparison shops teach: their outcome from their past, and how far one may be off. Pure.

A ridge regression across shops with Huber's weights (what lies far off counts less): an analysis of covariance. Errors
are those of each shop when it is left out itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from promotions.uplift.history import Facts

RIDGE = 2.0
"""Times the root of the number of shops: the fewer shops, the less is believed of single figures."""
HUBER = 2.0
CLIP = 0.02
"""A figure counts within its own 2nd and 98th percentile among comparison shops."""
LEAST_OF_KIND = 5
MEAN_DISTANCE = 0.8
"""Of what is normal and has a deviation of 1."""
TURNS = 8
LEAST_SIGMA = 1e-6
TO_SIGMA = 1.4826


@dataclass(frozen=True, slots=True)
class Scale:
    """How figures of comparison shops lie, by which those of others are read."""

    low: np.ndarray
    high: np.ndarray
    mean: np.ndarray
    deviation: np.ndarray

    @classmethod
    def of(cls, figures: np.ndarray, clip: float) -> Scale:
        if not figures.shape[1]:
            return cls(*np.zeros((4, 0)))
        figures = np.where(np.isfinite(figures).any(axis=0), figures, 0.0)
        low, high = np.nanquantile(figures, (clip, 1 - clip), axis=0)
        deviation = np.nanstd(figures, axis=0)
        return cls(low, high, np.nanmean(figures, axis=0), np.where(deviation > 1e-9, deviation, 1.0))

    def read(self, figures: np.ndarray) -> np.ndarray:
        """Standardised; who lies beyond the others counts as the last of them, the unknown as their mean."""
        known = np.where(np.isfinite(figures), figures, self.mean)
        return (np.clip(known, self.low, self.high) - self.mean) / self.deviation


@dataclass(frozen=True, slots=True)
class Reader:
    """Makes the rows of the regression, and the signs of a shop's own noise."""

    told: Scale
    noise: Scale
    kinds: tuple[str, ...]
    of_kind: Scale

    @classmethod
    def of(cls, facts: Facts, kind: np.ndarray) -> Reader:
        names, counts = np.unique(kind, return_counts=True)
        kinds = tuple(str(name) for name, count in zip(names, counts, strict=True) if count >= LEAST_OF_KIND)
        kinds = kinds if len(names) > 1 else ()
        return cls(
            Scale.of(facts.told, CLIP), Scale.of(_signs(facts), CLIP), kinds, Scale.of(_one_of(kinds, kind), 0.0)
        )

    def rows(self, facts: Facts, kind: np.ndarray) -> np.ndarray:
        """One row a shop, the intercept first.

        How unusual the last weeks were stands beside what they told: a rise and a fall alike do not fade alike.
        """
        told = self.told.read(facts.told)
        unusual = np.abs(told[:, : facts.recent]) - MEAN_DISTANCE
        columns = [np.ones((len(kind), 1)), told, self.of_kind.read(_one_of(self.kinds, kind)), unusual]
        return np.concatenate(columns, axis=1)

    def signs(self, facts: Facts) -> np.ndarray:
        return self.noise.read(_signs(facts))


def _one_of(kinds: tuple[str, ...], kind: np.ndarray) -> np.ndarray:
    return np.array([kind == one for one in kinds], float).reshape(len(kinds), len(kind)).T


def _signs(facts: Facts) -> np.ndarray:
    """Of shops that are noisy: the swing of their weeks, the scatter of their days, how little they sell."""
    swing, scatter = np.maximum(facts.swing, 0.01), np.maximum(facts.scatter, 0.01)
    return np.log(np.stack([swing, scatter, np.maximum(facts.base, 1e-12)], axis=1))


@dataclass(frozen=True, slots=True)
class Comparison:
    """coefficients: of the regression, intercept first. inverse: (A'WA + ridge)^-1; how: times A'W, from which the
    weights of comparison shops follow. sigma: error to be expected of a shop of middling noise; slopes: how it grows
    with the signs of noise; errors: of the comparison shops, each in units of what was to be expected of it.
    """

    reader: Reader
    coefficients: np.ndarray
    inverse: np.ndarray
    how: np.ndarray
    errors: np.ndarray
    sigma: float
    slopes: np.ndarray

    def noise(self, facts: Facts) -> np.ndarray:
        """How far off the expected outcome of a shop may be: one deviation."""
        return self.sigma * np.exp(self.reader.signs(facts) @ self.slopes)

    def weights(self, row: np.ndarray) -> np.ndarray:
        """How much each comparison shop counts in what is expected of this row; together 1, some below 0."""
        return row @ self.how

    def unsure(self, rows: np.ndarray) -> np.ndarray:
        """One deviation of the regression itself at these rows."""
        return self.sigma * np.sqrt(np.maximum(((rows @ self.inverse) * rows).sum(-1), 0.0))


def learn(facts: Facts, kind: np.ndarray) -> Comparison:
    """facts: of comparison shops only, each with an outcome."""
    reader = Reader.of(facts, kind)
    rows = reader.rows(facts, kind)
    coefficients, weights = ridge_huber(rows, facts.outcome)
    inverse = np.linalg.inv(gram(rows, weights))
    pull = np.einsum("ij,jk,ik->i", rows, inverse, rows) * weights
    left_out = (facts.outcome - rows @ coefficients) / np.maximum(1 - pull, 0.2)
    signs = reader.signs(facts)
    slopes = noise_slopes(signs, left_out)
    errors = left_out / np.exp(signs @ slopes)
    sigma = max(float(np.sqrt(np.mean(np.minimum(errors**2, (4 * middle_spread(errors)) ** 2)))), LEAST_SIGMA)
    return Comparison(reader, coefficients, inverse, (inverse @ rows.T) * weights, errors / sigma, sigma, slopes)


def gram(rows: np.ndarray, weights: np.ndarray) -> np.ndarray:
    ridge = np.full(rows.shape[1], RIDGE * np.sqrt(len(rows)))
    ridge[0] = 0.0
    return rows.T @ (rows * weights[:, None]) + np.diag(ridge)


def ridge_huber(rows: np.ndarray, outcome: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients, and how much each shop counted."""
    weights = np.ones(len(rows))
    coefficients = np.zeros(rows.shape[1])
    for _turn in range(TURNS):
        coefficients = np.linalg.solve(gram(rows, weights), rows.T @ (weights * outcome))
        errors = outcome - rows @ coefficients
        weights = np.minimum(1.0, HUBER * middle_spread(errors) / np.maximum(np.abs(errors), 1e-12))
    return coefficients, weights


def middle_spread(errors: np.ndarray) -> float:
    return float(TO_SIGMA * np.median(np.abs(errors - np.median(errors)))) + 1e-9


def noise_slopes(signs: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """How errors grow with a shop's own noise: a ridge of their logarithms."""
    logs = np.log(np.maximum(np.abs(errors), 0.1 * middle_spread(errors)))
    return np.linalg.solve(signs.T @ signs + 10 * np.eye(signs.shape[1]), signs.T @ (logs - logs.mean()))
