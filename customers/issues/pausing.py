"""Waiting for the customer, which stops the clock; why an issue came about; and that it is not the same again."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from customers.issues.checking import check_cause, check_length, said, tidy
from customers.issues.models import LONGEST, Issue, State, What
from customers.issues.rulemodels import IssueCause
from customers.issues.rules import brand_row
from customers.issues.writing import held_of, link_former, move, refuse_over, save


@transaction.atomic
def pause(*, issue: Issue, reason: str, by: User | None, version: int | None = None) -> Issue:
    """Nothing can be done until the customer does their part. reason: what we wait for, which they read."""
    held = held_of(issue, version)
    refuse_over(held)
    if held.state == State.WAITING:
        raise ValidationError(_("We are waiting already."), code="state")
    reason = said("reason", reason, _("Say what we wait for."))
    return move(held, State.WAITING, What.PAUSED, "issue.pause", by, reason, public=True)


@transaction.atomic
def resume(*, issue: Issue, by: User | None, text: str = "", version: int | None = None) -> Issue:
    """What we waited for is here: the clock runs on, and what it stood does not count. text: the customer reads it."""
    held = held_of(issue, version)
    if held.state != State.WAITING:
        raise ValidationError(_("Nobody is waiting here."), code="state")
    text = tidy(text)
    check_length("text", text, LONGEST)
    return move(held, State.IN_WORK, What.RESUMED, "issue.resume", by, text, public=True)


@transaction.atomic
def name_cause(*, issue: Issue, cause: IssueCause | None, by: User | None, version: int | None = None) -> Issue:
    """Also of one that is over: causes are often known later. None: it was none of these."""
    held = held_of(issue, version)
    if cause is None or cause.pk != held.cause_id:
        check_cause(cause)
    if (cause.pk if cause else None) == held.cause_id:
        return held
    before, held.cause = held.cause, cause
    if held.repeat_of_id is None and cause is not None:
        link_former(held, brand_row().repeat_days, category="")
    save(held, What.CAUSE, by, str(cause) if cause else "")
    changes = {"issue": held.title, "cause": [before.code if before else None, cause.code if cause else None]}
    record(action="issue.cause", target=held.customer, changes=changes, actor=by)
    return held


@transaction.atomic
def unlink(*, issue: Issue, by: User | None, version: int | None = None) -> Issue:
    """Another matter than the former one it was taken for; what was linked to it keeps its count."""
    held = held_of(issue, version)
    if held.repeat_of_id is None:
        raise ValidationError(_("This is not marked as the same again."), code="state")
    before, held.repeat_of, held.nth = held.nth, None, 1
    save(held, What.UNLINKED, by)
    changes = {"issue": held.title, "nth": [before, 1]}
    record(action="issue.unlink", target=held.customer, changes=changes, actor=by)
    return held
