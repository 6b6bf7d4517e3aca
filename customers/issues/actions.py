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
from customers.issues.checking import (
    check_cause,
    check_day,
    check_length,
    check_owner,
    check_person,
    checked,
    said,
    tidy,
    usual_owner,
)
from customers.issues.models import LONGEST, Issue, IssueStep, Origin, Severity, State, What
from customers.issues.rulemodels import IssueCause
from customers.issues.rules import brand_row, terms_now, work_clock
from customers.issues.telling import tell_owner
from customers.issues.writing import (
    answered,
    end_of,
    held_of,
    link_former,
    move,
    open_again,
    refuse_over,
    refuse_unsolved,
    run_on,
    save,
    set_answer_due,
    set_due,
    set_dues,
    step,
)
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
    """owner: else who is in charge, else who writes it down. due_on: else by class, tier and severity (terms.py).

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
        due_on=due_on,
        reported_on=day,
    )
    check_owner(owner, held, by)
    check_person(person, held)
    issue = Issue(
        customer=held,
        owner=owner,
        person=person,
        told_by=told_by[:80],
        opened_by=by,
        opened_at=now(),
        once=once,
        reported_on=day,
        **values,
    )
    rules = terms_now()
    set_dues(issue, rules, work_clock(rules), due_on)
    link_former(issue, rules.repeat_days)
    issue.save()
    step(issue, What.OPENED, by, values["text"], public=by is None and bool(told_by), told_by=told_by)
    told = {"issue": [None, values["title"]], **_told(issue)}
    record(action="issue.open", target=held, changes=told, actor=by)
    if by is None or (once is not None and issue.owner_id != by.pk):
        tell_owner(issue, raised=by is None and bool(told_by))
    return issue


@transaction.atomic
def comment(*, issue: Issue, text: str, by: User | None, is_public: bool = False, told_by: str = "") -> IssueStep:
    """is_public: the customer may read it. What the customer says (by None, told_by) is no answer of ours; where we
    waited for it, we wait no more.
    """
    held = held_of(issue, None)
    text = tidy(text)
    if not text:
        raise refusal_of("text", _("Write a few words."), "required")
    check_length("text", text, LONGEST)
    made = step(held, What.COMMENT, by, text, public=is_public or by is None, told_by=told_by)
    if by is not None:
        answered(held)
    elif held.state == State.WAITING and told_by:
        # They said what we waited for, or something else: somebody has to look.
        held.state = State.IN_WORK
        run_on(held)
        step(held, What.RESUMED, None, "", public=True)
    held.version += 1
    held.save()
    record(action="issue.comment", target=held.customer, changes={"issue": held.title}, actor=by)
    return made


@transaction.atomic
def begin(*, issue: Issue, by: User | None, version: int | None = None) -> Issue:
    """Somebody works on it now."""
    held = held_of(issue, version)
    refuse_over(held)
    if held.state == State.IN_WORK:
        return held
    return move(held, State.IN_WORK, What.BEGUN, "issue.begin", by, public=True)


@transaction.atomic
def assign(*, issue: Issue, owner: User, by: User | None, text: str = "", version: int | None = None) -> Issue:
    held = held_of(issue, version)
    refuse_over(held)
    check_owner(owner, held.customer, by)
    if held.owner_id == owner.pk:
        return held
    before, held.owner = held.owner, owner
    answered(held)
    words = " · ".join(part for part in (str(owner), tidy(text)) if part)
    check_length("text", words, LONGEST)
    save(held, What.ASSIGNED, by, words)
    changes = {"issue": held.title, "owner": [str(before) if before else None, str(owner)]}
    record(action="issue.assign", target=held.customer, changes=changes, actor=by)
    return held


@transaction.atomic
def change(*, issue: Issue, by: User | None, reason: str = "", version: int | None = None, **fields: Any) -> Issue:
    """Change the fields given, of CHANGEABLE. A later due day needs a reason; one of a late issue that is then no
    longer late may be escalated again. Only what the customer told has to be answered.
    """
    unknown = set(fields) - set(CHANGEABLE)
    if unknown:
        raise TypeError(f"an issue has no {', '.join(sorted(unknown))} to change")
    held = held_of(issue, version)
    refuse_over(held)
    before = {name: getattr(held, name) for name in CHANGEABLE}
    after = before | checked(**(before | {"due_on": None} | fields), reported_on=held.reported_on)
    reason = tidy(reason)
    check_length("reason", reason, 300)
    if after["due_on"] > before["due_on"] and not reason:
        raise refusal_of("reason", _("Say why it takes longer."), "required")
    changes = diff(before, after)
    if not changes:
        return held
    for name, value in after.items():
        setattr(held, name, value)
    if after["due_on"] != before["due_on"]:
        set_due(held, end_of(held.due_on))
        if not held.is_late:
            held.escalated_at = None
    if after["origin"] != before["origin"]:
        set_answer_due(held)
    if after["category"] != before["category"]:
        link_former(held, brand_row().repeat_days)
    save(held, What.CHANGED, by, reason)
    record(
        action="issue.change",
        target=held.customer,
        changes={"issue_of": held.title, **changes},
        actor=by,
        reason=reason,
    )
    return held


@transaction.atomic
def solve(
    *, issue: Issue, answer: str, by: User | None, cause: IssueCause | None = None, version: int | None = None
) -> Issue:
    """answer: how; the customer reads it. cause: why it came about, where it is known by now; they do not read that."""
    held = held_of(issue, version)
    refuse_over(held)
    held.answer = said("answer", answer, _("Say how it was solved."))
    check_cause(cause)
    if cause is not None:
        held.cause = cause
        if held.repeat_of_id is None:
            link_former(held, brand_row().repeat_days, category="")
    run_on(held)
    held.solved_at, held.solved_on = now(), today()
    held.word, held.stars, held.word_at = None, None, None
    return move(held, State.SOLVED, What.SOLVED, "issue.solve", by, held.answer, public=True)


@transaction.atomic
def reject(*, issue: Issue, answer: str, by: User | None, version: int | None = None) -> Issue:
    """It is nothing that we will solve; answer: why, which the customer reads."""
    held = held_of(issue, version)
    refuse_over(held)
    held.answer = said("answer", answer, _("Say why."))
    run_on(held)
    return move(held, State.REJECTED, What.REJECTED, "issue.reject", by, held.answer, public=True)


@transaction.atomic
def reopen(*, issue: Issue, reason: str, by: User | None, version: int | None = None) -> Issue:
    """One that was solved or rejected. It has the time it had, and at least that of one that is reported now."""
    held = held_of(issue, version)
    refuse_unsolved(held)
    reason = said("reason", reason, _("Say why."))
    open_again(held)
    return move(held, State.REOPENED, What.REOPENED, "issue.reopen", by, reason, public=True)


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
    held = held_of(issue, version)
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
        return move(held, State.CONFIRMED, What.CONFIRMED, "issue.confirm", by, text, public=True, told_by=told_by)
    open_again(held)
    return move(held, State.REOPENED, What.DENIED, "issue.deny", by, text, public=True, told_by=told_by)


def _told(issue: Issue) -> dict[str, Any]:
    return {
        "origin": issue.origin,
        "category": issue.category,
        "severity": issue.severity,
        "owner": str(issue.owner) if issue.owner else None,
        "due_on": issue.due_on,
    }
