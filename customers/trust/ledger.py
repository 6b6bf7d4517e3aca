"""The trust ledger: what we paid in and drew out of a customer's trust in us, each with its evidence. Pure.

No number is made of it that nobody can check: deposits and withdrawals are counted, and our reading is how many of them
were deposits, on the scale on which the customer is asked (1 to 10). Theirs is their own word; the difference is shown.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

NEED = 5
"""With fewer movements than this in a year there is no reading of ours."""


@dataclass(frozen=True, slots=True)
class Movement:
    """kind: of KINDS. on: when it happened. text, url: the evidence."""

    kind: str
    on: datetime.date
    text: str = ""
    url: str = ""

    @property
    def is_deposit(self) -> bool:
        return self.kind in DEPOSITS


DEPOSITS = ("promise_kept", "issue_in_time", "issue_confirmed", "asked_nothing", "listened")
WITHDRAWALS = ("promise_late", "promise_broken", "issue_late", "issue_denied", "change_late")
KINDS = (*DEPOSITS, *WITHDRAWALS)


@dataclass(frozen=True, slots=True)
class Reading:
    """Of the movements of a year. ours: 1 to 10, None with fewer than NEED. theirs: what they said, 1 to 10, or None.

    gap: ours − theirs; above zero we think better of ourselves than they do. hidden: they answered, and whoever reads
    this has to guess it first.
    """

    deposits: int
    withdrawals: int
    ours: Decimal | None
    theirs: Decimal | None
    by_kind: tuple[tuple[str, int], ...]
    hidden: bool = False

    @property
    def n(self) -> int:
        return self.deposits + self.withdrawals

    @property
    def gap(self) -> Decimal | None:
        return self.ours - self.theirs if self.ours is not None and self.theirs is not None else None


def a_year_before(day: datetime.date) -> datetime.date:
    """The day after which movements count."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:  # 29 February
        return day.replace(year=day.year - 1, day=28)


def read(
    movements: Iterable[Movement], today: datetime.date, theirs: Decimal | None = None, *, hidden: bool = False
) -> Reading:
    """What came after the same day of last year, until today."""
    since = a_year_before(today)
    counted = dict.fromkeys(KINDS, 0)
    for one in movements:
        if since < one.on <= today:
            counted[one.kind] += 1
    return reading_of(counted, theirs, hidden=hidden)


def reading_of(counted: dict[str, int], theirs: Decimal | None = None, *, hidden: bool = False) -> Reading:
    """counted: {kind: how many}."""
    deposits = sum(counted.get(kind, 0) for kind in DEPOSITS)
    withdrawals = sum(counted.get(kind, 0) for kind in WITHDRAWALS)
    n = deposits + withdrawals
    ours = None
    if n >= NEED:
        ours = (1 + Decimal(9) * deposits / n).quantize(Decimal("0.1"), ROUND_HALF_UP)
    by_kind = tuple((kind, counted[kind]) for kind in KINDS if counted.get(kind))
    return Reading(deposits, withdrawals, ours, theirs, by_kind, hidden)


@dataclass(frozen=True, slots=True)
class Month:
    month: datetime.date
    deposits: int
    withdrawals: int


def by_month(movements: Sequence[Movement], months: Sequence[datetime.date]) -> list[Month]:
    """months: first days, oldest first."""
    found = {month: [0, 0] for month in months}
    for one in movements:
        month = one.on.replace(day=1)
        if month in found:
            found[month][0 if one.is_deposit else 1] += 1
    return [Month(month, *counts) for month, counts in found.items()]
