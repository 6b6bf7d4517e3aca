"""What the actions of issues have in common: one row held, its clock stopped and started, its steps written."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, start_of
from customers.issues import repeating, terms
from customers.issues.checking import tier_of
from customers.issues.hours import WorkClock
from customers.issues.models import RUNNING, Issue, IssueStep, Origin, State, What
from customers.issues.rules import start_moment, terms_now, work_clock

A_DAY = datetime.timedelta(days=1)


def held_of(issue: Issue, version: int | None) -> Issue:
    rows = Issue.objects.select_for_update(of=("self",)).select_related("customer__standing", "owner")
    held = rows.get(pk=issue.pk)
    if version is not None and version != held.version:
        raise ValidationError(conflict(), code="conflict")
    return held


def conflict() -> str:
    return _("Somebody else has changed this in the meantime; look at it again.")


def refuse_over(held: Issue) -> None:
    if held.state == State.REJECTED:
        raise ValidationError(_("This issue was rejected: open it again first."), code="over")
    if not held.is_unsolved:
        raise ValidationError(_("This issue is solved: open it again first."), code="over")


def refuse_unsolved(held: Issue) -> None:
    if held.is_unsolved:
        raise ValidationError(_("This issue is open."), code="state")


# --- the clock ----------------------------------------------------------------------------------------------------


def end_of(day: datetime.date) -> datetime.datetime:
    """A day chosen by hand is in time until its last second."""
    return start_of(day + A_DAY) - datetime.timedelta(seconds=1)


def _due(held: Issue, start: datetime.datetime, rules: terms.Terms, work: WorkClock) -> terms.Due:
    try:
        return terms.due(start, held.category, tier_of(held.customer), held.severity, rules, work)
    except ValueError as endless:  # rules of before there was a limit, or a calendar without working days
        text = _("By the rules for issues this would take years: an administrator has to shorten the hours.")
        raise ValidationError(text, code="rules") from endless


def set_due(held: Issue, moment: datetime.datetime) -> None:
    held.due_at, held.due_on = moment, timezone.localdate(moment)


def set_dues(held: Issue, rules: terms.Terms, work: WorkClock, chosen: datetime.date | None) -> None:
    """Of a new one: by class, tier and severity; chosen: the day it has to be solved by, where somebody said one."""
    due = _due(held, start_moment(held.opened_at, held.reported_on), rules, work)
    set_due(held, due.solve_at if chosen is None else end_of(chosen))
    held.answer_due_at = due.answer_at if held.origin == Origin.TOLD else None


def set_answer_due(held: Issue) -> None:
    """Of one whose origin changed: nobody waits for a word on what we found, whoever told it does since then."""
    held.answer_due_at = held.unheard_at = None
    if held.origin == Origin.TOLD:
        rules = terms_now()
        start = start_moment(held.opened_at, held.reported_on)
        held.answer_due_at = _due(held, start, rules, work_clock(rules)).answer_at


def run_on(held: Issue, work: WorkClock | None = None) -> None:
    """Its clock runs again: what it stood does not count, and it has that much longer."""
    if held.stopped_at is None:
        return
    work = work or work_clock(terms_now())
    stood = work.minutes(held.stopped_at, now())
    held.waited_minutes += stood
    held.stopped_at = None
    if stood:
        set_due(held, work.after(held.due_at, stood))


def open_again(held: Issue) -> None:
    """The time since it was called solved does not count; it has at least as long as one that is reported now."""
    rules = terms_now()
    work, moment = work_clock(rules), now()
    if held.stopped_at is not None:
        held.waited_minutes += work.minutes(held.stopped_at, moment)
    set_due(held, max(held.due_at, _due(held, moment, rules, work).solve_at))
    held.solved_at = held.solved_on = held.stopped_at = held.escalated_at = None
    held.reopened += 1


def answered(held: Issue) -> None:
    """The first word of ours."""
    if held.first_response_at is None:
        held.first_response_at = now()


# --- again --------------------------------------------------------------------------------------------------------


def link_former(held: Issue, days: int, *, category: str | None = None) -> None:
    """Marks it as the same again, by class and cause. category '' looks by the cause alone.

    What somebody called another matter stays one. One statement, two of what is written already.
    """
    if held.pk is not None and held.steps.filter(what=What.UNLINKED).exists():
        return
    since = held.reported_on - datetime.timedelta(days=days)
    rows = Issue.objects.filter(customer_id=held.customer_id, reported_on__range=(since, held.reported_on))
    rows = rows.exclude(state=State.REJECTED)
    if held.pk is not None:  # a former one is never a later one: no circle
        rows = rows.filter(pk__lt=held.pk)
    others = [
        repeating.Told(*row) for row in rows.order_by().values_list("pk", "category", "cause_id", "reported_on", "nth")
    ]
    wanted = held.category if category is None else category
    found = repeating.former(wanted, held.cause_id, held.reported_on, others, days)
    held.repeat_of_id, held.nth = (found.id, found.nth + 1) if found else (None, 1)


# --- steps --------------------------------------------------------------------------------------------------------


def move(
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
    """Into a state; leaving one in which its clock stands, it runs on, entering one it stops."""
    before = held.state
    held.state = state
    if state in RUNNING:
        run_on(held)
    elif held.stopped_at is None:
        held.stopped_at = held.solved_at or now()
    if by is not None or what == What.SOLVED:
        answered(held)
    save(held, what, by, text, public, told_by)
    changes: dict[str, Any] = {"issue": held.title, "issue_state": [before, str(state)]}
    if held.stars and what in (What.CONFIRMED, What.DENIED):
        changes["stars"] = held.stars
    record(action=action, target=held.customer, changes=changes, actor=by)
    return held


def save(held: Issue, what: What, by: User | None, text: str = "", public: bool = False, told_by: str = "") -> None:
    held.version += 1
    held.save()
    step(held, what, by, text, public, told_by)


def step(held: Issue, what: What, by: User | None, text: str, public: bool = False, told_by: str = "") -> IssueStep:
    return IssueStep.objects.create(
        issue=held, what=what, by=by, told_by=told_by[:80], at=now(), text=text, is_public=public
    )
