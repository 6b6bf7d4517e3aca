"""Telling people something, in the transaction of whatever happened; and how they want to be told."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.clock import now
from crm.jobs.actions import enqueue_many
from crm.notifications.hours import next_digest, next_slot
from crm.notifications.kinds import DIGEST, MAILS, NOW, OFF, registry
from crm.notifications.models import Notification, NotificationChoice, NotificationHours


class Telling(NamedTuple):
    """One thing for one person. params: what its words are made of, plain JSON."""

    user_id: int
    key: str
    params: Mapping[str, Any]
    url: str = ""


def notify(*, kind: str, to: Iterable[int], key: str, params: Mapping[str, Any] | None = None, url: str = "") -> int:
    """Tell people (by id) the same, each once by `key`; returns how many were told."""
    return notify_many(kind=kind, tellings=[Telling(pk, key, params or {}, url) for pk in set(to)])


@transaction.atomic
def notify_many(*, kind: str, tellings: Sequence[Telling]) -> int:
    """Tell each their own, once by key; returns how many were told. As many statements for many as for one.

    Rows written with what happened, which a job mails later: a lost broker loses nothing. kind: of the registry.
    Who is not active, or wants neither app nor mail, is left out.
    """
    known = registry()[kind]
    wanted = {one.user_id for one in tellings}
    active = set(User.objects.filter(pk__in=wanted, is_active=True).values_list("pk", flat=True))
    chosen = {one.user_id: one for one in NotificationChoice.objects.filter(user_id__in=active, kind=kind).order_by()}
    keys = {one.key for one in tellings}
    told = Notification.objects.filter(user_id__in=active, key__in=keys).order_by()
    before = set(told.values_list("user_id", "key"))
    fresh = {}
    for one in tellings:
        choice = chosen.get(one.user_id)
        in_app, mail = (choice.in_app, choice.mail) if choice else (True, known.mail)
        if one.user_id in active and (in_app or mail != OFF) and (one.user_id, one.key) not in before:
            fresh[one.user_id, one.key] = Notification(
                user_id=one.user_id,
                kind=kind,
                key=one.key,
                params=dict(one.params),
                url=one.url,
                in_app=in_app,
                mail=mail,
                created_at=now(),
            )
    Notification.objects.bulk_create(fresh.values(), ignore_conflicts=True)
    ask_for_letters({one.user_id: one.mail for one in fresh.values() if one.mail != OFF})
    return len(fresh)


def ask_for_letters(wanted: Mapping[int, str]) -> None:
    """One job a person and time, at which everything that waits by then goes out in one letter."""
    if not wanted:
        return
    hours = {one.user_id: one for one in NotificationHours.objects.filter(user_id__in=wanted)}
    moment, jobs = timezone.localtime(), []
    for user_id, mail in wanted.items():
        due = due_at(mail, hours.get(user_id) or NotificationHours(), moment)
        if due is not None:
            key = f"notifications.mail:{user_id}:{mail}:{due.isoformat()}"
            jobs.append((key, {"user": user_id, "mail": mail}, due))
    enqueue_many(kind="notifications.mail", jobs=jobs)


def due_at(mail: str, hours: NotificationHours, moment: datetime.datetime) -> datetime.datetime | None:
    """When a letter goes out to a person with these hours; None: it does not."""
    if mail == NOW:
        return next_slot(moment, hours.quiet_from, hours.quiet_until)
    if mail == DIGEST and hours.digest_days:
        return next_digest(moment, hours.digest_at, hours.digest_days)
    return None


@transaction.atomic
def mark_read(*, user: User, ids: Collection[int] | None = None) -> int:
    """ids: which of one's own; None: all. Returns how many were unread."""
    rows = Notification.objects.visible_to(user).unread()
    if ids is not None:
        rows = rows.filter(pk__in=ids)
    return rows.update(read_at=now())


@transaction.atomic
def choose(*, user: User, choices: Mapping[str, tuple[bool, str]], **hours: Any) -> NotificationHours:
    """How a person wants to be told. choices: {kind: (in the app, by mail)}; hours: fields of NotificationHours.

    Not audited: it is nobody else's business. Raises ValidationError keyed by field.
    """
    for kind, (_in_app, mail) in choices.items():
        if kind not in registry():
            raise ValidationError(_("There is no such kind."), code="kind")
        if mail not in dict(MAILS):
            raise ValidationError(_("There is no such way of telling."), code="mail")
    held, _made = NotificationHours.objects.select_for_update().get_or_create(user=user)
    for name, value in hours.items():
        setattr(held, name, value)
    held.full_clean()
    held.save()
    rows = [NotificationChoice(user=user, kind=kind, in_app=app, mail=mail) for kind, (app, mail) in choices.items()]
    NotificationChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["in_app", "mail"]
    )
    return held
