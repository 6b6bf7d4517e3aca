"""The books when two customers become one: invoices and payments go over, and are settled anew as one account.

Everything that follows from the books (allocations, what is open) is written through the journal too, so that an undo
gives back each account as it was.
"""

from __future__ import annotations

from crm.merging import Work, move, recompute, special
from crm.money import to_minor
from customers.receivables.allocating import allocate
from customers.receivables.models import Allocation, OpenItem, Payment
from customers.receivables.settling import as_item, as_payment

_LONGEST = 60


def take(work: Work) -> None:
    both = [work.survivor_id, work.loser_id]
    work.delete(Allocation, "item_id IN (SELECT id FROM customers_openitem WHERE customer_id IN (%s, %s))", both)
    for model in (OpenItem, Payment):
        table = model._meta.db_table
        # Two documents of one number stay two: the one that comes over says whose it was.
        work.update(
            model,
            f"customer_id = %s AND number IN (SELECT number FROM {table} WHERE customer_id = %s)",  # noqa: S608
            [work.loser_id, work.survivor_id],
            number=lambda row: f"{row['number'][: _LONGEST - 22]}·{row['id']}",
        )
        work.update(model, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)
    _settle(work)


def _settle(work: Work) -> None:
    items = list(OpenItem.objects.filter(customer_id=work.survivor_id))
    payments = list(Payment.objects.filter(customer_id=work.survivor_id))
    found = allocate([as_item(one) for one in items], [as_payment(one) for one in payments])
    for item in items:
        state = found.open[item.pk], found.settled_on[item.pk]
        if (item.open_amount, item.settled_on) != state:
            work.update(OpenItem, "id = %s", [item.pk], open_amount=to_minor(state[0]), settled_on=state[1])
    for payment in payments:
        if payment.unused != found.unused[payment.pk]:
            work.update(Payment, "id = %s", [payment.pk], unused=to_minor(found.unused[payment.pk]))
    rows = Allocation.objects.bulk_create(
        [
            Allocation(
                item_id=part.item_id,
                on=part.on,
                payment_id=part.payment_id,
                credit_id=part.credit_id,
                amount=part.amount,
            )
            for part in found.parts
        ],
        batch_size=500,
    )
    if rows:
        work.made(Allocation, [row.pk for row in rows])


RULES = [
    special("customers.OpenItem", take),
    recompute("customers.Payment", why="by the rule of the open items"),
    move("customers.Promise"),
]
