"""Answering, and guessing before one knows."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import Role, User
from crm.audit.actions import record
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.surveys import witnessing, working
from customers.surveys.guessing import guessers
from customers.surveys.holding import fits, held_of, waiting_of
from customers.surveys.models import (
    LONGEST,
    ManagerGuess,
    State,
    SurveyAnswer,
    SurveyInvitation,
    SurveyResponse,
)


@dataclass(frozen=True, slots=True)
class Said:
    """An answer to one point; importance and direct are None where they were not said."""

    expectation: int
    reality: int
    direct: int | None = None
    importance: int | None = None


# --- guessing -----------------------------------------------------------------------------------------------------


@transaction.atomic
def guess(*, invitation: SurveyInvitation, guesses: Mapping[int, tuple[int, int]], by: User) -> SurveyInvitation:
    """guesses: {point: (expectation, reality)}, of every point. Once, and before the answers can be seen.

    Raises PermissionDenied for whoever does not look after the customer: they see the answers, or have no part in it.
    """
    held = _unguessed(invitation)
    if not may_guess(held, by):
        raise PermissionDenied(_("Whoever looks after the customer guesses."))
    points = {one.pk for one in held.survey.template.points.all()}
    if set(guesses) != points:
        raise refusal_of("guesses", _("Guess every point."), "missing")
    if any(not fits(value) for pair in guesses.values() for value in pair):
        raise refusal_of("guesses", _("From 1 to 10."), "range")
    ManagerGuess.objects.bulk_create(
        [
            ManagerGuess(invitation=held, point_id=point, expectation=expectation, reality=reality)
            for point, (expectation, reality) in guesses.items()
        ]
    )
    held.guessed_by, held.guessed_at = by, now()
    held.save(update_fields=["guessed_by", "guessed_at"])
    record(action="survey.guess", target=held.customer, changes={"survey": held.survey.name}, actor=by)
    _open_what_waited(held)
    return held


@transaction.atomic
def waive_guess(*, invitation: SurveyInvitation, reason: str, by: User) -> SurveyInvitation:
    """Nobody will guess; reason: why. The answers are shown from now on.

    Raises PermissionDenied but for whoever looks after the customer, heads and administrators.
    """
    held = _unguessed(invitation)
    if not may_waive(held, by):
        raise PermissionDenied(_("Whoever looks after the customer guesses."))
    reason = " ".join(reason.split())
    if not reason:
        raise refusal_of("reason", _("Say why."), "required")
    if len(reason) > 200:
        raise refusal_of("reason", _("%(most)d characters at most.") % {"most": 200}, "long")
    held.waived, held.guessed_by = reason, by
    held.save(update_fields=["waived", "guessed_by"])
    told = {"survey": held.survey.name}
    record(action="survey.waive", target=held.customer, changes=told, actor=by, reason=reason)
    _open_what_waited(held)
    return held


def may_guess(invitation: SurveyInvitation, by: User) -> bool:
    """One statement."""
    return guessers(today()).filter(customer_id=invitation.customer_id, user=by).exists()


def may_waive(invitation: SurveyInvitation, by: User) -> bool:
    """One statement at most."""
    return by.role in (Role.HEAD, Role.ADMIN) or may_guess(invitation, by)


def _open_what_waited(held: SurveyInvitation) -> None:
    response = SurveyResponse.objects.filter(invitation=held).select_related("written_by").first()
    if response is not None:
        response.invitation = held
        working.open_for(response)


def _unguessed(invitation: SurveyInvitation) -> SurveyInvitation:
    held = held_of(invitation)
    if held.guessed_at is not None or held.waived:
        raise ValidationError(_("That was guessed or given up already."), code="guessed")
    return held


def must_guess(invitation: SurveyInvitation) -> bool:
    """Of an invitation with `mine` (reading.with_guessers)."""
    return bool(invitation.mine) and invitation.guessed_at is None and not invitation.waived  # type: ignore[attr-defined]


def is_held_up(invitation: SurveyInvitation) -> bool:
    """Somebody has yet to guess; of an invitation with `anybodys` (reading.with_guessers)."""
    return bool(invitation.anybodys) and invitation.guessed_at is None and not invitation.waived  # type: ignore[attr-defined]


def refuse_unguessed(invitation: SurveyInvitation) -> None:
    if must_guess(invitation):
        raise ValidationError(_("First say what you think they will answer; then ask."), code="guess")


# --- answering ----------------------------------------------------------------------------------------------------


@transaction.atomic
def answer(
    *,
    invitation: SurveyInvitation,
    answers: Mapping[int, Said],
    overall: int,
    renew: int,
    through: str,
    trust: int | None = None,
    comment: str = "",
    by: User | None = None,
    told_by: str = "",
    at: datetime.datetime | None = None,
) -> SurveyResponse:
    """answers: {point: what was said}, of every point. by: who asked in person; None: the customer themselves. at: when
    it came in; now unless said.

    Sent twice it is written once: the second time the first answer comes back. Each shortfall of the template's
    threshold or more opens an issue, at once where nobody has yet to guess (working.py). Raises ValidationError:
    `closed`, `declined`, or keyed by field.
    """
    held = held_of(invitation)
    there = SurveyResponse.objects.filter(invitation=held).first()
    if there is not None:
        return there
    held = waiting_of(held)
    points = {one.pk: one for one in held.survey.template.points.all()}
    comment = comment.replace("\0", "").replace("\r\n", "\n").strip()
    _check_answers(points, answers, overall, renew, trust, comment)
    response = SurveyResponse.objects.create(
        invitation=held,
        overall=overall,
        renew=renew,
        trust=trust if held.survey.template.asks_trust else None,
        comment=comment,
        answered_at=at or now(),
        through=through,
        written_by=by,
        told_by=told_by[:80],
    )
    SurveyAnswer.objects.bulk_create(
        [
            SurveyAnswer(
                response=response,
                point_id=point,
                expectation=one.expectation,
                reality=one.reality,
                direct=one.direct,
                importance=one.importance,
            )
            for point, one in answers.items()
        ]
    )
    held.state = State.ANSWERED
    held.save(update_fields=["state"])
    told = {"survey": held.survey.name, "through": through}
    record(action="survey.answer", target=held.customer, changes=told, actor=by)
    witnessing.answered(response)
    if not working.is_awaited(held):
        working.open_for(response)
    return response


def _check_answers(points, answers: Mapping[int, Said], overall, renew, trust, comment: str) -> None:
    if set(answers) != set(points):
        raise refusal_of("answers", _("Answer every point."), "missing")
    for one in answers.values():
        if not (fits(one.expectation) and fits(one.reality)):
            raise refusal_of("answers", _("From 1 to 10."), "range")
        if one.direct not in (None, -1, 0, 1):
            raise refusal_of("answers", _("There is no such choice."), "direct")
        if one.importance is not None and not 1 <= one.importance <= 5:
            raise refusal_of("answers", _("From 1 to 5."), "importance")
    for name, value in (("overall", overall), ("renew", renew)):
        if not fits(value):
            raise refusal_of(name, _("From 1 to 10."), "range")
    if trust is not None and not fits(trust):
        raise refusal_of("trust", _("From 1 to 10."), "range")
    if len(comment) > LONGEST:
        raise refusal_of("comment", _("%(most)d characters at most.") % {"most": LONGEST}, "long")
