"""What dealers do about a visit agreed with them, and what we do about it. Doing it twice is doing it once."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.profile.models import Customer
from visits.agenda.models import LONGEST_POINT, LONGEST_WORD, MOST_POINTS, AgendaPoint, Says, TimeAnswer
from visits.agenda.reading import was_moved
from visits.plan.actions import AHEAD_DAYS, change_visit
from visits.plan.models import PlannedVisit


@transaction.atomic
def add_point(*, visit: PlannedVisit, text: str, told_by: str) -> AgendaPoint:
    """The same words again are the point that is there already. Raises ValidationError under `text`."""
    held = _agreed(visit)
    text = _line(text)
    if not text:
        raise refusal_of("text", _("Write a few words."), "required")
    _check_length(text, LONGEST_POINT)
    there = list(held.agenda.all())
    same = next((one for one in there if one.text == text), None)
    if same is not None:
        return same
    if len(there) >= MOST_POINTS:
        raise refusal_of("text", _("%(most)d points at most.") % {"most": MOST_POINTS}, "many")
    made = AgendaPoint.objects.create(visit=held, text=text, told_by=told_by, at=now())
    _record("visit.agenda", held, {"point": [None, text]}, told_by)
    return made


@transaction.atomic
def answer_time(
    *,
    visit: PlannedVisit,
    yes: bool,
    told_by: str,
    day: datetime.date,
    starts_at: datetime.time | None = None,
    proposed_on: datetime.date | None = None,
    proposed_at: datetime.time | None = None,
    text: str = "",
) -> TimeAnswer:
    """day, starts_at: the time they saw; once the visit has moved in between, they are asked to look again. Their yes
    to a visit that we had moved agrees to its new time.

    Raises ValidationError, keyed by field where there is one.
    """
    held = _agreed(visit)
    text = _line(text)
    _check_length(text, LONGEST_WORD)
    if (day, starts_at) != (held.day, held.starts_at):
        raise ValidationError(_("The visit was moved in the meantime; look at it again."), code="conflict")
    if not yes:
        _check_proposal(held, proposed_on, proposed_at)
    values = {
        "says": Says.YES if yes else Says.NO,
        "day": held.day,
        "starts_at": held.starts_at,
        "proposed_on": None if yes else proposed_on,
        "proposed_at": None if yes else proposed_at,
        "text": text,
    }
    if yes and not held.is_agreed:
        held = change_visit(visit=held, by=None, is_agreed=True)
    before = TimeAnswer.objects.filter(visit=held).first()
    if before is not None and all(getattr(before, name) == value for name, value in values.items()):
        return before
    more = {"told_by": told_by, "at": now(), "settled_at": None, "settled_by": None}
    made, _made = TimeAnswer.objects.update_or_create(visit=held, defaults={**values, **more})
    told = {"visit_time": [before.says if before is not None else None, values["says"]]}
    if made.proposed_on is not None:
        told["proposed_on"] = [None, made.proposed_on]
    if made.proposed_at is not None:
        told["proposed_at"] = [None, made.proposed_at]
    _record("visit.answer", held, told, told_by)
    return made


@transaction.atomic
def accept_proposal(*, visit: PlannedVisit, by: User) -> PlannedVisit:
    """Move the visit to when the customer would rather have it. Raises ValidationError, as `change_visit` does."""
    _lock(visit)
    answer = _waiting(visit)
    if answer.proposed_on is None:
        raise ValidationError(_("They proposed no other day."), code="none")
    if not answer.speaks_of(PlannedVisit.objects.get(pk=visit.pk)):
        raise ValidationError(_("The visit was moved in the meantime; look at it again."), code="conflict")
    at = answer.proposed_at
    moved = change_visit(visit=visit, by=by, day=answer.proposed_on, starts_at=at, is_agreed=True, they_asked=True)
    _settle(answer, by)
    return moved


@transaction.atomic
def settle(*, visit: PlannedVisit, by: User) -> TimeAnswer:
    """It was settled with them otherwise; one that was taken up already stays so."""
    _lock(visit)
    answer = TimeAnswer.objects.select_for_update(of=("self",)).filter(visit=visit).first()
    if answer is None:
        raise ValidationError(_("They have said nothing about the time."), code="none")
    if answer.settled_at is None:
        _settle(answer, by)
        _record("visit.answer_settled", visit, {}, "", by)
    return answer


def _waiting(visit: PlannedVisit) -> TimeAnswer:
    answer = TimeAnswer.objects.select_for_update(of=("self",)).filter(visit=visit).first()
    if answer is None or not answer.waits:
        raise ValidationError(_("This was taken up already."), code="over")
    return answer


def _settle(answer: TimeAnswer, by: User) -> None:
    answer.settled_at, answer.settled_by = now(), by
    answer.save(update_fields=["settled_at", "settled_by"])


def _lock(visit: PlannedVisit) -> None:
    """The customer first, as `visits.plan.actions` does, so that nobody waits in a ring."""
    Customer.objects.select_for_update(of=("self",)).get(pk=visit.customer_id)


def _agreed(visit: PlannedVisit) -> PlannedVisit:
    _lock(visit)
    rows = PlannedVisit.objects.select_for_update(of=("self",)).select_related("customer", "agreed_before")
    held = rows.get(pk=visit.pk)
    if not held.is_planned or not (held.is_agreed or was_moved(held)) or held.day < today():
        raise ValidationError(_("This visit is over."), code="over")
    return held


def _check_proposal(held: PlannedVisit, day: datetime.date | None, at: datetime.time | None) -> None:
    if day is None and at is not None:
        raise refusal_of("proposed_on", _("Say which day."), "required")
    if day is None:
        return
    if not today() <= day <= today() + datetime.timedelta(days=AHEAD_DAYS):
        raise refusal_of("proposed_on", _("Choose a day from today on."), "day")
    if (day, at) == (held.day, held.starts_at):
        raise refusal_of("proposed_on", _("This is when the visit is planned."), "same")


def _check_length(text: str, most: int) -> None:
    if len(text) > most:
        raise refusal_of("text", _("%(most)d characters at most.") % {"most": most}, "long")


def _line(text: str) -> str:
    return " ".join(text.replace("\0", "").split())


def _record(action: str, visit: PlannedVisit, changes: dict, told_by: str, by: User | None = None) -> None:
    said = {"dealer": [None, told_by]} if told_by else {}
    record(action=action, target=visit.customer, changes={"visit_of": [None, visit.day], **changes, **said}, actor=by)
