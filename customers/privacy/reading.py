"""What is held about one, as a person may see it: how much of what, for what purpose, until when, and who read it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Count, Value

from crm.audit.models import AuditEntry
from crm.privacy import Subject, tables
from customers.facts.field import Field
from customers.facts.fields import FIELDS, SENSITIVE
from customers.facts.models import Fact
from customers.people.models import Person
from customers.privacy import erasing
from customers.privacy.words import table_name
from customers.profile.models import Customer

READINGS = 50
# Made from other tables, in which they are counted.
_WORKED_OUT = ("customers.SearchEntry", "customers.DuplicateKey")


@dataclass(frozen=True, slots=True)
class Line:
    """Rows of a table. why: for those that an erasure leaves."""

    table: str
    label: str
    rows: int
    why: Any = ""


@dataclass(frozen=True, slots=True)
class Reading:
    at: datetime.datetime
    who: str
    field: Any
    via: str
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A sensitive field of which something is held, without the value."""

    field: Field
    fact: Fact
    values: int


def held(subject: Subject) -> list[Line]:
    """Rows by table, one statement for all; copies in files and logs are looked for when they are needed."""
    parts, seen = [], set()
    for one in tables():
        where = None if one.trace else one.rows(subject)
        if where is None or one.model in seen or one.model in _WORKED_OUT:
            continue
        seen.add(one.model)
        rows = one.table._base_manager.filter(where).order_by()
        parts.append(
            rows.annotate(label=Value(one.model, CharField())).values("label").annotate(n=Count("*")).values_list(
                "label", "n"
            )
        )  # fmt: skip
    if not parts:
        return []
    found = dict(parts[0].union(*parts[1:], all=True))
    return [Line(label, table_name(label), n) for label, n in found.items() if n]


def sensitive(customer: Customer) -> list[Kept]:
    """The sensitive fields of which a value is held, in the order of the profile."""
    rows = Fact.objects.filter(customer=customer, field__in=SENSITIVE, erased_at__isnull=True).exclude(value="")
    by_field: dict[str, list[Fact]] = {}
    for one in rows.order_by("is_current", "noted_on", "pk").select_related("author"):
        by_field.setdefault(one.field, []).append(one)
    return [Kept(FIELDS[key], by_field[key][-1], len(by_field[key])) for key in FIELDS if key in by_field]


def readings(row: Customer | Person) -> list[Reading]:
    """Who read what of a customer's sensitive facts, and who made a copy of everything, newest first."""
    rows = AuditEntry.objects.of(row).filter(action__in=("fact.read", "privacy.export")).order_by("-pk")[:READINGS]
    return [
        Reading(one.at, one.actor_name, _field(one.changes.get("field")), one.get_via_display(), one.reason)
        for one in rows
    ]


def _field(key: Any) -> Any:
    """None: everything."""
    known = FIELDS.get(key) if isinstance(key, str) else None
    return known.label if known else key


def preview(subject: Subject) -> tuple[list[Line], list[Line]]:
    """(what an erasure takes, what it leaves and why), with the numbers of rows."""
    going = erasing.look(subject)
    goes = [Line(label, table_name(label), n) for label, n in going.counts.items() if label not in _WORKED_OUT]
    stays: dict[str, Line] = {}
    for one, n, why in erasing.kept_tables(subject):
        if one.model in _WORKED_OUT:
            continue
        stays[one.model] = Line(one.model, table_name(one.model), n, why)
    return goes, list(stays.values())
