"""How complete a profile is, and what to ask next. Pure.

Each field has points that depend on the customer's tier. What is known counts in full, what is older than the field's
half-life counts half, what is missing counts nothing; the percentage is points had of points there are. The next
question is the one that would add most; of equal ones, the catalogue's order decides.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Item:
    """weight: points; half_life: days, None: it does not age."""

    key: str
    weight: int
    half_life: int | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """A field that is missing or stale; gain: how much of the whole (0 to 1) an answer would add."""

    key: str
    gain: Fraction
    stale: bool


@dataclass(frozen=True, slots=True)
class Completeness:
    """share: 0 to 1, exact; gaps: what an answer would add, the most first."""

    share: Fraction
    known: int
    stale: int
    missing: int
    gaps: tuple[Gap, ...]

    @property
    def percent(self) -> int:
        """Whole percent, rounded down, so that 100 means complete."""
        return int(self.share * 100)


def is_stale(half_life: int | None, noted_on: datetime.date | None, today: datetime.date) -> bool:
    """Older than its half-life; a fact without a date (one from the customer's own row) does not age."""
    return half_life is not None and noted_on is not None and (today - noted_on).days > half_life


def judge(items: Sequence[Item], noted: Mapping[str, datetime.date | None], today: datetime.date) -> Completeness:
    """noted: {key: the day a known fact was noted, or None where it does not age}; missing keys are not known."""
    whole = sum(one.weight for one in items)
    had = Fraction(0)
    gaps: list[Gap] = []
    stale = known = 0
    for one in items:
        if one.key not in noted:
            gaps.append(Gap(one.key, Fraction(one.weight, whole), stale=False))
        elif is_stale(one.half_life, noted[one.key], today):
            stale += 1
            had += Fraction(one.weight, 2)
            gaps.append(Gap(one.key, Fraction(one.weight, 2 * whole), stale=True))
        else:
            known += 1
            had += one.weight
    gaps.sort(key=lambda gap: -gap.gain)
    share = had / whole if whole else Fraction(1)
    return Completeness(share, known, stale, len(items) - known - stale, tuple(gaps))
