"""Promises to pay against the money that came. Pure: the day is an argument."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

OPEN, KEPT, BROKEN, WITHDRAWN = "open", "kept", "broken", "withdrawn"


@dataclass(frozen=True, slots=True)
class Promised:
    """decided: the state a person gave it; None where the money decides."""

    id: int
    amount: Decimal
    made_on: datetime.date
    due_on: datetime.date
    decided: str | None = None


@dataclass(frozen=True, slots=True)
class Received:
    on: datetime.date
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Outcome:
    """settled_on: the day the last of the money came, or the due day of a broken one; None while it is open."""

    state: str
    settled_on: datetime.date | None = None


@dataclass(frozen=True, slots=True)
class KeptRate:
    """kept of n decided; promises withdrawn or still open count in neither."""

    kept: int
    n: int

    @property
    def share(self) -> Decimal | None:
        return (Decimal(self.kept) / self.n).quantize(Decimal("0.0001")) if self.n else None


@dataclass(slots=True)
class _Left:
    on: datetime.date
    amount: Decimal


def judge(promises: Sequence[Promised], received: Sequence[Received], day: datetime.date) -> dict[int, Outcome]:
    """{id: outcome} of one customer's promises that no person decided.

    A promise is kept by money from the day it was made to the day it was due. No money counts for two promises: the one
    due first is served first, the oldest money first. A broken promise uses none; an open one holds what has come.
    """
    left = [_Left(one.on, one.amount) for one in received if one.on <= day and one.amount > 0]
    left.sort(key=lambda one: one.on)
    found: dict[int, Outcome] = {}
    for promise in sorted(promises, key=lambda one: (one.due_on, one.made_on, one.id)):
        if promise.decided in (BROKEN, WITHDRAWN):
            continue
        usable = [one for one in left if promise.made_on <= one.on <= promise.due_on and one.amount > 0]
        enough = sum((one.amount for one in usable), Decimal(0)) >= promise.amount
        if not enough and promise.decided is None and day > promise.due_on:
            found[promise.id] = Outcome(BROKEN, promise.due_on)
            continue
        last, wanted = None, promise.amount
        for one in usable:
            if wanted <= 0:
                break
            taken = min(wanted, one.amount)
            one.amount -= taken
            wanted -= taken
            last = one.on
        if promise.decided is None:
            found[promise.id] = Outcome(KEPT, last) if enough else Outcome(OPEN)
    return found
