"""Trust and silence, read from promises, issues, contacts and surveys. Nothing is kept here.

Callers pass customers they have checked with `visible_to`. What is private counts for nothing: a figure never tells
that it is there.
"""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.clock import start_of
from customers.contacts.models import Contact
from customers.issues.models import DONE, UNSOLVED, Issue
from customers.profile.models import Customer
from customers.promises.models import Commitment, Side, State
from customers.surveys.reading import theirs_trust
from customers.trust.ledger import Movement, Reading, a_year_before, read


def movements(customer: Customer, since: datetime.date, until: datetime.date) -> list[Movement]:
    """After `since` until `until`, the latest first. Three statements, and those of settings.TRUST_SOURCES."""
    found = [*_of_promises(customer, since, until), *_of_issues(customer, since, until)]
    found += _of_contacts(customer, since, until)
    for source in settings.TRUST_SOURCES:
        found += import_string(source)(customer, since, until)
    return sorted(found, key=lambda one: (one.on, one.kind, one.url), reverse=True)


def _of_promises(customer: Customer, since, until) -> list[Movement]:
    rows = Commitment.objects.filter(customer=customer, side=Side.OURS, settled_on__gt=since, settled_on__lte=until)
    return [
        Movement(
            _kept(one.state, one.settled_on, one.due_on),
            one.settled_on,
            one.text,
            reverse("promises:detail", args=[one.pk]),
        )
        for one in rows.filter(state__in=(State.KEPT, State.BROKEN))
    ]


def _kept(state: str, settled_on: datetime.date, due_on: datetime.date) -> str:
    if state == State.BROKEN:
        return "promise_broken"
    return "promise_late" if settled_on > due_on else "promise_kept"


def _of_issues(customer: Customer, since, until) -> list[Movement]:
    """In time or late, and what the customer says; one that is late and open counts on the day after it was due."""
    found = []
    for one in Issue.objects.filter(customer=customer).filter(_moved(since, until)):
        url = reverse("issues:detail", args=[one.pk])
        if one.state in DONE:
            if one.solved_at is not None and one.solved_on is not None and since < one.solved_on <= until:
                kind = "issue_in_time" if one.solved_at <= one.due_at else "issue_late"
                found.append(Movement(kind, one.solved_on, one.title, url))
        elif one.may_be_late and since < _after(one.due_on) <= until:
            found.append(Movement("issue_late", _after(one.due_on), one.title, url))
        if one.word_at is not None and since < (on := timezone.localdate(one.word_at)) <= until:
            found.append(Movement("issue_confirmed" if one.word else "issue_denied", on, one.title, url))
    return found


def _after(day: datetime.date) -> datetime.date:
    return day + datetime.timedelta(days=1)


def _moved(since: datetime.date, until: datetime.date) -> Q:
    return (
        Q(state__in=DONE, solved_on__gt=since, solved_on__lte=until)
        | Q(state__in=UNSOLVED, due_on__gte=since, due_on__lt=until)
        | Q(word_at__gte=start_of(_after(since)), word_at__lt=start_of(_after(until)))
    )


def _of_contacts(customer: Customer, since, until) -> list[Movement]:
    """Listened without more, or spoken without asking for anything: one deposit a contact."""
    rows = Contact.objects.open().filter(customer=customer).filter(_given(since, until))
    return [
        Movement(
            "listened" if one.just_listened else "asked_nothing",
            timezone.localdate(one.happened_at),
            one.text or one.get_channel_display(),
            reverse("contacts:detail", args=[one.pk]),
        )
        for one in rows
    ]


def _given(since: datetime.date, until: datetime.date) -> Q:
    days = Q(happened_at__gte=start_of(_after(since)), happened_at__lt=start_of(_after(until)))
    return days & (Q(just_listened=True) | Q(asked_nothing=True))


SPOKE = Q(mood_before__isnull=False) | Q(mood_after__isnull=False) | Q(just_listened=True)
"""A contact in which the customer told something: how it felt, or its troubles."""


def kind_name(kind: str) -> str:
    return {
        "promise_kept": _("we kept a promise"),
        "promise_late": _("we kept a promise late"),
        "promise_broken": _("we broke a promise"),
        "issue_in_time": _("an issue solved in time"),
        "issue_late": _("an issue solved late, or still open"),
        "issue_confirmed": _("they say an issue is solved"),
        "issue_denied": _("they say an issue is not solved"),
        "change_late": _("we changed what was agreed at short notice"),
        "asked_nothing": _("spoken without asking for anything"),
        "listened": _("just listened"),
    }[kind]


def theirs_of(user: User, customer: Customer, day: datetime.date) -> tuple[Decimal | None, bool]:
    """What the customer answered when last asked whether we keep our word, as far as this person may see it; and
    whether there is an answer that they have to guess first. One statement.
    """
    found, hidden = theirs_trust(user, [customer.pk], day)
    said = found.get(customer.pk)
    return (Decimal(said[0]) if said else None), customer.pk in hidden


def reading_of(user: User, customer: Customer, day: datetime.date) -> Reading:
    """Of the year up to a day, all of it; without an answer that this person has to guess first. Four statements."""
    theirs, hidden = theirs_of(user, customer, day)
    return read(movements(customer, a_year_before(day), day), day, theirs, hidden=hidden)
