"""What customers do with a notice: read it, answer, ask, carry it out. In the portal, or told to one of us."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.refusing import refusal_of
from crm.workdays import next_working_day
from promotions.policies import evidence
from promotions.policies.answer_models import (
    LONGEST_TEXT,
    Answer,
    NoticeAnswer,
    NoticeDelivery,
    NoticeMark,
    NoticeQuestion,
    Reason,
    Through,
)
from promotions.policies.models import NoticeClause, State
from promotions.policies.telling import tell_of_answer, tell_of_question
from visits.plan.visiting import in_charge_on

LONGEST_MARK = 300
REPLY_DAYS = 2
"""Working days in which a question is to be answered."""
MOST_OPEN = 5
"""Questions of one customer about one notice that wait at once."""
STICKS = (Answer.UNCLEAR, Answer.CANNOT, Answer.PROPOSE)


@dataclass(frozen=True, slots=True)
class Mark:
    """At one clause. says: unclear, cannot or propose."""

    says: str
    text: str = ""


def held_of(delivery: NoticeDelivery) -> NoticeDelivery:
    """Locked and read anew. Raises ValidationError where the notice is not to be answered."""
    rows = NoticeDelivery.objects.select_for_update(of=("self",))
    held = rows.select_related("notice__current", "version", "customer").get(pk=delivery.pk)
    if held.set_aside or held.notice.state != State.SENT:
        raise ValidationError(_("This notice was withdrawn."), code="withdrawn")
    return held


@transaction.atomic
def note_read(*, delivery: NoticeDelivery, through: str = Through.PORTAL) -> None:
    """The first time counts. One statement where it was read before."""
    rows = NoticeDelivery.objects.filter(pk=delivery.pk, read_at__isnull=True)
    rows.update(read_at=now(), read_through=through)


@transaction.atomic
def answer_notice(
    *,
    delivery: NoticeDelivery,
    answer: str,
    through: str,
    reason: str = "",
    text: str = "",
    marks: Mapping[int, Mark] | None = None,
    told_by: str = "",
    by: User | None = None,
    seen: int | None = None,
) -> NoticeAnswer:
    """marks: {clause key: where it sticks}. seen: the number of the version that was answered; another one in force by
    now raises ValidationError with the code `newer`. Of whoever does not agree it is asked what is wrong.
    """
    held = held_of(delivery)
    if seen is not None and seen != held.version.number:
        raise ValidationError(_("There is a later version by now; please read it first."), code="newer")
    text, marks = text.strip(), dict(marks or {})
    _check_answer(answer, reason, text, marks, through)
    clauses = {one.key: one for one in NoticeClause.objects.filter(version=held.version_id, key__in=marks)}
    if set(marks) - set(clauses):
        raise refusal_of("marks", _("There is no such clause."), "clause")
    made = NoticeAnswer.objects.create(
        delivery=held,
        version=held.version,
        answer=answer,
        reason=reason if answer == Answer.CANNOT else "",
        text=text,
        through=through,
        told_by=told_by[:80],
        by=by,
        at=now(),
    )
    NoticeMark.objects.bulk_create(
        [
            NoticeMark(answer=made, clause=clauses[key], says=one.says, text=one.text.strip())
            for key, one in sorted(marks.items())
        ]
    )
    first = not held.answer
    held.answer, held.answered_at = answer, made.at
    if held.read_at is None:
        held.read_at, held.read_through = made.at, through
    held.save()
    told = {"notice": held.notice.title, "notice_answer": answer, "told_through": through}
    record(action="notice.answer", target=held.customer, changes=told, actor=by)
    if first and through == Through.PORTAL:
        evidence.answered(held)
    if answer != Answer.AGREE and through == Through.PORTAL:
        tell_of_answer(held, in_charge_on(held.customer, today()))
    return made


def _check_answer(answer: str, reason: str, text: str, marks: Mapping[int, Mark], through: str) -> None:
    if answer not in Answer.values:
        raise refusal_of("answer", _("Choose one of the answers."), "answer")
    if through not in Through.values:
        raise refusal_of("through", _("There is no such choice."), "through")
    if answer == Answer.CANNOT and reason not in Reason.values:
        raise refusal_of("reason", _("Say why it cannot be done."), "reason")
    if len(text) > LONGEST_TEXT:
        raise refusal_of("text", _("%(most)d characters at most.") % {"most": LONGEST_TEXT}, "long")
    if answer == Answer.PROPOSE and not text and not any(one.text.strip() for one in marks.values()):
        raise refusal_of("text", _("Say what you would change."), "text")
    if answer == Answer.AGREE and marks:
        raise refusal_of("marks", _("Who agrees leaves no clause open; choose another answer."), "marks")
    if any(one.says not in STICKS for one in marks.values()):
        raise refusal_of("marks", _("There is no such choice."), "says")
    if any(len(one.text.strip()) > LONGEST_MARK for one in marks.values()):
        raise refusal_of("marks", _("%(most)d characters at most.") % {"most": LONGEST_MARK}, "long")


# --- questions ----------------------------------------------------------------------------------------------------


@transaction.atomic
def ask(
    *,
    delivery: NoticeDelivery,
    text: str,
    through: str,
    clause: int | None = None,
    told_by: str = "",
    by: User | None = None,
) -> NoticeQuestion:
    """A question, for whoever is in charge of the customer, else for who sent the notice. clause: its key."""
    held = held_of(delivery)
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise refusal_of("text", _("Write your question in at most %(most)d characters.") % {"most": 1000}, "text")
    found = None
    if clause is not None:
        found = NoticeClause.objects.filter(version=held.version_id, key=clause).first()
        if found is None:
            raise refusal_of("clause", _("There is no such clause."), "clause")
    if NoticeQuestion.objects.open().filter(delivery=held).count() >= MOST_OPEN:
        raise refusal_of("text", _("So many questions wait already; please call us."), "many")
    owner = in_charge_on(held.customer, today()) or held.notice.sent_by
    made = NoticeQuestion.objects.create(
        delivery=held,
        clause=found,
        text=text,
        through=through,
        told_by=told_by[:80],
        by=by,
        asked_at=now(),
        owner=owner,
        due_on=_reply_by(today()),
    )
    if held.read_at is None:
        NoticeDelivery.objects.filter(pk=held.pk).update(read_at=made.asked_at, read_through=through)
    record(action="notice.ask", target=held.customer, changes={"notice": held.notice.title}, actor=by)
    if owner is not None and owner != by:
        tell_of_question(made, owner)
    return made


def _reply_by(day: datetime.date) -> datetime.date:
    for _n in range(REPLY_DAYS):
        day = next_working_day(day)
    return day


def _waiting(question: NoticeQuestion) -> NoticeQuestion:
    """Locked and read anew. Raises ValidationError where it was answered already."""
    rows = NoticeQuestion.objects.select_for_update(of=("self",))
    held = rows.select_related("delivery__customer", "delivery__notice__current", "owner").get(pk=question.pk)
    if held.replied_at is not None:
        raise ValidationError(_("This question was answered already."), code="replied")
    return held


@transaction.atomic
def reply(*, question: NoticeQuestion, text: str, by: User, version: int | None = None) -> NoticeQuestion:
    """The customer reads it in the portal. An answer once given is not changed."""
    held = (
        NoticeQuestion.objects.select_for_update(of=("self",)).select_related("delivery__customer").get(pk=question.pk)
    )
    if held.replied_at is not None:
        raise ValidationError(_("This question was answered already."), code="replied")
    if version is not None and version != held.version:
        raise ValidationError(_("Somebody else has changed this question in the meantime."), code="conflict")
    text = text.strip()
    if not text or len(text) > LONGEST_TEXT:
        raise refusal_of("text", _("Write the answer in at most %(most)d characters.") % {"most": 1000}, "text")
    held.reply, held.replied_at, held.replied_by = text, now(), by
    held.version += 1
    held.save()
    record(
        action="notice.reply", target=held.delivery.customer, changes={"notice": held.delivery.notice.title}, actor=by
    )
    return held


@transaction.atomic
def hand_question(*, question: NoticeQuestion, to: User, by: User) -> NoticeQuestion:
    """Somebody else answers it: somebody who sees the customer."""
    held = (
        NoticeQuestion.objects.select_for_update(of=("self",)).select_related("delivery__customer").get(pk=question.pk)
    )
    if held.replied_at is not None:
        raise ValidationError(_("This question was answered already."), code="replied")
    if not NoticeQuestion.objects.editable_by(to).filter(pk=held.pk).exists():
        raise refusal_of("to", _("They do not look after this customer."), "reach")
    if held.owner_id != to.pk:
        before, held.owner = held.owner, to
        held.version += 1
        held.save()
        told = {"notice": held.delivery.notice.title, "owner": [str(before) if before else None, str(to)]}
        record(action="notice.hand", target=held.delivery.customer, changes=told, actor=by)
        if to != by:
            tell_of_question(held, to)
    return held


# --- done ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def mark_done(
    *, delivery: NoticeDelivery, on: datetime.date | None = None, told_by: str = "", by: User | None = None
) -> NoticeDelivery:
    """What the notice asks for was carried out: seen by one of us (by), or said by the customer (told_by)."""
    held = held_of(delivery)
    day = on or today()
    if not held.notice.asks_doing:
        raise ValidationError(_("This notice asks for nothing to be done."), code="nothing")
    if day > today():
        raise refusal_of("on", _("This day has not come yet."), "future")
    if day < localdate(held.told_at):
        raise refusal_of("on", _("That was before the notice went out."), "before")
    held.done_on, held.done_by, held.done_told_by = day, by, told_by[:80]
    if held.read_at is None:
        held.read_at, held.read_through = now(), Through.PORTAL if by is None else Through.VISIT
    held.save()
    record(action="notice.done", target=held.customer, changes={"notice": held.notice.title, "done_on": day}, actor=by)
    return held


@transaction.atomic
def unmark_done(*, delivery: NoticeDelivery, by: User) -> NoticeDelivery:
    held = held_of(delivery)
    if held.done_on is not None:
        before, held.done_on, held.done_by, held.done_told_by = held.done_on, None, None, ""
        held.save()
        told = {"notice": held.notice.title, "done_on": [before, None]}
        record(action="notice.undone", target=held.customer, changes=told, actor=by)
    return held
