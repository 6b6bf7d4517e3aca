"""Writing issues down, working on them, and what the customer says of it. Every step stays in the history."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.issues import terms
from customers.issues.checking import (
    check_day,
    check_length,
    check_owner,
    check_person,
    checked,
    days_now,
    said,
    tidy,
    tier_of,
    usual_owner,
)
from customers.issues.models import LONGEST, Issue, IssueStep, IssueTerms, Origin, Severity, State, What
from customers.issues.telling import tell_owner
from customers.people.models import Person
from customers.profile.models import Customer

CHANGEABLE = ("title", "text", "origin", "category", "severity", "due_on")


@transaction.atomic
def open_issue(
    *,
    customer: Customer,
    title: str,
    category: str,
    by: User | None,
    text: str = "",
    origin: str = Origin.TOLD,
    severity: int = Severity.ANNOYING,
    owner: User | None = None,
    due_on: datetime.date | None = None,
    reported_on: datetime.date | None = None,
    person: Person | None = None,
    told_by: str = "",
    once: str | None = None,
) -> Issue:
    """owner: else who is in charge, else who writes it down. due_on: else by tier and severity (terms.py).

    by: None is the system, or somebody of the customer's (told_by). once: a key; asked for twice, the issue that is
    there already is answered. Only what the customer says themselves is read by them. The owner is told of what comes
    from a customer, and of what opens by itself. Raises ValidationError keyed by field.
    """
    held = Customer.objects.select_for_update(of=("self",)).select_related("standing").get(pk=customer.pk)
    if once is not None:
        there = Issue.objects.filter(once=once).first()
        if there is not None:
            return there
    day = reported_on or today()
    check_day(day)
    if severity not in Severity.values:
        raise refusal_of("severity", _("Say from 1 to 4 how bad it is."), "severity")
    owner = owner or usual_owner(held, by)
    values = checked(
        title=title,
        text=text,
        origin=origin,
        category=category,
        severity=severity,
        due_on=due_on or terms.due_on(day, tier_of(held), severity, days_now()),
        reported_on=day,
    )
    check_owner(owner, held, by)
    check_person(person, held)
    moment = now()
    issue = Issue.objects.create(
        customer=held,
        owner=owner,
        person=person,
        told_by=told_by[:80],
        opened_by=by,
        opened_at=moment,
        once=once,
        reported_on=day,
        **values,
    )
    _step(issue, What.OPENED, by, values["text"], public=by is None and bool(told_by), told_by=told_by)
    told = {"issue": [None, values["title"]], **_told(issue)}
    record(action="issue.open", target=held, changes=told, actor=by)
    if by is None or (once is not None and issue.owner_id != by.pk):
        tell_owner(issue, raised=by is None and bool(told_by))
    return issue


@transaction.atomic
def comment(*, issue: Issue, text: str, by: User | None, is_public: bool = False, told_by: str = "") -> IssueStep:
    """is_public: the customer may read it. What the customer says (by None, told_by) is no answer of ours."""
    held = _held(issue, None)
    text = tidy(text)
    if not text:
        raise refusal_of("text", _("Write a few words."), "required")
    check_length("text", text, LONGEST)
    made = _step(held, What.COMMENT, by, text, public=is_public or by is None, told_by=told_by)
    if by is not None:
        _answered(held)
    held.version += 1
    held.save()
    record(action="issue.comment", target=held.customer, changes={"issue": held.title}, actor=by)
    return made


@transaction.atomic
def begin(*, issue: Issue, by: User | None, version: int | None = None) -> Issue:
    """Somebody works on it now."""
    held = _held(issue, version)
    _refuse_over(held)
    if held.state == State.IN_WORK:
        return held
    return _move(held, State.IN_WORK, What.BEGUN, "issue.begin", by, public=True)


@transaction.atomic
def assign(*, issue: Issue, owner: User, by: User | None, text: str = "", version: int | None = None) -> Issue:
    held = _held(issue, version)
    _refuse_over(held)
    check_owner(owner, held.customer, by)
    if held.owner_id == owner.pk:
        return held
    before, held.owner = held.owner, owner
    _answered(held)
    words = " · ".join(part for part in (str(owner), tidy(text)) if part)
    check_length("text", words, LONGEST)
    _save(held, What.ASSIGNED, by, words)
    changes = {"issue": held.title, "owner": [str(before) if before else None, str(owner)]}
    record(action="issue.assign", target=held.customer, changes=changes, actor=by)
    return held


@transaction.atomic
def change(*, issue: Issue, by: User | None, reason: str = "", version: int | None = None, **fields: Any) -> Issue:
    """Change the fields given, of CHANGEABLE. A later due day needs a reason; one of a late issue that is then no
    longer late may be escalated again.
    """
    unknown = set(fields) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"an issue has no {', '.join(sorted(unknown))} to change")
    held = _held(issue, version)
    _refuse_over(held)
    before = {name: getattr(held, name) for name in CHANGEABLE}
    after = checked(**(before | fields), reported_on=held.reported_on)
    reason = tidy(reason)
    check_length("reason", reason, 300)
    if after["due_on"] > before["due_on"] and not reason:
        raise refusal_of("reason", _("Say why it takes longer."), "required")
    changes = diff(before, after)
    if not changes:
        return held
    for name, value in after.items():
        setattr(held, name, value)
    if held.due_on >= today():
        held.escalated_at = None
    _save(held, What.CHANGED, by, reason)
    record(
        action="issue.change",
        target=held.customer,
        changes={"issue_of": held.title, **changes},
        actor=by,
        reason=reason,
    )
    return held


@transaction.atomic
def solve(*, issue: Issue, answer: str, by: User | None, version: int | None = None) -> Issue:
    """answer: how; the customer reads it."""
    held = _held(issue, version)
    _refuse_over(held)
    held.answer = said("answer", answer, _("Say how it was solved."))
    moment = now()
    held.solved_at, held.solved_on = moment, today()
    held.word, held.stars, held.word_at = None, None, None
    return _move(held, State.SOLVED, What.SOLVED, "issue.solve", by, held.answer, public=True)


@transaction.atomic
def reject(*, issue: Issue, answer: str, by: User | None, version: int | None = None) -> Issue:
    """It is nothing that we will solve; answer: why, which the customer reads."""
    held = _held(issue, version)
    _refuse_over(held)
    held.answer = said("answer", answer, _("Say why."))
    return _move(held, State.REJECTED, What.REJECTED, "issue.reject", by, held.answer, public=True)


@transaction.atomic
def reopen(*, issue: Issue, reason: str, by: User | None, version: int | None = None) -> Issue:
    """One that was solved or rejected. It has to be solved by the day it had, or as if it were reported today."""
    held = _held(issue, version)
    _refuse_unsolved(held)
    reason = said("reason", reason, _("Say why."))
    _open_again(held)
    return _move(held, State.REOPENED, What.REOPENED, "issue.reopen", by, reason, public=True)


@transaction.atomic
def say(
    *,
    issue: Issue,
    solved: bool,
    by: User | None,
    stars: int | None = None,
    text: str = "",
    told_by: str = "",
    version: int | None = None,
) -> Issue:
    """The customer's word on a solved issue: from the portal (by None, told_by) or by telephone (by: who asked).

    solved: False opens it again. Said twice in the same way, it is written once.
    """
    held = _held(issue, version)
    if not held.is_done:
        raise ValidationError(_("Nobody has said yet that this is solved."), code="state")
    if stars is not None and (isinstance(stars, bool) or not 1 <= stars <= 5):
        raise refusal_of("stars", _("Give one to five stars."), "stars")
    text = tidy(text)
    check_length("text", text, LONGEST)
    if held.word is solved and held.stars == stars and not text:
        return held
    held.word, held.stars, held.word_at = solved, stars, now()
    if solved:
        return _move(held, State.CONFIRMED, What.CONFIRMED, "issue.confirm", by, text, public=True, told_by=told_by)
    _open_again(held)
    return _move(held, State.REOPENED, What.DENIED, "issue.deny", by, text, public=True, told_by=told_by)


@transaction.atomic
def change_terms(*, days: dict[str, list[int]], by: User, version: int | None = None) -> IssueTerms:
    """For issues from now on; those that are open keep their day."""
    flaw = terms.flaw_of(days)
    if flaw is not None:
        texts = {
            "rows": _("Every tier needs days for each of the four severities."),
            "days": _("Whole days from 0 to %(most)d.") % {"most": terms.MOST_DAYS},
            "order": _("What is worse may not take longer."),
        }
        raise refusal_of("days", texts[flaw], flaw)
    IssueTerms.objects.get_or_create(pk=1)
    held = IssueTerms.objects.select_for_update().get(pk=1)
    if version is not None and version != held.version:
        raise ValidationError(_conflict(), code="conflict")
    before, held.days = held.days, days
    if before != days:
        held.changed_by, held.version = by, held.version + 1
        held.save()
        record(action="issue.terms", target=held, changes=diff({"days": before}, {"days": days}), actor=by)
    return held


# --- what is written in common ------------------------------------------------------------------------------------


def _held(issue: Issue, version: int | None) -> Issue:
    rows = Issue.objects.select_for_update(of=("self",)).select_related("customer__standing", "owner")
    held = rows.get(pk=issue.pk)
    if version is not None and version != held.version:
        raise ValidationError(_conflict(), code="conflict")
    return held


def _conflict() -> str:
    return _("Somebody else has changed this in the meantime; look at it again.")


def _refuse_over(held: Issue) -> None:
    if held.state == State.REJECTED:
        raise ValidationError(_("This issue was rejected: open it again first."), code="over")
    if not held.is_unsolved:
        raise ValidationError(_("This issue is solved: open it again first."), code="over")


def _refuse_unsolved(held: Issue) -> None:
    if held.is_unsolved:
        raise ValidationError(_("This issue is open."), code="state")


def _open_again(held: Issue) -> None:
    """Where its day has passed, as much time again as something that is reported today."""
    held.solved_at = held.solved_on = None
    held.due_on = max(held.due_on, terms.due_on(today(), tier_of(held.customer), held.severity, days_now()))
    held.escalated_at = None


def _answered(held: Issue) -> None:
    if held.first_response_at is None:
        held.first_response_at = now()


def _move(
    held: Issue,
    state: State,
    what: What,
    action: str,
    by: User | None,
    text: str = "",
    *,
    public: bool = False,
    told_by: str = "",
) -> Issue:
    before = held.state
    held.state = state
    if by is not None or what == What.SOLVED:
        _answered(held)
    _save(held, what, by, text, public, told_by)
    changes = {"issue": held.title, "issue_state": [before, str(state)]}
    if held.stars and what in (What.CONFIRMED, What.DENIED):
        changes["stars"] = held.stars
    record(action=action, target=held.customer, changes=changes, actor=by)
    return held


def _save(held: Issue, what: What, by: User | None, text: str = "", public: bool = False, told_by: str = "") -> None:
    held.version += 1
    held.save()
    _step(held, what, by, text, public, told_by)


def _step(held: Issue, what: What, by: User | None, text: str, public: bool = False, told_by: str = "") -> IssueStep:
    return IssueStep.objects.create(
        issue=held, what=what, by=by, told_by=told_by[:80], at=now(), text=text, is_public=public
    )


def _told(issue: Issue) -> dict[str, Any]:
    return {
        "origin": issue.origin,
        "category": issue.category,
        "severity": issue.severity,
        "owner": str(issue.owner) if issue.owner else None,
        "due_on": issue.due_on,
    }
