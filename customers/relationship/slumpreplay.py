"""Days in a row: what `advance` finds, gathered into slumps and silences, each once.

Pure. A night replays the days since the saved state, a replay all days; both find the same.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

import numpy as np

from customers.relationship.slumprule import RING, Calendar, Day, Groups, Rule, State, advance

MOST_POINTS = 120


class Point(NamedTuple):
    """What was expected of a day, and the usual swing around it in logarithms."""

    day: int
    expected: float
    swing: float


@dataclass
class Slump:
    """Days are numbers; closed 0: it is on. back: share of the expected in the normal days since, None without any."""

    row: int
    first_bad: int
    opened: int
    last_bad: int
    closed: int
    settled: bool
    days: int
    got: float
    expected: float
    peers: float
    swing: float
    learning: bool
    back: float | None
    points: list[Point] = field(default_factory=list)

    @property
    def depth(self) -> float:
        return 1 - self.got / self.expected if self.expected > 0 else 0.0


class Silence(NamedTuple):
    row: int
    since: int
    told: int
    closed: int


class Replay:
    """Carries a state on. `tracked_from`: points for charts are kept of slumps that go on from this day."""

    def __init__(self, state: State, groups: Groups, rule: Rule, tracked_from: int = 0):
        self.state, self.groups, self.rule, self.tracked_from = state, groups, rule, tracked_from
        self.slumps: dict[tuple[int, int], Slump] = {}
        self.silences: dict[tuple[int, int], Silence] = {}
        self._points: dict[tuple[int, int], list[Point]] = {}

    def step(self, day: int, y, promo, school, calendar: Calendar, reported=None) -> Day:
        state = self.state
        before = np.where(state.silent_told > 0, state.silent_since, 0)
        told = state.silent_told.copy()
        state, found = advance(state, day, y, promo, school, calendar, self.groups, self.rule, reported)
        self.state = state
        for row in np.flatnonzero((told > 0) & (state.silent_told == 0)).tolist():
            self.silences[row, int(before[row])] = Silence(row, int(before[row]), int(told[row]), day)
        if day >= self.tracked_from:
            self._track(day, found)
        for row in np.flatnonzero(found.closed).tolist():
            self._gather(row)
        return found

    def finish(self) -> None:
        """Gather what is still on. May be called after any day."""
        for row in np.flatnonzero(self.state.open).tolist():
            self._gather(row)
        for row in np.flatnonzero(self.state.silent_told > 0).tolist():
            since = int(self.state.silent_since[row])
            self.silences[row, since] = Silence(row, since, int(self.state.silent_told[row]), 0)

    def _track(self, day: int, found) -> None:
        state = self.state
        # Against the level before the slump, which is what its loss is counted against.
        level = np.where(found.sold, state.near_level[:, 0], state.level)
        for row in np.flatnonzero(state.open | found.closed).tolist():
            points = self._points.setdefault((row, int(state.opened[row])), [])
            if found.opened[row]:
                expected, swing = state.ring_expected[row][::-1], state.ring_swing[row][::-1]
                points += [
                    Point(day - RING + 1 + n, float(expected[n]), float(swing[n]))
                    for n in range(RING)
                    if np.isfinite(expected[n]) and expected[n] > 0
                ]
            elif len(points) < MOST_POINTS:
                usual = found.expected[row] * np.exp(state.before[row] - level[row])
                points.append(Point(day, float(usual), float(found.swing[row])))

    def _gather(self, row: int) -> None:
        state = self.state
        key = (row, int(state.opened[row]))
        expected_back = float(state.back_expected[row])
        self.slumps[key] = Slump(
            row=row,
            first_bad=int(state.first_bad[row]),
            opened=key[1],
            last_bad=int(state.last_bad[row]),
            closed=int(state.closed[row]),
            settled=bool(state.settled[row]),
            days=int(state.bad_days[row]),
            got=float(state.got[row]),
            expected=float(state.expected[row]),
            peers=float(np.exp(state.peers[row]) - 1),
            swing=float(np.exp(state.swing_then[row]) - 1),
            learning=bool(state.learning[row]),
            back=float(state.back_got[row]) / expected_back if expected_back > 0 else None,
            points=self._points.get(key, []),
        )
