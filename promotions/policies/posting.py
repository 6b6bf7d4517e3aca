"""Posting letters about answers, a row and its dealers at a time; for notices and for promotions.

A row has customer_id, reminders and reminded_at. It is claimed before its letter goes, and given back if it does not:
of two runs one sends.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.mail import EmailMessage, get_connection
from django.db.models import QuerySet

from crm.clock import now
from customers.portal.models import PortalAccount
from customers.profile.models import State as CustomerState

PAGE = 200


def accounts_of(customer_ids: list[int]) -> dict[int, list[PortalAccount]]:
    """Who may read for each customer and has an address; one statement."""
    found: dict[int, list[PortalAccount]] = {}
    rows = PortalAccount.objects.active().filter(customer_id__in=customer_ids).exclude(email="")
    for one in rows.exclude(customer__state=CustomerState.CLOSED).order_by("pk"):
        found.setdefault(one.customer_id, []).append(one)
    return found


def post(
    ctx, rows: QuerySet, compose: Callable[..., EmailMessage], *, reminds: bool, claims: QuerySet | None = None
) -> dict:
    """A page at a time. compose: (account, row, reminds=) -> the letter. claims: rows that may still be written to when
    their turn comes, all where left out. Raises OSError at the end where the mail server refused one.
    """
    rows = rows.order_by("pk")
    total, done, sent, last, failed = rows.count(), 0, 0, 0, ""
    connection = get_connection()
    try:
        while page := list(rows.filter(pk__gt=last)[:PAGE]):
            last = page[-1].pk
            accounts = accounts_of([one.customer_id for one in page])
            for one in page:
                ctx.progress(done, total)
                done += 1
                letters = [compose(account, one, reminds=reminds) for account in accounts.get(one.customer_id, [])]
                try:
                    sent += _post_one(one, letters, reminds, connection, claims)
                except OSError as error:
                    failed = type(error).__name__
    finally:
        connection.close()
    if failed:
        raise OSError(failed)  # without its text: that may hold the address
    return {"sent": sent, "without_address": total - sent}


def _post_one(row: Any, letters: list[EmailMessage], reminds: bool, connection, claims: QuerySet | None) -> int:
    """One letter a row counts, however many read it there."""
    if not letters:
        return 0
    everything = type(row)._default_manager.all()
    was = {"reminders": row.reminders, "reminded_at": row.reminded_at}
    moment = now()
    claim = (everything if claims is None else claims).filter(pk=row.pk, **was)
    if not claim.update(reminders=row.reminders + (1 if reminds else 0), reminded_at=moment):
        return 0
    try:
        for letter in letters:
            letter.connection = connection
            letter.send()
    except OSError:
        everything.filter(pk=row.pk, reminded_at=moment).update(**was)
        raise
    return 1
