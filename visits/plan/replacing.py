"""Many visits of one person put in place of others, all or none, and exactly as they were again."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import formats
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record_many
from crm.clock import now, today
from customers.profile.models import Customer
from visits.plan.actions import check_visitor
from visits.plan.models import PlannedVisit, Purpose, State
from visits.plan.shortnotice import forget_calling_off, note_loose
from visits.plan.visiting import is_closed_on, seen_by

MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class New:
    customer_id: int
    day: datetime.date
    starts_at: datetime.time | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Put:
    """A planned visit's new day and time."""

    visit_id: int
    day: datetime.date
    starts_at: datetime.time | None


@transaction.atomic
def replace(
    *,
    visitor: User,
    first: datetime.date,
    last: datetime.date,
    seen: Mapping[int, int],
    new: Sequence[New],
    put: Sequence[Put],
    dropped: Sequence[int],
    why: str,
    by: User | None,
) -> dict[str, Any]:
    """Write a plan for some days; give back what `put_back` needs. As many statements for many visits as for few.

    seen: {visit id: version} of all that was planned for these days when the plan was made: whatever is no longer so
    refuses all of it, with code `conflict`. What is agreed with a customer is not moved and not dropped.
    """
    check_visitor(visitor, by)
    if first < today():
        raise ValidationError(_("This day has passed."), code="past")
    touched = _lock({*seen}, {one.customer_id for one in new}, visitor)
    there = {one.pk: one for one in _rows(visitor.pk).between(first, last).select_for_update(of=("self",))}
    _refuse_changed(seen, there)
    _refuse_agreed([there[pk] for pk in (*dropped, *(one.visit_id for one in put if _moves(there, one)))])
    _refuse_out_of_reach(visitor, first, new, touched)
    moment = now()
    journal: dict[str, Any] = {"put": [], "dropped": []}
    told: list[tuple[Customer, dict[str, Any]]] = []
    moved = []
    for one in put:
        visit = there[one.visit_id]
        journal["put"].append([visit.pk, str(visit.day), _text(visit.starts_at), visit.version + 1])
        told.append((visit.customer, _moved(visit, one)))
        visit.day, visit.starts_at, visit.version = one.day, one.starts_at, visit.version + 1
        moved.append(visit)
    gone = []
    for pk in dropped:
        visit = there[pk]
        journal["dropped"].append([visit.pk, visit.version + 1])
        visit.state, visit.ended_at, visit.outcome, visit.version = State.CANCELLED, moment, why, visit.version + 1
        gone.append(visit)
    PlannedVisit.objects.bulk_update(gone, ["state", "ended_at", "outcome", "version"], batch_size=500)
    PlannedVisit.objects.bulk_update(moved, ["day", "starts_at", "version"], batch_size=500)
    note_loose(moved, gone, by)
    made = PlannedVisit.objects.bulk_create(
        [
            PlannedVisit(
                customer=touched[one.customer_id],
                visitor=visitor,
                day=one.day,
                starts_at=one.starts_at,
                minutes=one.minutes,
                purpose=Purpose.ROUTINE,
                planned_by=by,
            )
            for one in new
        ],
        batch_size=500,
    )
    journal["new"] = [one.pk for one in made]
    plans = [
        (one.customer, {"visitor": [None, str(visitor)], "day": [None, one.day], "minutes": [None, one.minutes]})
        for one in made
    ]
    record_many(action="visit.plan", targets=plans, actor=by)
    record_many(action="visit.change", targets=told, actor=by)
    ends = [(one.customer, {"visit_of": [None, one.day], "outcome": [None, why]}) for one in gone]
    record_many(action="visit.call_off", targets=ends, actor=by)
    return journal


@transaction.atomic
def put_back(*, visitor: User, journal: Mapping[str, Any], by: User | None) -> None:
    """Everything `replace` wrote, taken back; refused as a whole when one of these visits was changed since."""
    check_visitor(visitor, by)
    put = {pk: (datetime.date.fromisoformat(day), _time(text), version) for pk, day, text, version in journal["put"]}
    dropped = dict(journal["dropped"])
    new = list(journal["new"])
    ids = [*put, *dropped, *new]
    _lock(set(ids), set(), visitor)
    rows = PlannedVisit.objects.filter(pk__in=ids).select_related("customer").order_by("pk")
    there = {one.pk: one for one in rows.select_for_update(of=("self",))}
    wrong = [
        there.get(pk)
        for pk in ids
        if pk not in there
        or there[pk].version != (put[pk][2] if pk in put else dropped.get(pk, 1))
        or (there[pk].state == State.CANCELLED) != (pk in dropped)
    ]
    if wrong:
        raise _conflict([one for one in wrong if one is not None])
    back, told = [], []
    PlannedVisit.objects.filter(pk__in=new).delete()
    for pk, (day, time, _version) in put.items():
        visit = there[pk]
        told.append((visit.customer, _moved(visit, Put(pk, day, time))))
        visit.day, visit.starts_at, visit.version = day, time, visit.version + 1
        back.append(visit)
    again = [there[pk] for pk in dropped]
    for visit in again:
        visit.state, visit.ended_at, visit.outcome, visit.version = State.PLANNED, None, "", visit.version + 1
    twice = _rows(visitor.pk).exclude(pk__in=ids)
    days = {(one.customer_id, one.day) for one in (*back, *again)}
    clash = [
        one for one in twice.filter(customer_id__in={pk for pk, _day in days}) if (one.customer_id, one.day) in days
    ]
    if clash:
        raise _conflict(clash)
    PlannedVisit.objects.bulk_update(back, ["day", "starts_at", "version"], batch_size=500)
    PlannedVisit.objects.bulk_update(again, ["state", "ended_at", "outcome", "version"], batch_size=500)
    note_loose(back, [], by)
    forget_calling_off(*again)
    record_many(
        action="visit.plan_undo", targets=[(there[pk].customer, {"day": [there[pk].day, None]}) for pk in new], actor=by
    )
    record_many(action="visit.change", targets=told, actor=by)
    reopened = [(one.customer, {"visit_of": [None, one.day]}) for one in again]
    record_many(action="visit.reopen", targets=reopened, actor=by)


# --- what is written in common ------------------------------------------------------------------------------------


def _rows(visitor_id: int):
    return PlannedVisit.objects.planned().made_by(visitor_id).select_related("customer").order_by("pk")


def _lock(visits: set[int], customers: set[int], visitor: User) -> dict[int, Customer]:
    """Customers first, then the person, as everywhere, so that nobody waits in a ring."""
    theirs = PlannedVisit.objects.filter(pk__in=visits).order_by().values_list("customer_id", flat=True)
    ids = customers | set(theirs)
    held = Customer.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    found = {one.pk: one for one in held}
    User.objects.select_for_update(of=("self",)).get(pk=visitor.pk)
    return found


def _refuse_changed(seen: Mapping[int, int], there: Mapping[int, PlannedVisit]) -> None:
    wrong = [one for pk, one in there.items() if seen.get(pk) != one.version]
    lost = [pk for pk in seen if pk not in there]
    if lost:
        wrong += PlannedVisit.objects.filter(pk__in=lost).select_related("customer").order_by("pk")
    if wrong or lost:
        raise _conflict(wrong)


def _conflict(visits: Sequence[PlannedVisit]) -> ValidationError:
    named = [f"{one.customer.name} ({formats.date_format(one.day, 'MONTH_DAY_FORMAT')})" for one in visits[:MOST_NAMED]]
    if len(visits) > MOST_NAMED:
        named.append("…")
    text = _("Something changed in the meantime, so nothing was written: %(visits)s")
    return ValidationError(text % {"visits": ", ".join(named) or "–"}, code="conflict")


def _refuse_agreed(visits: Sequence[PlannedVisit]) -> None:
    agreed = [one for one in visits if one.is_agreed]
    if agreed:
        text = _("What is agreed with a customer stays: %(name)s")
        raise ValidationError(text % {"name": agreed[0].customer.name}, code="agreed")


def _refuse_out_of_reach(
    visitor: User, first: datetime.date, new: Sequence[New], customers: Mapping[int, Customer]
) -> None:
    ids = {one.customer_id for one in new}
    lost = ids - set(customers)
    sees = seen_by(visitor, ids, max((one.day for one in new), default=first)) if ids else set()
    sees |= seen_by(visitor, ids - sees, first) if ids - sees else set()
    wrong = [customers[pk].name for pk in sorted(ids - lost - sees)]
    wrong += [customers[one.customer_id].name for one in new if is_closed_on(customers[one.customer_id], one.day)]
    if lost or wrong:
        text = _("These can no longer be visited, so nothing was written: %(names)s")
        raise ValidationError(text % {"names": ", ".join(wrong[:MOST_NAMED]) or "–"}, code="conflict")


def _moves(there: Mapping[int, PlannedVisit], one: Put) -> bool:
    visit = there[one.visit_id]
    return (visit.day, visit.starts_at) != (one.day, one.starts_at)


def _moved(visit: PlannedVisit, one: Put) -> dict[str, Any]:
    changes: dict[str, Any] = {} if one.day != visit.day else {"visit_of": [None, visit.day]}
    if one.day != visit.day:
        changes["day"] = [visit.day, one.day]
    if one.starts_at != visit.starts_at:
        changes["starts_at"] = [visit.starts_at, one.starts_at]
    return changes


def _text(time: datetime.time | None) -> str:
    return "" if time is None else time.isoformat()


def _time(text: str) -> datetime.time | None:
    return datetime.time.fromisoformat(text) if text else None
