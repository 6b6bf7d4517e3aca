"""Making a calendar's address, revoking it, and finding whose it is."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from visits.feed.models import CalendarFeed


@transaction.atomic
def create_feed(*, user: User) -> tuple[CalendarFeed, str]:
    """The feed and its secret, which is kept nowhere. One that there was before opens nothing any more."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    _close(user)
    token = secrets.token_urlsafe(32)
    made = CalendarFeed.objects.create(user=user, digest=digest_of(token), made_at=now())
    record(action="calendar_feed.create", target=user, actor=user)
    return made, token


@transaction.atomic
def revoke_feed(*, user: User) -> int:
    """How many were open: none or one."""
    User.objects.select_for_update(of=("self",)).get(pk=user.pk)
    closed = _close(user)
    if closed:
        record(action="calendar_feed.revoke", target=user, actor=user)
    return closed


def open_feed(token: str) -> CalendarFeed | None:
    """Of somebody who works here. One statement, and on the first reading of a day one more."""
    rows = CalendarFeed.objects.open().filter(digest=digest_of(token), user__is_active=True).select_related("user")
    found = rows.first()
    day = today()
    if found is not None and found.read_on != day:
        CalendarFeed.objects.filter(pk=found.pk).update(read_on=day)
    return found


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _close(user: User) -> int:
    return CalendarFeed.objects.open().filter(user=user).update(revoked_at=now())
