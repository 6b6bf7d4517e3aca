"""Putting a line of Today aside, and taking that back."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.money import to_minor
from crm.notifications.actions import notify
from crm.refusing import refusal_of
from crm.today.models import LONGEST, TodayMark
from crm.today.ranking import Task

DONE_DAYS = 7
"""A line that was done and whose reason still stands is back after so many days."""
MOST_DAYS = 60
HANDED_DAYS = 30


@transaction.atomic
def snooze(*, user: User, task: Task, until: datetime.date) -> TodayMark:
    """Not before that day. Raises ValidationError under `until`."""
    if not today() < until <= today() + datetime.timedelta(days=MOST_DAYS):
        text = _("Choose a day after today, within %(n)d days.") % {"n": MOST_DAYS}
        raise refusal_of("until", text, "until")
    return _mark(user, task, TodayMark.State.SNOOZED, until)


@transaction.atomic
def done(*, user: User, task: Task) -> TodayMark:
    return _mark(user, task, TodayMark.State.DONE, today() + datetime.timedelta(days=DONE_DAYS))


@transaction.atomic
def hand_over(*, user: User, task: Task, to: User, note: str = "", tell: bool = False) -> TodayMark:
    """Somebody else who sees the customer does it; they are told. Raises ValidationError keyed by field.

    tell: of a line that is private, its words too; else they learn only that there is something to do.
    """
    note = " ".join(note.split())
    if len(note) > LONGEST:
        raise refusal_of("note", _("A note has %(most)d characters at most.") % {"most": LONGEST}, "long")
    if task.customer_id is None:
        raise ValidationError(_("Only what is about a customer can be handed over."), code="customer")
    if not takers(user, task).filter(pk=to.pk).exists():
        raise refusal_of("to", _("%(person)s cannot take this over.") % {"person": to}, "reach")
    reason = task.open_reason if task.is_private and not tell else task.reason
    url = task.open_url or task.url
    line = {
        "kind": task.kind,
        "icon": task.icon,
        "tone": task.tone,
        "reason": reason,
        "url": url,
        "customer": task.customer_id,
        "stake": None if task.stake is None else to_minor(task.stake),
        "minutes": task.minutes,
    }
    until = today() + datetime.timedelta(days=HANDED_DAYS)
    mark = _mark(user, task, TodayMark.State.HANDED, until, to=to, note=note, line=line)
    TodayMark.objects.filter(user=to, key=task.key).delete()  # what they had put aside is theirs again
    notify(
        kind="today.handed",
        to=[to.pk],
        key=f"today.handed:{mark.pk}:{mark.at.isoformat()}",
        params={"person": str(user), "name": task.name, "reason": reason, "note": note},
        url=url,
    )
    changes: dict = {"line": [None, task.key]} | ({"told": [None, tell]} if task.is_private else {})
    record(action="today.hand", target=to, changes=changes, actor=user)
    return mark


def takers(user: User, task: Task) -> QuerySet[User]:
    """Whom a line can be handed to."""
    if task.customer_id is None:
        return User.objects.none()
    return import_string(settings.TODAY_TAKERS)(user, task.customer_id, today())


@transaction.atomic
def take_back(*, user: User, key: str) -> bool:
    """The line is where it was; False if there was nothing to take back."""
    return bool(TodayMark.objects.filter(user=user, key=key).delete()[0])


def purge(before: datetime.date) -> int:
    """What was put aside until a day before this one holds nothing any more. Safe to run twice."""
    return TodayMark.objects.filter(until__lt=before).delete()[0]


def _mark(user: User, task: Task, state: str, until: datetime.date, **values) -> TodayMark:
    values = {"state": state, "until": until, "at": now(), "to": None, "note": "", "line": None, **values}
    mark, _made = TodayMark.objects.update_or_create(user=user, key=task.key, defaults=values)
    return mark
