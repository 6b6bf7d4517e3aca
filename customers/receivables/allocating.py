"""Which payment settles which invoice. Pure: the same books always give the same answer.

What an invoice's own record says was paid counts first, then what a payer named, and what is left goes to the oldest
due. It is laid out in the order of days, so that the books as of an earlier day read as they did then.
"""

from __future__ import annotations

import datetime
import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Item:
    """An invoice, or a credit note (amount below 0). paid: what its own record says was paid, signed alike."""

    id: int
    number: str
    issued_on: datetime.date
    due_on: datetime.date
    amount: Decimal
    paid_on: datetime.date | None = None
    paid: Decimal = ZERO
    disputed: bool = False


@dataclass(frozen=True, slots=True)
class Payment:
    """names: numbers of the invoices that the payer named, in that order; the rest of the amount is free."""

    id: int
    number: str
    paid_on: datetime.date
    amount: Decimal
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class Part:
    """So much of an invoice settled on a day, by a payment or by a credit note (one of the two)."""

    item_id: int
    on: datetime.date
    payment_id: int | None
    credit_id: int | None
    amount: Decimal


@dataclass(slots=True)
class Allocated:
    """open and settled_on by item, unused by payment. A credit note's open amount, below 0, may still be used."""

    parts: list[Part] = field(default_factory=list)
    open: dict[int, Decimal] = field(default_factory=dict)
    settled_on: dict[int, datetime.date | None] = field(default_factory=dict)
    unused: dict[int, Decimal] = field(default_factory=dict)


@dataclass(slots=True)
class _Source:
    """Money that settles: a payment or a credit note, with what is left of it."""

    on: datetime.date
    left: Decimal
    payment_id: int | None = None
    credit_id: int | None = None


def allocate(items: Sequence[Item], payments: Sequence[Payment]) -> Allocated:
    """Settle one customer's items.

    Free money goes to what was issued by then: undisputed before disputed, the oldest due first, then the oldest
    issued, then by number. Money that finds nothing waits for the next invoice and settles it on the day it is issued.
    """
    found = Allocated()
    room: dict[int, Decimal] = {}
    by_number: dict[str, Item] = {}
    sources: dict[int, _Source] = {}
    for item in sorted(items, key=_order):
        rest = abs(item.amount) - abs(item.paid)
        if item.amount > 0:
            room[item.id] = rest
            by_number[item.number] = item
        else:
            sources[item.id] = _Source(item.issued_on, rest, credit_id=item.id)
    issued = {item.id: item for item in items}
    last = {item.id: _stated_on(item) for item in items}

    def take(item: Item, source: _Source, on: datetime.date) -> None:
        amount = min(room[item.id], source.left)
        if amount <= 0:
            return
        room[item.id] -= amount
        source.left -= amount
        found.parts.append(Part(item.id, on, source.payment_id, source.credit_id, amount))
        for pk in (item.id, source.credit_id):
            if pk is not None:
                known = last[pk]
                last[pk] = on if known is None else max(known, on)

    free = []
    for payment in sorted(payments, key=lambda one: (one.paid_on, one.number, one.id)):
        source = _Source(payment.paid_on, payment.amount, payment_id=payment.id)
        for name in payment.names:
            named = by_number.get(name)
            if named is not None:
                take(named, source, max(payment.paid_on, named.issued_on))
        free.append((payment, source))

    for source, item in _free(room, issued, sources, free):
        take(item, source, max(source.on, item.issued_on))

    for item in items:
        rest = room[item.id] if item.amount > 0 else -sources[item.id].left
        found.open[item.id] = rest
        found.settled_on[item.id] = last[item.id] if rest == 0 else None
    found.unused = {payment.id: source.left for payment, source in free}
    found.parts.sort(key=lambda part: (part.item_id, part.on, part.payment_id or 0, part.credit_id or 0))
    return found


def _free(room, issued, sources, free):
    """Pairs of free money and an invoice, day by day; who takes them changes what is left of both."""
    events: list[tuple] = []
    for item in issued.values():
        # Of a day, invoices come before the money that may settle them.
        events.append((item.issued_on, 0 if item.amount > 0 else 1, *_order(item), item, None))
    for payment, source in free:
        events.append(
            (payment.paid_on, 2, False, payment.paid_on, payment.paid_on, payment.number, payment.id, None, source)
        )
    events.sort(key=lambda event: event[:7])
    waiting: deque[_Source] = deque()
    unsettled: list[tuple] = []
    for _on, rank, *_key, item, source in events:
        if rank == 0:
            while waiting and room[item.id] > 0:
                yield waiting[0], item
                if waiting[0].left <= 0:
                    waiting.popleft()
            if room[item.id] > 0:
                heapq.heappush(unsettled, (*_order(item), item))
            continue
        source = sources[item.id] if rank == 1 else source
        while unsettled and source.left > 0:
            oldest = unsettled[0][-1]
            if room[oldest.id] > 0:
                yield source, oldest
            if room[oldest.id] <= 0:
                heapq.heappop(unsettled)
        if source.left > 0:
            waiting.append(source)


def _order(item: Item) -> tuple:
    return (item.disputed, item.due_on, item.issued_on, item.number, item.id)


def _stated_on(item: Item) -> datetime.date | None:
    """The day its own record says it was paid; money that came before the invoice settles it when it is issued."""
    if item.paid_on is None or item.paid == 0:
        return None
    return max(item.paid_on, item.issued_on)
