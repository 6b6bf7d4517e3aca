"""An agreed day that we change late draws on a customer's trust: written down here, read by the trust ledger."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.clock import today
from customers.profile.models import Customer
from customers.trust.ledger import Movement
from visits.plan.models import PlannedVisit
from visits.plan.notice_models import SHORT_DAYS, AgreedBefore, ShortNotice, differs


def note_change(visit: PlannedVisit, was_on: datetime.date, now_on: datetime.date | None, by: User | None) -> None:
    """visit was agreed for was_on; the customer did not ask for the change."""
    if (was_on - today()).days < SHORT_DAYS:
        _notice(visit, was_on, now_on, by).save()


def note_move(
    visit: PlannedVisit, was: tuple[bool, datetime.date, datetime.time | None], by: User | None, *, they_asked: bool
) -> None:
    """was: agreed, day and time before. What is put back on the same day it was moved was no change. What was agreed
    is kept as long as nothing is agreed anew.
    """
    agreed, day, at = was
    if visit.day != day:
        ShortNotice.objects.filter(visit=visit, told_on=today(), was_on=visit.day).delete()
    shifted = (visit.day, visit.starts_at) != (day, at)
    if agreed and differs(visit, day, at) and not they_asked:
        note_change(visit, day, visit.day, by)
    before = AgreedBefore.objects.filter(visit=visit)
    if not agreed and shifted and they_asked:
        before.update(they_asked=True)
    elif not agreed and shifted:
        note_loose([visit], [], by)
    if agreed and not visit.is_agreed:
        then = {"day": day, "starts_at": at, "ended_on": today(), "they_asked": they_asked}
        AgreedBefore.objects.update_or_create(visit=visit, defaults=then)
    elif visit.is_agreed and not agreed:
        before.delete()


def note_calling_off(visit: PlannedVisit, by: User | None, *, they_asked: bool) -> None:
    if they_asked:
        return
    if visit.is_agreed:
        note_change(visit, visit.day, None, by)
    else:
        note_loose([], [visit], by)


def note_loose(moved: Sequence[PlannedVisit], gone: Sequence[PlannedVisit], by: User | None) -> None:
    """Of visits that are not agreed and were moved, or are called off: those that were agreed until now, for else it
    would do to take the word back first. Each counts once, however often it moves. Four statements at most.
    """
    visits = {one.pk: one for one in (*moved, *gone)}
    day, off = today(), {one.pk for one in gone}
    before = {one.visit_id: one for one in AgreedBefore.objects.filter(visit__in=visits) if one.counts_on(day)}
    if not before:
        return
    told: dict[int, ShortNotice] = {}
    for notice in ShortNotice.objects.filter(visit__in=before).order_by("pk"):
        promise = before[notice.visit_id]
        if notice.was_on == promise.day and notice.told_on >= promise.ended_on:
            told[notice.visit_id] = notice
    made, changed, back = [], [], []
    for pk, promise in before.items():
        visit, notice = visits[pk], told.get(pk)
        away = pk in off or promise.differs_from(visit)
        if notice is None:
            if away and (promise.day - day).days < SHORT_DAYS:
                made.append(_notice(visit, promise.day, None if pk in off else visit.day, by))
        elif not away and notice.told_on == day:
            back.append(notice.pk)
        elif pk not in off:
            notice.now_on = visit.day
            changed.append(notice)
    ShortNotice.objects.filter(pk__in=back).delete()
    ShortNotice.objects.bulk_update(changed, ["now_on"])
    ShortNotice.objects.bulk_create(made)


def _notice(visit: PlannedVisit, was_on: datetime.date, now_on: datetime.date | None, by: User | None) -> ShortNotice:
    return ShortNotice(
        visit=visit, customer_id=visit.customer_id, was_on=was_on, now_on=now_on, told_on=today(), told_by=by
    )


def was_promised(visit: PlannedVisit) -> bool:
    """Whether changing it late draws on their trust: it is agreed, or was until now. One statement where it is not."""
    if visit.is_agreed:
        return True
    before = AgreedBefore.objects.filter(visit=visit).first()
    return before is not None and before.counts_on(today())


def forget_calling_off(*visits: PlannedVisit) -> None:
    """They are made after all."""
    ShortNotice.objects.filter(visit__in=visits, now_on=None).delete()


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
