"""The promise book: writing a promise down, and saying what became of it."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import today
from crm.refusing import refusal_of
from customers.profile.models import Customer
from customers.receivables import settling
from customers.receivables.models import Promise, PromiseState, Side


@transaction.atomic
def promise(
    *,
    customer: Customer,
    due_on: datetime.date,
    by: User | None,
    made_by: str = Side.THEM,
    what: str = "",
    amount: Decimal | None = None,
    made_on: datetime.date | None = None,
) -> Promise:
    """Write a promise down; made_on: today if nothing is said. Money that came since then counts at once.

    amount: of a customer's promise to pay; None for anything else, which then `what` says. Raises ValidationError keyed
    by field.
    """
    made = Promise(
        customer=customer,
        made_by=made_by,
        what=" ".join(what.split()),
        amount=amount,
        due_on=due_on,
        made_on=made_on or today(),
        written_by=by,
    )
    if made.made_on > today():
        raise refusal_of("made_on", _("This day has not come yet."), "future")
    if made.due_on < made.made_on:
        raise refusal_of("due_on", _("A promise cannot be due before it was made."), "order")
    if amount is None and not made.what:
        raise refusal_of("what", _("Say what was promised, or how much."), "required")
    if amount is not None and (made_by != Side.THEM or amount <= 0):
        raise refusal_of("amount", _("Only customers promise to pay, and more than nothing."), "invalid")
    made.full_clean(exclude=["written_by", "decided_by"])
    made.save(force_insert=True)
    record(
        action="promise.write",
        target=customer,
        changes={
            "promise": str(made),
            "made_by": [None, made.made_by],
            **({"amount": [None, amount]} if amount is not None else {}),
            "due_on": [None, due_on],
        },
        actor=by,
    )
    if amount is not None:
        settling.follow(today(), [customer.pk])
        made.refresh_from_db()
    return made


@transaction.atomic
def settle_promise(*, promise: Promise, state: str, by: User, reason: str = "") -> Promise:
    """Say what became of a promise: kept, broken, withdrawn; or open, which gives a promise to pay back to the money.

    What a person says stands against what the money says. The same again changes nothing.
    """
    if state not in PromiseState.values:
        raise refusal_of("state", _("There is no such state."), "invalid")
    one = Promise.objects.select_for_update(of=("self",)).select_related("customer").get(pk=promise.pk)
    reopened = state == PromiseState.OPEN
    if one.state == state and (reopened or one.decided_by_id is not None):
        return one
    before = one.state
    one.state = state
    one.settled_on = None if reopened else today()
    one.decided_by = None if reopened else by
    one.save(update_fields=["state", "settled_on", "decided_by"])
    record(
        action="promise.settle",
        target=one.customer,
        changes={"promise": str(one), "promise_state": [before, state]},
        reason=reason,
        actor=by,
    )
    settling.follow(today(), [one.customer_id])
    one.refresh_from_db()
    return one
