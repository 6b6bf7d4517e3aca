"""Writing down people, with whom they stand as what, and how they are related: the one door."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record, snapshot
from crm.clock import today
from crm.refusing import refusal_of
from crm.saving import save
from customers.people.models import Person, PersonRole, Relation, RelationType, StandsAs
from customers.people.private import PRIVATE_FIELDS
from customers.profile.models import Customer
from customers.profile.searching import digits, search_text
from customers.profile.texts import tidy

PERSON = ("name", "phone", "wechat", "email", "gender", "birth_year", "birth_month", "birth_day", "note")
ROLE = ("role", "role_other", "since", "until", "is_primary", "note")
RELATION = ("since", "until", "strength", "note")
TYPE = (
    *("code", "forward", "backward", "forward_zh_hans", "backward_zh_hans", "forward_zh_hant", "backward_zh_hant"),
    *("symmetric", "family", "position", "active"),
)
_ONE_LINE = ("name", "phone", "wechat", "email", "role_other")
NOT_TOLD = "•••"
"""In the log, for what is personal: that it changed is told, what it was is not, since more people read the log."""


# --- people -----------------------------------------------------------------------------------------------------


@transaction.atomic
def create_person(
    *, by: User | None = None, customer: Customer | None = None, role: Mapping[str, Any] | None = None, **fields
) -> Person:
    """Write a person down, and with customer and role ({field: value} of ROLE) as what they stand with it.

    by None is the system. Raises ValidationError keyed by field.
    """
    person = Person(created_by=by)
    fill(person, fields)
    save(person, force_insert=True)
    changes = {name: [None, value] for name, value in told(person).items() if value not in (None, "")}
    record(action="person.create", target=person, changes=changes, actor=by)
    if customer is not None:
        add_role(person=person, customer=customer, by=by, **(role or {}))
    return person


@transaction.atomic
def change_person(*, person: Person, by: User | None = None, version: int | None = None, **fields) -> Person:
    """Change the fields given; the others stand. version: the one seen; a later one is refused (code `conflict`)."""
    locked = _locked(Person, person, version)
    before = snapshot(locked, list(PERSON))
    fill(locked, fields)
    changes = discreet(diff(before, snapshot(locked, list(PERSON))))
    if changes:
        locked.version += 1
        save(locked)
        record(action="person.change", target=locked, changes=changes, actor=by)
    return locked


def fill(person: Person, fields: Mapping[str, Any]) -> None:
    """Set the fields and what follows from them; ValidationError for what cannot be."""
    _only(fields, PERSON, "a person")
    for name, value in fields.items():
        if name in _ONE_LINE:
            value = tidy(name, value)
        elif name in ("note", "gender"):
            value = (value or "").strip()
        setattr(person, name, value)
    _check_birthday(person)
    person.full_clean(exclude=["created_by"], validate_constraints=False)
    derive(person)


def derive(person: Person) -> None:
    person.phone_digits = digits(person.phone)[:40]
    person.search_text = search_text(f"{person.wechat} {person.email}", person.name, person.phone)


def told(person: Person) -> dict[str, Any]:
    """The fields as the log keeps them: of what is personal only that it is there."""
    state = snapshot(person, list(PERSON))
    return {name: NOT_TOLD if name in PRIVATE_FIELDS and value else value for name, value in state.items()}


def discreet(changes: dict[str, list]) -> dict[str, list]:
    return {
        name: [NOT_TOLD if one else one for one in pair] if name in PRIVATE_FIELDS else pair
        for name, pair in changes.items()
    }


def is_day(year: int | None, month: int, day: int) -> bool:
    """Whether a birthday can be; without a year the 29th of February can."""
    try:
        datetime.date(year or 2000, month, day)
    except ValueError:
        return False
    return True


def _check_birthday(person: Person) -> None:
    year, month, day = person.birth_year, person.birth_month, person.birth_day
    if (month is None) != (day is None) or (year is not None and month is None):
        raise refusal_of("birth_day" if month else "birth_month", _("A birthday needs a month and a day."), "half")
    if month is None:
        return
    if not is_day(year, month, day):
        raise refusal_of("birth_day", _("There is no such day."), "no_day")
    if year is not None and datetime.date(year, month, day) > today():
        raise refusal_of("birth_year", _("This day has not come yet."), "future")


# --- with whom they stand ---------------------------------------------------------------------------------------


@transaction.atomic
def add_role(*, person: Person, customer: Customer, by: User | None = None, **fields) -> PersonRole:
    """Say that a person stands with a customer as something. Ends out of reach are refused like missing ones."""
    _check_reach({"person": person, "customer": customer}, by)
    row = PersonRole(person=person, customer=customer)
    _fill_role(row, fields)
    _make_room(row, by)
    save(row, force_insert=True)
    changes = {name: [None, value] for name, value in _role_told(row).items() if value not in (None, "", False)}
    record(action="customer.person_add", target=customer, changes={"person": [None, person.name], **changes}, actor=by)
    return row


@transaction.atomic
def change_role(*, standing: PersonRole, by: User | None = None, version: int | None = None, **fields) -> PersonRole:
    """Change as what, since and until when. version as for people."""
    locked = _locked(PersonRole, standing, version)
    before = _role_told(locked)
    _fill_role(locked, fields)
    changes = diff(before, _role_told(locked))
    if changes:
        _make_room(locked, by)
        locked.version += 1
        save(locked)
        _record_role("customer.person_change", locked, changes, by)
    return locked


@transaction.atomic
def end_role(*, standing: PersonRole, until: datetime.date, by: User | None = None, version: int | None = None):
    """A person stands with a customer no more from a day on; whoever was called first steps back. Ended is refused."""
    locked = _locked(PersonRole, standing, version)
    if locked.until is not None:
        raise ValidationError(_("This role has ended already."), code="ended")
    before = _role_told(locked)
    locked.until, locked.is_primary = until, False
    locked.full_clean(validate_constraints=False)
    locked.version += 1
    save(locked)
    _record_role("customer.person_end", locked, diff(before, _role_told(locked)), by)
    return locked


def _fill_role(row: PersonRole, fields: Mapping[str, Any]) -> None:
    _only(fields, ROLE, "a role")
    for name, value in fields.items():
        setattr(row, name, tidy(name, value) if name in ("role_other", "note") else value)
    if row.role != StandsAs.OTHER:
        row.role_other = ""
    elif not row.role_other:
        raise refusal_of("role_other", _("Say as what else the person stands with the customer."), "required")
    if row.is_primary and row.until is not None:
        raise refusal_of("is_primary", _("Whoever is called first stands with the customer without an end."), "ended")
    # Whether another is called first is settled afterwards: that one steps back.
    row.full_clean(validate_constraints=False)
    primary, row.is_primary = row.is_primary, False
    try:
        row.validate_constraints()
    finally:
        row.is_primary = primary


def _make_room(row: PersonRole, by: User | None) -> None:
    """Whoever was called first of this customer steps back for the new one, and the log says so."""
    if not row.is_primary:
        return
    first = PersonRole.objects.select_for_update(of=("self",)).filter(customer=row.customer_id, is_primary=True)
    before = first.exclude(pk=row.pk).select_related("person", "customer").first()
    if before is not None:
        before.is_primary = False
        before.version += 1
        before.save()
        _record_role("customer.person_change", before, {"is_primary": [True, False]}, by)


def _role_told(row: PersonRole) -> dict[str, Any]:
    """As the log keeps it: the note is personal."""
    state = snapshot(row, list(ROLE))
    state["note"] = NOT_TOLD if state["note"] else ""
    return state


def _record_role(action: str, row: PersonRole, changes: dict[str, Any], by: User | None) -> None:
    record(action=action, target=row.customer, changes={"person": [row.person.name] * 2, **changes}, actor=by)


# --- how they are related ---------------------------------------------------------------------------------------


@transaction.atomic
def relate(
    *,
    type: RelationType,
    start: Person | Customer,
    end: Person | Customer,
    by: User | None = None,
    since: datetime.date | None = None,
    until: datetime.date | None = None,
    strength: int = Relation.Strength.GOOD,
    note: str = "",
) -> Relation:
    """Say how two are related, read from `start` to `end`.

    Refused: to oneself, twice in force, ends out of reach (like missing ones), a type not offered any more. What reads
    alike from both ends is kept in one order, so that it cannot be written down from either side.
    """
    _check_reach({"start": start, "end": end}, by)
    if not type.active:
        raise refusal_of("type", _("This kind of relation is not offered any more."), "inactive")
    if type.symmetric and _key(end) < _key(start):
        start, end = end, start
    row = Relation(type=type, since=since, until=until, strength=strength, note=tidy("note", note), created_by=by)
    for name, one in (("start", start), ("end", end)):
        setattr(row, f"{name}_{'person' if isinstance(one, Person) else 'customer'}", one)
    if _key(start) == _key(end):
        raise refusal_of("end", _("Nobody is related to themselves."), "self")
    row.full_clean(exclude=["created_by"], validate_constraints=False)
    save(row, force_insert=True)
    record(action="relation.create", target=row, changes=_relation_new(row), actor=by)
    return row


@transaction.atomic
def change_relation(*, relation: Relation, by: User | None = None, version: int | None = None, **fields) -> Relation:
    """Change since when, until when, how close, and the note. version as for people."""
    _only(fields, RELATION, "a relation")
    locked = _locked(Relation, relation, version)
    before = snapshot(locked, list(RELATION))
    for name, value in fields.items():
        setattr(locked, name, tidy(name, value) if name == "note" else value)
    locked.full_clean(exclude=["created_by"], validate_constraints=False)
    changes = diff(before, snapshot(locked, list(RELATION)))
    if changes:
        locked.version += 1
        save(locked)
        record(action="relation.change", target=locked, changes=discreet(changes), actor=by)
    return locked


@transaction.atomic
def end_relation(*, relation: Relation, until: datetime.date, by: User | None = None, version: int | None = None):
    """The two are not related any more from a day on; the row stays as history. One that ended is refused."""
    locked = _locked(Relation, relation, version)
    if locked.until is not None:
        raise ValidationError(_("This relation has ended already."), code="ended")
    locked.until = until
    locked.full_clean(exclude=["created_by"], validate_constraints=False)
    locked.version += 1
    save(locked)
    record(action="relation.end", target=locked, changes={"until": [None, until]}, actor=by)
    return locked


def _relation_new(row: Relation) -> dict[str, Any]:
    changes: dict[str, Any] = {"type": [None, row.type.forward], "strength": [None, row.strength]}
    if row.since:
        changes["since"] = [None, row.since]
    return changes


def _key(end: Person | Customer) -> tuple[int, int]:
    return (0 if isinstance(end, Person) else 1, end.pk)


# --- kinds of relations -----------------------------------------------------------------------------------------


@transaction.atomic
def save_type(*, type: RelationType | None = None, by: User | None = None, **fields) -> RelationType:
    """A kind of relation, new or changed. The code of one that is there stays, for files and programs name it."""
    _only(fields, TYPE, "a kind of relation")
    row = type or RelationType()
    if type is not None and fields.get("code", type.code) != type.code:
        raise refusal_of("code", _("The code of a kind of relation stays as it is."), "fixed")
    before = snapshot(row, list(TYPE)) if type is not None else {}
    for name, value in fields.items():
        setattr(row, name, value)
    if row.symmetric:
        row.backward = row.forward
        row.backward_zh_hans, row.backward_zh_hant = row.forward_zh_hans, row.forward_zh_hant
    row.full_clean(validate_constraints=False)
    save(row)
    changes = diff(before, snapshot(row, list(TYPE)))
    if changes:
        action = "relation_type.change" if type is not None else "relation_type.create"
        record(action=action, target=row, changes=changes, actor=by)
    return row


# --- small things -----------------------------------------------------------------------------------------------


def _locked(model, row, version: int | None):
    """The row as it is now, locked; one that changed since it was seen is refused."""
    related = {PersonRole: ("person", "customer"), Relation: ("type",)}.get(model, ())
    rows = model.objects.select_for_update(of=("self",))
    found = (rows.select_related(*related) if related else rows).get(pk=row.pk)
    if version is not None and version != found.version:
        raise ValidationError(
            _("Somebody else has changed this in the meantime."), code="conflict", params={"version": found.version}
        )
    return found


def _check_reach(ends: Mapping[str, Person | Customer], by: User | None) -> None:
    if by is None:
        return
    for name, one in ends.items():
        if not type(one).objects.visible_to(by).filter(pk=one.pk).exists():
            raise refusal_of(name, _("There is no such row."), "does_not_exist")


def _only(fields: Mapping[str, Any], known: tuple[str, ...], what: str) -> None:
    unknown = set(fields) - set(known)
    if unknown:
        raise TypeError(f"{what} has no {', '.join(sorted(unknown))}")
