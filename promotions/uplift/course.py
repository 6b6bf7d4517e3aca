"""The line that would have been, step by step, for all measured shops together. Pure."""

from __future__ import annotations

import numpy as np

from promotions.uplift.terms import Course, Setting

Z = 1.6449
"""Of a normal distribution, 90 % lie within."""
LEAST_OF_WEEKDAY = 4


class Line:
    """Sums over shops, added chunk by chunk, so that memory does not grow with the rollout."""

    def __init__(self, setting: Setting, profile: np.ndarray):
        self.setting, self.profile = setting, profile
        self.actual = np.zeros(setting.window.end)
        self.usual = np.zeros(setting.window.end)

    def add(self, sales: np.ndarray, base: np.ndarray, expected: np.ndarray) -> None:
        """expected: logarithms of the window against the base, one a shop."""
        open_ = np.isfinite(sales)
        first = self.setting.window.first
        self.actual += np.where(open_, sales, 0.0).sum(0)
        level = base @ open_
        level[first:] = (base * np.exp(expected)) @ open_[:, first:]
        self.usual += level * self.profile

    def ratios(self) -> np.ndarray:
        """Logarithms of actual against expected, of the steps of the base; nan where nothing is known."""
        before = slice(self.setting.start - self.setting.frame.base, self.setting.start)
        actual, usual = self.actual[before], self._by_weekday()[before]
        known = (actual > 0) & (usual > 0)
        return np.where(known, np.log(np.where(known, actual, 1.0) / np.where(known, usual, 1.0)), np.nan)

    def swing(self) -> float:
        """How far blocks of the base (weeks) lie off the line: one deviation."""
        size = self.setting.frame.swing
        ratios = self.ratios()[-(self.setting.frame.base // size) * size :].reshape(-1, size)
        means = [block[np.isfinite(block)].mean() for block in ratios if np.isfinite(block).any()]
        return float(np.std(means)) if means else 0.0

    def draw(self, expected: float, low: float, high: float) -> Course:
        """expected, low, high: of the whole window, amounts."""
        window, start, frame = self.setting.window, self.setting.start, self.setting.frame
        usual = self._by_weekday()
        inside = slice(window.first, window.end)
        usual[inside] *= expected / usual[inside].sum() if usual[inside].sum() > 0 else 1.0
        ratios = self.ratios()
        known = ratios[np.isfinite(ratios)]
        alone = Z * float(known.std()) if len(known) else 0.0
        below, above = np.full(len(usual), alone), np.full(len(usual), alone)
        below[window.first :] = np.hypot(alone, np.log(expected / low))
        above[window.first :] = np.hypot(alone, np.log(high / expected))
        shown = slice(max(0, start - frame.base), window.end)
        return Course(
            shown.start,
            self.actual[shown],
            usual[shown],
            (usual * np.exp(-below))[shown],
            (usual * np.exp(above))[shown],
        )

    def _by_weekday(self) -> np.ndarray:
        """These shops' own weekdays: how strong each was against the comparison shops in the base."""
        usual = self.usual.copy()
        if not self.setting.frame.weekly:
            return usual
        steps = np.arange(len(usual))
        base = (steps >= self.setting.start - self.setting.frame.base) & (steps < self.setting.start)
        for day in range(7):
            same = (steps + self.setting.weekday) % 7 == day
            if (base & same).sum() >= LEAST_OF_WEEKDAY and usual[base & same].sum() > 0:
                usual[same] *= max(self.actual[base & same].sum(), 0.0) / usual[base & same].sum()
        return usual
