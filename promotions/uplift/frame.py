"""How much of the past is looked at, in steps of a day or of a month. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Frame:
    """Everything counted in steps.

    base: what a shop's sales are compared with: the steps right before the promotion. short: the last so many steps.
    older: (from, to) before the promotion. history: of so many steps, `reported` must be there. year: as far back lie
    the same weeks (or months) of last year. swing: steps of one block whose ups and downs are the shop's own noise,
    over the base. after: steps looked at when the promotion is over.
    """

    base: int
    short: tuple[int, ...]
    older: tuple[tuple[int, int], ...]
    history: int
    year: int
    swing: int
    after: int
    weekly: bool
    reported: float = 0.70


DAYS = Frame(56, (7, 14, 28), ((56, 28), (112, 56)), 112, 364, 7, 28, weekly=True)
"""56 days, and what 112 tell of them."""
MONTHS = Frame(12, (1, 3, 6), (), 12, 12, 1, 1, weekly=False)
"""A whole year as the base: its seasons are all in it."""
