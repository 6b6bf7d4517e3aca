"""Sending a notice: the audience is frozen customer by customer, page by page; later joiners come on top at night."""

from __future__ import annotations

import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.jobs.actions import enqueue
from crm.refusing import refusal_of
from customers.profile.models import Customer
from promotions.policies.actions import held_of, may_write
from promotions.policies.answer_models import NoticeDelivery
from promotions.policies.audience import Audience, customers_of
from promotions.policies.models import Notice, NoticeVersion, State

AT_ONCE = 500
"""So many are told while the sender waits; more by a job."""
PAGE = 1000
ANSWER_DAYS = datetime.timedelta(days=7)
"""Who is told after the last day to answer has this long all the same."""


def audience_of(notice: Notice, by: User) -> QuerySet[Customer]:
    return customers_of(Audience.of(notice.audience), by)


@transaction.atomic
def send_notice(*, notice: Notice, by: User, on: datetime.date | None = None, version: int | None = None) -> Notice:
    """Now, or by itself on a later day. Few are told at once, many by a job that is asked for here.

    Raises ValidationError keyed by field; PermissionDenied for who may not write such a notice.
    """
    held = held_of(notice, version)
    if not may_write(by, held.kind):
        raise PermissionDenied(_("Policies and rules are laid down by heads and administrators."))
    if held.state not in (State.DRAFT, State.SCHEDULED):
        raise ValidationError(_("It has gone out already."), code="sent")
    if held.answer_by < (on or today()):
        raise refusal_of("answer_by", _("Until this day nobody can answer any more."), "past")
    if on is not None and on < today():
        raise refusal_of("send_on", _("This day has passed."), "past")
    if not held.audience or not audience_of(held, by).exists():
        raise refusal_of("audience", _("There is nobody to tell: choose other customers."), "nobody")
    held.sent_by, held.send_on = by, on or today()
    held.version += 1
    if on is not None and on > today():
        held.state = State.SCHEDULED
        held.save()
        record(action="notice.schedule", target=held, changes={"notice": held.title, "send_on": on}, actor=by)
        return held
    _publish(held)
    held.state, held.sent_at = State.SENT, now()
    held.save()
    record(action="notice.send", target=held, changes={"notice": held.title}, actor=by)
    told = tell_page(held, 0, AT_ONCE)
    if told == AT_ONCE:
        enqueue(kind="notices.tell", input={"notice": held.pk}, asked_by=by, key=f"notices.tell:{held.pk}")
    letters(held, by)
    return held


@transaction.atomic
def unschedule(*, notice: Notice, by: User) -> Notice:
    """It goes out by itself no longer; it is a draft again."""
    held = held_of(notice)
    if held.state != State.SCHEDULED:
        raise ValidationError(_("It does not wait to go out."), code="state")
    held.state, held.send_on = State.DRAFT, None
    held.version += 1
    held.save()
    record(action="notice.unschedule", target=held, changes={"notice": held.title}, actor=by)
    return held


@transaction.atomic
def publish_version(*, notice: Notice, by: User, version: int | None = None) -> Notice:
    """The version being written becomes the one in force. Where it asks anew, what was answered counts for the version
    before only, and everybody is asked again; else answers go on to count.
    """
    held = held_of(notice, version)
    if not may_write(by, held.kind):
        raise PermissionDenied(_("Policies and rules are laid down by heads and administrators."))
    if held.state != State.SENT:
        raise ValidationError(_("Only what was sent has a next version."), code="state")
    draft = _publish(held)
    rows = NoticeDelivery.objects.filter(notice=held)
    last = max(held.answer_by, today() + ANSWER_DAYS)
    fresh = {"version": draft, "answer_by": last, "reminders": 0}
    if draft.asks_anew:
        fresh |= {"read_at": None, "read_through": "", "answer": "", "answered_at": None}
        fresh |= {"done_on": None, "done_by": None, "done_told_by": ""}
    rows.update(**fresh)
    held.version += 1
    held.save()
    told = {"notice": held.title, "notice_version": draft.number, "asks_anew": draft.asks_anew}
    record(action="notice.publish", target=held, changes=told, actor=by)
    if draft.asks_anew:
        letters(held, by)
    return held


def _publish(held: Notice) -> NoticeVersion:
    draft = held.versions.filter(published_at__isnull=True).first()
    if draft is None:
        raise ValidationError(_("Nothing new is written."), code="none")
    draft.published_at = now()
    draft.save(update_fields=["published_at"])
    held.current = draft
    return draft


def letters(notice: Notice, by: User | None, key: str | None = None) -> None:
    """key: of whoever may ask for the same letters twice."""
    enqueue(kind="notices.letters", input={"notice": notice.pk}, asked_by=by, key=key)


@transaction.atomic
def tell_page(notice: Notice, after: int, most: int = PAGE, *, joined: bool = False) -> int:
    """The next customers of the audience (by key, above `after`) who are not told yet; says how many there were.

    Twice, or by two at once, tells nobody twice. As the sender sees them: who has left the sender's reach by now is
    told nothing more.
    """
    if notice.sent_by is None or notice.current_id is None:
        return 0
    told = NoticeDelivery.objects.counting().filter(notice=notice, customer=OuterRef("pk"))
    rows = audience_of(notice, notice.sent_by).exclude(Exists(told)).filter(pk__gt=after).order_by("pk")
    ids = list(rows.values_list("pk", flat=True)[:most])
    last = notice.answer_by if not joined else max(notice.answer_by, today() + ANSWER_DAYS)
    moment = now()
    NoticeDelivery.objects.bulk_create(
        [
            NoticeDelivery(
                notice=notice,
                customer_id=pk,
                version_id=notice.current_id,
                joined=joined,
                told_at=moment,
                answer_by=last,
            )
            for pk in ids
        ],
        batch_size=500,
        ignore_conflicts=True,
    )
    return len(ids)
