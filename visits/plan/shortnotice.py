"""An agreed day that we change late draws on a customer's trust: written down here, read by the trust ledger."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.clock import today
from customers.profile.models import Customer
from customers.trust.ledger import Movement
from visits.plan.models import PlannedVisit
from visits.plan.notice_models import ShortNotice

SHORT_DAYS = 2
"""Told so many days ahead or more, a change is in good time: the day before it is not."""


def note_change(visit: PlannedVisit, was_on: datetime.date, now_on: datetime.date | None, by: User | None) -> None:
    """visit was agreed for was_on; the customer did not ask for the change."""
    if (was_on - today()).days < SHORT_DAYS:
        ShortNotice.objects.create(
            visit=visit, customer_id=visit.customer_id, was_on=was_on, now_on=now_on, told_on=today(), told_by=by
        )


def note_move(
    visit: PlannedVisit, was: tuple[bool, datetime.date, datetime.time | None], by: User | None, *, they_asked: bool
) -> None:
    """was: agreed, day and time before. A first time for an agreed day is no change of it; what is put back on the same
    day it was moved was no change either.
    """
    agreed, day, at = was
    if visit.day != day:
        ShortNotice.objects.filter(visit=visit, told_on=today(), was_on=visit.day).delete()
    moved = visit.day != day or (at is not None and visit.starts_at != at)
    if agreed and moved and not they_asked:
        note_change(visit, day, visit.day, by)


def forget_calling_off(visit: PlannedVisit) -> None:
    """It is made after all."""
    ShortNotice.objects.filter(visit=visit, now_on=None).delete()


def movements(customer: Customer, since: datetime.date, until: datetime.date) -> list[Movement]:
    """After `since` until `until`. customer came through visible_to. One statement."""
    rows = ShortNotice.objects.filter(customer=customer, told_on__gt=since, told_on__lte=until)
    found = rows.values_list("told_on", "was_on", "now_on", "visit_id")
    return [
        Movement("change_late", on, _told(was_on, now_on), reverse("visits:detail", args=[pk]))
        for on, was_on, now_on, pk in found
    ]


def _told(was_on: datetime.date, now_on: datetime.date | None) -> str:
    days = {"was": formats.date_format(was_on), "now": formats.date_format(now_on) if now_on else ""}
    if now_on is None:
        return _("agreed for %(was)s, called off") % days
    if now_on == was_on:
        return _("agreed for %(was)s, put to another time") % days
    return _("agreed for %(was)s, moved to %(now)s") % days
