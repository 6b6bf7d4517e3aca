"""What a shop's past tells of the weeks to come: one row of figures a shop. Pure; arrays shop by step.

All figures are logarithms of mean sales of an open day, set against the base before the promotion, so that a shop
twice the size tells the same. A mean over open days is taken against what the comparison shops sold on these very
days (`profile`): who was closed on a strong day is not taken for weak.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from promotions.uplift.frame import Frame

LEAST_PROFILE = 5
"""Fewer open comparison shops tell nothing of a day."""
CAP = 4.0
"""A shop's day counts for so many times its usual day at most in the profile."""


@dataclass(frozen=True, slots=True)
class Facts:
    """A row a shop. outcome: log of the window's mean day against the base, nan where there is none.

    told: columns of figures, nan where unknown. base: mean sales of an open day before. days: open days of the window,
    each counted as strong as it was. swing, scatter: own noise, of weeks and of single days. recent: the
    first so many columns tell of the last weeks, up or down.
    """

    outcome: np.ndarray
    told: np.ndarray
    base: np.ndarray
    days: np.ndarray
    swing: np.ndarray
    scatter: np.ndarray
    recent: int


def day_profile(sales: np.ndarray, start: int, frame: Frame) -> np.ndarray:
    """How strong each step was at the comparison shops: the mean of sales against their own base, around 1."""
    open_ = np.isfinite(sales)
    values = np.where(open_, sales, 0.0)
    before = slice(max(0, start - frame.base), start)
    usual = values[:, before].sum(1) / np.maximum(open_[:, before].sum(1), 1)
    known = usual > 0
    relative = np.minimum(values[known] / usual[known, None], CAP)
    count = open_[known].sum(0)
    mean = relative.sum(0) / np.maximum(count, 1)
    return np.where((count >= LEAST_PROFILE) & (mean > 0.02), mean, 1.0)


class _Sums:
    """Running sums over steps, so that the mean of any window costs two look-ups a shop."""

    def __init__(self, values: np.ndarray, open_: np.ndarray, profile: np.ndarray):
        self.values = self._running(values)
        self.strength = self._running(open_ * profile)
        self.count = self._running(open_.astype(float))

    @staticmethod
    def _running(each: np.ndarray) -> np.ndarray:
        sums = np.zeros((each.shape[0], each.shape[1] + 1))
        np.cumsum(each, axis=1, out=sums[:, 1:])
        return sums

    def mean(self, first: int, end: int, least: int = 1) -> np.ndarray:
        first, end = max(first, 0), max(end, 0)
        total = self.values[:, end] - self.values[:, first]
        strength = self.strength[:, end] - self.strength[:, first]
        enough = (self.count[:, end] - self.count[:, first] >= least) & (total > 0)
        return np.where(enough, total / np.where(strength > 0, strength, 1.0), np.nan)


def describe(
    sales: np.ndarray,
    window: tuple[int, int, int],
    profile: np.ndarray,
    frame: Frame,
    weekend: np.ndarray,
    promo: np.ndarray | None = None,
) -> Facts:
    """sales[n, T]: nan where closed or not reported; window: (start, first, end): history ends before step `start`, the
    outcome is that of the steps first..end-1. promo[T]: the brand's own calendar for
    everyone, not the promotion.

    Nothing at or after `end` is read, nothing of the outcome goes into what is told.
    """
    start, first, end = window
    open_ = np.isfinite(sales)
    values = np.where(open_, sales, 0.0)
    sums = _Sums(values, open_, profile)
    base = sums.mean(start - frame.base, start)

    def against(mean: np.ndarray, usual: np.ndarray = base) -> np.ndarray:
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.log(mean / usual)

    told = [against(sums.mean(start - length, start)) for length in frame.short]
    told += [against(sums.mean(start - far, start - near)) for far, near in frame.older]
    told.append(np.log(np.where(base > 0, base, np.nan)))
    past = slice(max(0, start - frame.history), start)
    if frame.weekly:
        told.append(against(_mean_of(values, open_, profile, weekend, past, least=4)))
        with np.errstate(invalid="ignore", divide="ignore"):
            logs = np.log(np.where(values > 0, values, np.nan) / base[:, None] / profile)
        told += [_middle(logs[:, max(0, start - length) : start]) for length in (7, 28, 56)]
    if promo is not None and promo[:start].any():
        inside = _mean_of(values, open_, profile, promo, past, least=5)
        outside = _mean_of(values, open_, profile, ~promo, past, least=5)
        told.append(against(inside, outside))
    before_year = start - frame.year
    if before_year >= frame.swing * 4:
        usual = sums.mean(before_year - frame.base, before_year, least=min(10, frame.swing * 4))
        length = end - first
        told.append(against(sums.mean(first - frame.year, end - frame.year, least=max(1, length // 3)), usual))
    blocks = [sums.mean(far - frame.swing, far) for far in range(start, start - frame.base, -frame.swing)]
    swing = _spread(np.stack([against(block) for block in blocks], axis=1), around_zero=True)
    with np.errstate(invalid="ignore", divide="ignore"):
        steps = np.log(np.where(values > 0, values, np.nan) / base[:, None] / profile)[:, past]
    return Facts(
        against(sums.mean(first, end)),
        np.stack(told, axis=1),
        base,
        (open_ * profile)[:, first:end].sum(1),
        swing,
        _spread(steps),
        len(frame.short) + len(frame.older),
    )


def _mean_of(values, open_, profile, chosen, past: slice, least: int) -> np.ndarray:
    chosen = np.broadcast_to(chosen, values.shape)[:, past]
    count = (open_[:, past] & chosen).sum(1)
    total = (values[:, past] * chosen).sum(1)
    strength = (open_[:, past] * chosen * profile[past]).sum(1)
    return np.where((count >= least) & (total > 0), total / np.where(strength > 0, strength, 1.0), np.nan)


def _middle(logs: np.ndarray) -> np.ndarray:
    """Mean of logarithms: a day ten times the usual hardly moves it, as it does a mean of sales."""
    known = np.isfinite(logs)
    count = known.sum(1)
    return np.where(count >= 2, np.where(known, logs, 0.0).sum(1) / np.maximum(count, 1), np.nan)


def _spread(logs: np.ndarray, around_zero: bool = False) -> np.ndarray:
    known = np.isfinite(logs)
    count = np.maximum(known.sum(1), 1)
    filled = np.where(known, logs, 0.0)
    centre = 0.0 if around_zero else (filled.sum(1) / count)[:, None]
    squares = np.where(known, (filled - centre) ** 2, 0.0).sum(1) / count
    return np.where(known.sum(1) >= 2, np.sqrt(squares), np.nan)
