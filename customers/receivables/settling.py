"""Bringing what follows from the books up to date: which payment settles what, and which promises were kept.

Both read whole customers, a few statements for hundreds of them, and write only what differs: run twice, the second
time changes nothing. In the caller's transaction.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator

from django.db.models import F

from crm.audit.actions import record_many
from customers.receivables import allocating, promising
from customers.receivables.models import Allocation, OpenItem, Payment, Promise, PromiseState

AT_ONCE = 300
"""Customers read at once."""


def settle(customer_ids: Iterable[int]) -> int:
    """Allocate the payments of these customers anew; how many rows of theirs changed."""
    return sum(_settle(page) for page in _pages(customer_ids))


def _settle(page: list[int]) -> int:
    items, payments, there = defaultdict(list), defaultdict(list), defaultdict(dict)
    for item in OpenItem.objects.filter(customer_id__in=page):
        items[item.customer_id].append(item)
    for payment in Payment.objects.filter(customer_id__in=page):
        payments[payment.customer_id].append(payment)
    rows = Allocation.objects.filter(item__customer_id__in=page).annotate(of=F("item__customer_id"))
    for pk, of, *key in rows.values_list("pk", "of", "item_id", "on", "payment_id", "credit_id", "amount"):
        there[of][allocating.Part(*key)] = pk
    gone: list[int] = []
    fresh: list[Allocation] = []
    changed_items: list[OpenItem] = []
    changed_payments: list[Payment] = []
    for customer_id in page:
        mine, known = items[customer_id], there[customer_id]
        found = allocating.allocate([as_item(one) for one in mine], [as_payment(one) for one in payments[customer_id]])
        wanted = set(found.parts)
        gone += [pk for part, pk in known.items() if part not in wanted]
        fresh += [
            Allocation(
                item_id=part.item_id,
                on=part.on,
                payment_id=part.payment_id,
                credit_id=part.credit_id,
                amount=part.amount,
            )
            for part in found.parts
            if part not in known
        ]
        for item in mine:
            state = found.open[item.pk], found.settled_on[item.pk]
            if (item.open_amount, item.settled_on) != state:
                item.open_amount, item.settled_on = state
                changed_items.append(item)
        for payment in payments[customer_id]:
            if payment.unused != found.unused[payment.pk]:
                payment.unused = found.unused[payment.pk]
                changed_payments.append(payment)
    for at in range(0, len(gone), 500):
        Allocation.objects.filter(pk__in=gone[at : at + 500]).delete()
    Allocation.objects.bulk_create(fresh, batch_size=1_000)
    OpenItem.objects.bulk_update(changed_items, ["open_amount", "settled_on"], batch_size=200)
    Payment.objects.bulk_update(changed_payments, ["unused"], batch_size=200)
    return len(gone) + len(fresh) + len(changed_items) + len(changed_payments)


def as_item(one: OpenItem) -> allocating.Item:
    """A row as the rule takes it."""
    return allocating.Item(
        one.pk, one.number, one.issued_on, one.due_on, one.amount, one.paid_on, one.paid, one.disputed
    )


def as_payment(one: Payment) -> allocating.Payment:
    """A row as the rule takes it."""
    return allocating.Payment(one.pk, one.number, one.paid_on, one.amount, one.names)


def follow(day: datetime.date, customer_ids: Iterable[int] | None = None) -> dict[str, int]:
    """Judge promises to pay by the money that came; {state: promises that took it}.

    customer_ids None: every customer with an open promise to pay, as the night does; else these, also their promises
    that were judged before (money may have come in late). What a person decided stands.
    """
    if customer_ids is None:
        waiting = Promise.objects.open().to_pay().filter(decided_by=None)
        customer_ids = waiting.order_by().values_list("customer_id", flat=True).distinct()
    counts: dict[str, int] = defaultdict(int)
    for page in _pages(customer_ids):
        changed = _follow(page, day)
        for promise, _before in changed:
            counts[promise.state] += 1
        Promise.objects.bulk_update([promise for promise, _b in changed], ["state", "settled_on"], batch_size=200)
        record_many(
            action="promise.judge",
            targets=[
                (
                    promise.customer,
                    {
                        "promise": str(promise),
                        "promise_state": [before, promise.state],
                        "settled_on": promise.settled_on,
                    },
                )
                for promise, before in changed
            ],
        )
    return dict(counts)


def _follow(page: list[int], day: datetime.date) -> list[tuple[Promise, str]]:
    promises = defaultdict(list)
    for one in Promise.objects.to_pay().filter(customer_id__in=page).select_related("customer"):
        promises[one.customer_id].append(one)
    if not promises:
        return []
    received = defaultdict(list)
    for customer_id, on, amount in Payment.objects.filter(customer_id__in=list(promises)).values_list(
        "customer_id", "paid_on", "amount"
    ):
        received[customer_id].append(promising.Received(on, amount))
    stated = OpenItem.objects.filter(customer_id__in=list(promises), paid__gt=0)
    for customer_id, on, amount in stated.values_list("customer_id", "paid_on", "paid"):
        received[customer_id].append(promising.Received(on, amount))
    changed = []
    for customer_id, mine in promises.items():
        outcomes = promising.judge([_promised(one) for one in mine], received[customer_id], day)
        for one in mine:
            outcome = outcomes.get(one.pk)
            if outcome is not None and (one.state, one.settled_on) != (outcome.state, outcome.settled_on):
                before, one.state, one.settled_on = one.state, outcome.state, outcome.settled_on
                changed.append((one, before))
    return changed


def _promised(one: Promise) -> promising.Promised:
    decided = one.state if one.decided_by_id is not None and one.state != PromiseState.OPEN else None
    return promising.Promised(one.pk, one.amount, one.made_on, one.due_on, decided)


def _pages(customer_ids: Iterable[int]) -> Iterator[list[int]]:
    ids = sorted(set(customer_ids))
    for at in range(0, len(ids), AT_ONCE):
        yield ids[at : at + AT_ONCE]
