"""How old is what is owed? Pure: day and amounts are arguments."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")
BUCKETS = ("not_due", "d1_30", "d31_60", "d61_90", "d91")
"""Not due, then days overdue: 1–30, 31–60, 61–90, 91 and more. On its due day an invoice is not overdue."""
LATE = BUCKETS[1:]
EDGES = {"d1_30": (1, 30), "d31_60": (31, 60), "d61_90": (61, 90), "d91": (91, None)}


@dataclass(frozen=True, slots=True)
class Ageing:
    """What a customer owes as of a day, by age. credit: money of theirs that no invoice has used yet.

    items, overdue_items: how many invoices. disputed: the part of what is owed that they contest. oldest: days that the
    oldest open invoice is overdue, 0 for none.
    """

    day: datetime.date
    not_due: Decimal = ZERO
    d1_30: Decimal = ZERO
    d31_60: Decimal = ZERO
    d61_90: Decimal = ZERO
    d91: Decimal = ZERO
    credit: Decimal = ZERO
    items: int = 0
    overdue_items: int = 0
    disputed: Decimal = ZERO
    oldest: int = 0

    @property
    def overdue(self) -> Decimal:
        return self.d1_30 + self.d31_60 + self.d61_90 + self.d91

    @property
    def owed(self) -> Decimal:
        return self.not_due + self.overdue

    @property
    def balance(self) -> Decimal:
        """Below 0: we owe them."""
        return self.owed - self.credit

    def of(self, bucket: str) -> Decimal:
        return getattr(self, bucket)


def bucket_of(due_on: datetime.date, day: datetime.date) -> str:
    days = (day - due_on).days
    if days <= 0:
        return "not_due"
    return next(name for name, (_first, last) in EDGES.items() if last is None or days <= last)


def due_between(bucket: str, day: datetime.date) -> tuple[datetime.date | None, datetime.date | None]:
    """The first and the last due day that fall into a bucket as of a day; None: no border."""
    if bucket == "not_due":
        return day, None
    first, last = EDGES[bucket]
    return (
        None if last is None else day - datetime.timedelta(days=last),
        day - datetime.timedelta(days=first),
    )


def age(lines: Iterable[tuple[datetime.date, Decimal, bool]], day: datetime.date, credit: Decimal = ZERO) -> Ageing:
    """lines: (due on, open amount, disputed) of each open item; open credit notes (below 0) count as credit."""
    sums = dict.fromkeys(BUCKETS, ZERO)
    items = overdue_items = oldest = 0
    disputed = ZERO
    for due_on, amount, contested in lines:
        if amount < 0:
            credit -= amount
            continue
        if amount == 0:
            continue
        sums[bucket_of(due_on, day)] += amount
        items += 1
        disputed += amount if contested else ZERO
        days = (day - due_on).days
        overdue_items += days > 0
        oldest = max(oldest, days)
    return Ageing(
        day, **sums, credit=credit, items=items, overdue_items=overdue_items, disputed=disputed, oldest=max(0, oldest)
    )


def headroom(limit: Decimal | None, balance: Decimal) -> Decimal | None:
    """What may still be delivered on credit; below 0 the limit is overstepped. None where no limit is known."""
    return None if limit is None else limit - balance
