"""Letting one's heads see one's own figures, and taking that back. Both stand in the log."""

from __future__ import annotations

from django.db import transaction

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now
from customers.issues.rulemodels import SharedMirror


@transaction.atomic
def share(*, user: User) -> SharedMirror:
    """Only oneself can; twice is once."""
    row, made = SharedMirror.objects.get_or_create(user=user, defaults={"since": now()})
    if made:
        record(action="mirror.share", target=user, changes={"mirror_shared": [False, True]}, actor=user)
    return row


@transaction.atomic
def keep_private(*, user: User) -> None:
    gone, _rows = SharedMirror.objects.filter(user=user).delete()
    if gone:
        record(action="mirror.private", target=user, changes={"mirror_shared": [True, False]}, actor=user)
