"""What goes into a measurement of uplift and what comes out. Pure; amounts are plain numbers, none to be booked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from promotions.uplift.frame import DAYS, Frame


class Reason(StrEnum):
    """Why nothing can be measured, or a shop was left out."""

    SHORT_HISTORY = "short_history"
    FEW_COMPARABLE = "few_comparable"
    OTHER_PROMOTION = "other_promotion"
    CLOSED = "closed"
    POOR_FIT = "poor_fit"


@dataclass(frozen=True, slots=True)
class Span:
    """Steps first..end-1."""

    first: int
    end: int

    def meets(self, other: Span) -> bool:
        return self.first < other.end and other.first < self.end


@dataclass(frozen=True, slots=True, eq=False)
class Shop:
    """sales: one number a step, nan where nothing was reported; 0 is a sale of nothing. closed: known closures; others:
    other promotions of this shop."""

    id: int
    sales: np.ndarray
    kind: str = ""
    closed: tuple[Span, ...] = ()
    others: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Setting:
    """What all shops share. window: of the promotion. weekday: of step 0, Monday 0 (days only). calendar: steps of
    promotions that the brand runs everywhere, or None. ends: where history ends, if before the window.
    """

    window: Span
    weekday: int = 0
    calendar: np.ndarray | None = None
    frame: Frame = DAYS
    ends: int | None = None

    @property
    def start(self) -> int:
        return self.window.first if self.ends is None else self.ends


@dataclass(frozen=True, slots=True, eq=False)
class Study:
    """A rollout: shops that ran it, and shops that did not."""

    treated: Sequence[Shop]
    comparison: Sequence[Shop]
    setting: Setting


@dataclass(frozen=True, slots=True)
class ShopLift:
    """Of one shop, shares: 0.11 is 11 % more. reason: why not, and all else 0."""

    id: int
    lift: float = 0.0
    low: float = 0.0
    high: float = 0.0
    actual: float = 0.0
    expected: float = 0.0
    reason: Reason | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """For a chart: all measured shops together, a value a step from step `first` on; the window's expected values add
    up to Effect.expected. low, high: where a single step was to be expected, at the same level."""

    first: int
    actual: np.ndarray
    expected: np.ndarray
    low: np.ndarray
    high: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """lift, low, high: shares. expected: had there been no promotion. amount: what it brought, with its interval.
    before_after: what a plain before/after would have said. provable: the smallest lift that would have stood out.
    weights: (shop, how much it counts), the most first, together 1. shops: how many were measured.
    """

    lift: float
    low: float
    high: float
    level: float
    actual: float
    expected: float
    amount: float
    amount_low: float
    amount_high: float
    before_after: float | None
    provable: float
    weights: tuple[tuple[int, float], ...]
    shops: int
    left_out: tuple[tuple[int, Reason], ...]
    course: Course


@dataclass(frozen=True, slots=True)
class Part:
    """Some of the shops of a rollout together, shares as of an Effect. expected: what they would have sold, an amount;
    shops: how many were measured."""

    lift: float
    low: float
    high: float
    expected: float
    shops: int


@dataclass(frozen=True, slots=True)
class NotMeasurable:
    """before_after: what a plain before/after says, which is no proof; None where even that is not known."""

    reason: Reason
    before_after: float | None = None
    left_out: tuple[tuple[int, Reason], ...] = ()


def most_common(reasons: Sequence[Reason]) -> Reason:
    """Of equals the one that stands first in the list of reasons."""
    counts = Counter(reasons)
    return max(Reason, key=lambda reason: counts[reason])
