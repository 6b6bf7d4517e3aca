"""One thing done to many customers, page by page, each page in a transaction of its own; and taken back exactly.

Few customers are done at once, many by a job. The journal (`BulkStep`) keeps the state before and after of each, so
that an undo puts back what is still as the action left it, and names what has changed since.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now
from crm.jobs.actions import enqueue
from customers.care.kinds import kind_of, kinds, title_of
from customers.care.models import BulkAction, BulkStep, Handover, Result
from customers.care.outcome import Outcome
from customers.care.tagging import tag_named
from customers.care.telling import tell_of
from customers.profile.actions import check_manager
from customers.profile.listing import filtered
from customers.profile.models import Customer

AT_ONCE = 200
"""So many are done while the person waits; more by a job."""
PAGE = 500
OWN_DAY = datetime.timedelta(days=1)
"""So long one may take back one's own action on customers that it took out of one's reach."""


def assign(
    *,
    by: User,
    user: User | None,
    since: datetime.date,
    ids: Iterable[int] | None = None,
    query: str = "",
    brief: bool = True,
    word: str = "",
) -> BulkAction:
    """Put a person (None: nobody) in charge of the customers named, or of all that the list's `query` asks for.

    brief: somebody else than `by` gets a brief of each (a `Handover`). Raises ValidationError keyed by field.
    """
    if user is not None:
        check_manager(user, by)
    params = {"user": user.pk if user else None, "name": str(user) if user else "", "since": str(since)}
    with transaction.atomic():
        action = _written("assign", params, by, ids, query)
        if brief and user is not None and user.pk != by.pk:
            action.handover = Handover.objects.create(to=user, since=since, word=word.strip()[:500], done_by=by)
            action.save(update_fields=["handover"])
        return _begun(action)


def tag(*, by: User, name: str, ids: Iterable[int] | None = None, query: str = "", off: bool = False) -> BulkAction:
    """Stick a tag on, or take it off. Raises ValidationError under `tag`."""
    with transaction.atomic():
        found = tag_named(name, by)
        return _begun(_written("untag" if off else "tag", {"tag": found.pk, "name": found.name}, by, ids, query))


@transaction.atomic
def start(
    *, kind: str, by: User, params: dict[str, Any], ids: Iterable[int] | None = None, query: str = ""
) -> BulkAction:
    """Do what another slice brought (`kinds.BulkKind`). params: what its doer reads, as JSON; checked by the
    caller.
    Raises ValidationError when there is no customer to do it to.
    """
    return _begun(_written(kinds()[kind].code, params, by, ids, query))


def ask_undo(*, action: BulkAction, by: User) -> BulkAction:
    """Take the whole action back. Raises ValidationError when there is nothing (any more) to take back."""
    with transaction.atomic():
        held = BulkAction.objects.select_for_update(of=("self",)).get(pk=action.pk)
        if not by.may_write or (held.asked_by_id != by.pk and not by.is_admin):
            raise ValidationError(_("Only who did it, or an administrator, takes it back."), code="right")
        if not held.may_be_undone:
            raise ValidationError(_("There is nothing to take back."), code="state")
        held.state, held.undone_by, held.undo_cursor = BulkAction.State.UNDOING, by, 0
        record(action="bulk.undo", target=held, changes={"customers": held.changed}, actor=by)
        if held.changed > AT_ONCE:
            held.job = enqueue(
                kind="bulk.undo",
                input={"action": held.pk},
                asked_by=by,
                key=f"bulk.undo:{held.pk}",
                title=title_of(held),
            )
        held.save(update_fields=["state", "undone_by", "undo_cursor", "job"])
        if held.changed <= AT_ONCE:
            while undo_page(held):
                pass
    return held


# --- pages ------------------------------------------------------------------------------------------------------


def do_page(action: BulkAction) -> bool:
    """The next customers, in the caller's transaction; says whether there may be more. `action` is brought up to date.

    Rights are looked at now, not when it was asked.
    """
    held = _locked(action)
    if held.state != BulkAction.State.WORKING:
        action.refresh_from_db()
        return False
    by = held.asked_by
    ids = _next(held, by)
    if ids:
        seen = list(Customer.objects.editable_by(by).filter(pk__in=ids).order_by("pk"))
        outcomes = kind_of(held).do(held, seen, by) if seen else []
        there = {one.pk for one in seen}
        beyond = Customer.objects.filter(pk__in=[pk for pk in ids if pk not in there]).values_list("pk", flat=True)
        outcomes += [Outcome(pk, Result.REFUSED, "reach") for pk in beyond]
        _journal(held, outcomes)
        held.cursor = ids[-1]
    more = len(ids) == PAGE
    if not more:
        held.state = BulkAction.State.DONE
        if held.handover_id and not held.changed:
            Handover.objects.filter(pk=held.handover_id).delete()
            held.handover = None
        if held.handover is not None:
            tell_of(held.handover, held.changed)
    held.save(update_fields=["state", "cursor", "changed", "unchanged", "refused", "handover"])
    action.refresh_from_db()
    return more


def undo_page(action: BulkAction) -> bool:
    """The next steps put back, in the caller's transaction; says whether there may be more."""
    held = _locked(action)
    if held.state != BulkAction.State.UNDOING:
        action.refresh_from_db()
        return False
    rows = BulkStep.objects.filter(action=held, pk__gt=held.undo_cursor, result=Result.CHANGED)
    steps = list(rows.select_related("customer").order_by("pk")[:PAGE])
    if steps:
        by = held.undone_by
        allowed = _still_theirs(held, by, steps)
        outcomes = kind_of(held).undo(held, allowed, by) if allowed else []
        kept = {one.pk for one in allowed}
        outcomes += [Outcome(one.customer_id, Result.LEFT, "reach") for one in steps if one.pk not in kept]
        _note_undone(held, steps, outcomes)
        held.undo_cursor = steps[-1].pk
    more = len(steps) == PAGE
    if not more:
        held.state, held.undone_at = BulkAction.State.UNDONE, now()
        if held.handover_id and not held.left:
            Handover.objects.filter(pk=held.handover_id).update(undone_at=held.undone_at)
    held.save(update_fields=["state", "undo_cursor", "undone", "left", "undone_at"])
    action.refresh_from_db()
    return more


def _locked(action: BulkAction) -> BulkAction:
    rows = BulkAction.objects.select_for_update(of=("self",)).select_related("asked_by", "undone_by")
    return rows.get(pk=action.pk)


def _next(action: BulkAction, by: User) -> list[int]:
    """The keys of the next page, in order. Going by keys only, an action that moves rows out of its own filter
    neither skips nor repeats one.
    """
    if not by.may_write:
        return []
    if action.ids is not None:
        return [pk for pk in action.ids if pk > action.cursor][:PAGE]
    rows = filtered(by, QueryDict(action.query)).filter(pk__gt=action.cursor).order_by("pk")
    return list(rows.values_list("pk", flat=True)[:PAGE])


def _journal(action: BulkAction, outcomes: list[Outcome]) -> None:
    BulkStep.objects.bulk_create(
        [
            BulkStep(
                action=action,
                customer_id=one.customer_id,
                result=one.result,
                reason=one.reason,
                before=one.before,
                after=one.after,
            )
            for one in outcomes
        ],
        batch_size=500,
    )
    for name in (Result.CHANGED, Result.UNCHANGED, Result.REFUSED):
        count = sum(1 for one in outcomes if one.result == name)
        setattr(action, name.value, getattr(action, name.value) + count)


def _note_undone(action: BulkAction, steps: list[BulkStep], outcomes: list[Outcome]) -> None:
    told = {one.customer_id: one for one in outcomes}
    for step in steps:
        step.result, step.reason = told[step.customer_id].result, told[step.customer_id].reason
    BulkStep.objects.bulk_update(steps, ["result", "reason"], batch_size=500)
    undone = sum(1 for one in outcomes if one.result == Result.UNDONE)
    action.undone += undone
    action.left += len(outcomes) - undone


def _still_theirs(action: BulkAction, by: User, steps: list[BulkStep]) -> list[BulkStep]:
    """Those this person may still change; for a day, also those that their own action took out of their reach."""
    if by.may_write and action.asked_by_id == by.pk and now() - action.asked_at < OWN_DAY:
        return steps
    seen = Customer.objects.editable_by(by).filter(pk__in=[one.customer_id for one in steps])
    kept = set(seen.values_list("pk", flat=True))
    return [one for one in steps if one.customer_id in kept]


# --- asking -----------------------------------------------------------------------------------------------------


def _written(kind: str, params: dict[str, Any], by: User, ids: Iterable[int] | None, query: str) -> BulkAction:
    chosen: list[int] | None = None
    if ids is not None:
        seen = Customer.objects.editable_by(by).filter(pk__in=set(ids))
        chosen = list(seen.order_by("pk").values_list("pk", flat=True))
        total = len(chosen)
    else:
        total = filtered(by, QueryDict(query)).count() if by.may_write else 0
    if not total:
        raise ValidationError(_("Choose at least one customer."), code="nobody")
    action = BulkAction.objects.create(
        kind=kind, params=params, ids=chosen, query="" if ids is not None else query, asked_by=by, total=total
    )
    record(action="bulk.ask", target=action, changes={"kind": kind, "customers": total}, actor=by)
    return action


def _begun(action: BulkAction) -> BulkAction:
    if action.total <= AT_ONCE:
        while do_page(action):
            pass
        return action
    action.job = enqueue(
        kind="bulk.do",
        input={"action": action.pk},
        asked_by=action.asked_by,
        key=f"bulk.do:{action.pk}",
        title=title_of(action),
    )
    action.save(update_fields=["job"])
    return action
