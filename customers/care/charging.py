"""Putting somebody in charge of a page of customers, with their briefs; and giving back who was in charge before."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from django.db.models import Q

from crm.accounts.models import User
from crm.audit.actions import record_many
from customers.care import briefs
from customers.care.models import BulkAction, BulkStep, HandoverBrief, Result
from customers.care.outcome import Outcome
from customers.profile.actions import Moved, put_in_charge
from customers.profile.models import Customer, Responsibility


def do(action: BulkAction, customers: Sequence[Customer], by: User) -> list[Outcome]:
    """In the page's transaction. With a handover, each customer that moved gets its brief."""
    user = User.objects.filter(pk=action.params["user"]).first() if action.params["user"] else None
    if action.params["user"] and (user is None or not user.is_active):
        return [Outcome(one.pk, Result.REFUSED, "person") for one in customers]
    moved, same, later = put_in_charge(ids=[one.pk for one in customers], user=user, since=_since(action), by=by)
    if action.handover_id is not None and user is not None:
        _write_briefs(action, moved, user)
    return [
        *(Outcome(one.customer.pk, Result.CHANGED, "", _kept(one.before), _kept(one.after)) for one in moved),
        *(Outcome(pk, Result.UNCHANGED) for pk in same),
        *(Outcome(pk, Result.REFUSED, "later") for pk in later),
    ]


def undo(action: BulkAction, steps: Sequence[BulkStep], by: User) -> list[Outcome]:
    """Who was in charge is so again, under the same rows; what somebody has moved since stays."""
    since = _since(action)
    ids = [one.customer_id for one in steps]
    list(Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).values_list("pk"))
    now: dict[int, list[Responsibility]] = {pk: [] for pk in ids}
    rows = Responsibility.objects.filter(customer_id__in=ids).filter(Q(until__isnull=True) | Q(until__gte=since))
    for one in rows.select_related("user").order_by("pk"):
        now[one.customer_id].append(one)
    back = [one for one in steps if _as_left(one, now[one.customer_id], since)]
    gone = [one.became[0] for one in back if one.after]
    Responsibility.objects.filter(pk__in=gone).delete()
    ended = [one for one in back if one.before and datetime.date.fromisoformat(one.was[2]) < since]
    held = Responsibility.objects.in_bulk([one.was[0] for one in ended])
    for one in ended:
        held[one.was[0]].until = _date(one.was[3])
    Responsibility.objects.bulk_update(held.values(), ["until"], batch_size=500)
    ended_ids = {one.pk for one in ended}
    Responsibility.objects.bulk_create(
        [_row(one) for one in back if one.before and one.pk not in ended_ids], batch_size=500
    )
    _record(back, by)
    done = {one.pk for one in back}
    return [
        Outcome(one.customer_id, Result.UNDONE if one.pk in done else Result.LEFT, "" if one.pk in done else "moved")
        for one in steps
    ]


def _since(action: BulkAction) -> datetime.date:
    return datetime.date.fromisoformat(action.params["since"])


def _kept(held: Responsibility | None) -> list | None:
    """[pk, user, since, until]"""
    return [held.pk, held.user_id, str(held.since), str(held.until) if held.until else None] if held else None


def _date(text: str | None) -> datetime.date | None:
    return datetime.date.fromisoformat(text) if text else None


def _as_left(step: BulkStep, rows: list[Responsibility], since: datetime.date) -> bool:
    """Whether the responsibilities from that day on are exactly those that the action left."""
    expected: list[Any] = []
    if step.after:
        expected.append(step.after)
    if step.before and datetime.date.fromisoformat(step.was[2]) < since:
        expected.append([*step.was[:3], str(since)])
    # One that ended on that very day before this action is not of it, and stands in nobody's way.
    keys = {one[0] for one in expected}
    found: list[Any] = [_kept(one) for one in rows if one.pk in keys or one.until is None or one.until > since]
    return sorted(found) == sorted(expected)


def _row(step: BulkStep) -> Responsibility:
    pk, user, since, until = step.was
    return Responsibility(pk=pk, customer_id=step.customer_id, user_id=user, since=_date(since), until=_date(until))


def _record(steps: list[BulkStep], by: User) -> None:
    ids = {one[1] for step in steps for one in (step.before, step.after) if one}
    names = {pk: str(user) for pk, user in User.objects.in_bulk(ids).items()}

    def name(kept):
        return names.get(kept[1]) if kept else None

    targets = [(step.customer, {"manager": [name(step.after), name(step.before)]}) for step in steps]
    record_many(action="customer.assign_undo", targets=targets, actor=by)


def _write_briefs(action: BulkAction, moved: list[Moved], to: User) -> None:
    customers = [one.customer for one in moved]
    sections = briefs.build(customers) if customers else {}
    rows = [
        HandoverBrief(
            handover_id=action.handover_id,
            customer=one.customer,
            given_by_id=one.before.user_id if one.before else None,
            sections=sections[one.customer.pk],
        )
        for one in moved
    ]
    HandoverBrief.objects.bulk_create(rows, batch_size=200)
