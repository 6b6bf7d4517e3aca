"""What of the database is personal, of whom, and what an erasure makes of it: one declaration for every table.

A slice declares its tables; settings.PRIVACY_RULES names the lists by dotted path. A column that could hold something
about somebody (text, date, file, JSON) and stands in no declaration fails a test, so that a new one is not forgotten.

    RULES = [
        table(
            "customers.Note",
            of={"customer": by("customer_id"), "person": by("person_id")},
            personal={"text": blank(names=TEXT), "said_on": kept("when, without what, tells nothing")},
            plain={"our own codes": "kind state"},
        ),
    ]
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.module_loading import import_string

CUSTOMER, PERSON = "customer", "person"
BLANK, NULL, MARK, PSEUDONYM = "blank", "null", "mark", "pseudonym"
MASK, BYTES, NOW, KEEP = "mask", "bytes", "now", "keep"
HIDDEN = "•••"
NAME, ID, TEXT = 2, 6, 12
"""Letters from which on a name, a number (phone, WeChat, e-mail), any text tells who it is."""
OURS = ("crm", "customers", "visits", "promotions")
_TELLING = (models.CharField, models.TextField, models.DateField, models.TimeField, models.FileField, models.JSONField)


@dataclass(frozen=True)
class Column:
    """how: what an erasure leaves. names: from so many letters on the value tells who it is, so that copies of it are
    looked for elsewhere; 0: never. NAME, ID and TEXT are there for it.

    value: for PSEUDONYM, a function of the row. why: for KEEP.
    """

    how: str
    names: int = 0
    value: Callable[[Any], Any] | None = None
    why: Any = ""


def blank(*, names: int = 0) -> Column:
    """An empty text."""
    return Column(BLANK, names)


def null(*, names: int = 0) -> Column:
    return Column(NULL, names)


def mark(*, names: int = 0) -> Column:
    """#12: for columns that may not be empty."""
    return Column(MARK, names)


def pseudonym(value: Callable[[Any], Any], *, names: int = NAME) -> Column:
    return Column(PSEUDONYM, names, value)


def masked() -> Column:
    """Every text of a JSON document that an erasure concerns."""
    return Column(MASK)


def content() -> Column:
    """A file: its bytes go."""
    return Column(BYTES)


def moment() -> Column:
    """When it was erased."""
    return Column(NOW)


def kept(why: Any) -> Column:
    """Told in an export, and kept in an erasure for this reason."""
    return Column(KEEP, why=why)


@dataclass
class Subject:
    """Whom it is about, and the rows that lead to everything else.

    customers: customers whose own rows these are (with the numbers of those merged into it). owned: customers whose
    owner this person is, as (customer, first day or None, day after the last or None): what is known of the owner of
    these is about this person. persons: people who go with the subject. people: those told of in an export.
    near: customers the subject stands or stood with. files: numbers of files that were chosen to go along.
    """

    kind: str
    id: int
    customers: frozenset[int] = frozenset()
    owned: tuple[tuple[int, Any, Any], ...] = ()
    persons: frozenset[int] = frozenset()
    people: frozenset[int] = frozenset()
    near: frozenset[int] = frozenset()
    files: frozenset[int] = frozenset()


Rows = Callable[[Subject], Q]


@dataclass(frozen=True)
class Table:
    """of: which rows are about a subject, by kind of subject. erased: which of them an erasure changes, if not all.

    drops: kinds of subjects for whom the rows go as a whole. why: for tables whose rows are about nobody, or kept.
    guarded: triggers keep it append-only and are lifted for an erasure. shown: which of the rows whoever asks may read
    (somebody else's private notes stay private). untold: columns left out of a copy, for they tell of others
    too. trace: no key leads to the subject; rows are found by what they hold.
    staff: about colleagues, whose data is kept with their account.
    """

    model: str
    of: Mapping[str, Rows] = field(default_factory=dict)
    erased: Mapping[str, Rows] = field(default_factory=dict)
    personal: Mapping[str, Column] = field(default_factory=dict)
    plain: Mapping[str, Any] = field(default_factory=dict)
    drops: frozenset[str] = frozenset()
    guarded: bool = False
    shown: Callable[[Any], Q] | None = None
    untold: frozenset[str] = frozenset()
    trace: bool = False
    staff: bool = False
    why: Any = ""

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)

    def rows(self, subject: Subject) -> Q | None:
        found = self.of.get(subject.kind)
        return found(subject) if found else None

    def going(self, subject: Subject) -> Q | None:
        found = self.erased.get(subject.kind) or self.of.get(subject.kind)
        return found(subject) if found else None


def by(column: str, ids: str = "customers") -> Rows:
    """Rows whose column names one of the subject's customers (or, with ids="persons", people)."""
    return lambda subject: Q(**{f"{column}__in": getattr(subject, ids)})


def table(
    model: str,
    *,
    of: Mapping[str, Rows] | None = None,
    erased: Mapping[str, Rows] | None = None,
    personal: Mapping[str, Column] | None = None,
    plain: Mapping[Any, str] | None = None,
    drops: Collection[str] = (),
    guarded: bool = False,
    shown: Callable[[Any], Q] | None = None,
    untold: Collection[str] = (),
    trace: bool = False,
    staff: bool = False,
    why: Any = "",
) -> Table:
    """plain: {why it is not personal: "column column"}."""
    spelled = {name: reason for reason, names in (plain or {}).items() for name in names.split()}
    return Table(
        model=model,
        of=of or {},
        erased=erased or {},
        personal=personal or {},
        plain=spelled,
        drops=frozenset(drops),
        guarded=guarded,
        shown=shown,
        untold=frozenset(untold),
        trace=trace,
        staff=staff,
        why=why,
    )


@cache
def tables() -> tuple[Table, ...]:
    return tuple(one for path in settings.PRIVACY_RULES for one in import_string(path))


def by_label() -> dict[str, Table]:
    return {one.model: one for one in tables()}


def telling_columns() -> list[tuple[str, str]]:
    """(model label, field name) of every column of our tables that could tell something about somebody."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed or model._meta.app_label not in OURS:
            continue
        for one in model._meta.concrete_fields:
            if isinstance(one, _TELLING) and not one.is_relation:
                found.append((model._meta.label, one.name))
    return found


def undeclared() -> list[str]:
    known = {(one.model, name) for one in tables() for name in (*one.personal, *one.plain)}
    return [f"{label}.{name}" for label, name in telling_columns() if (label, name) not in known]


def unknown() -> list[str]:
    """Declared, and not (or no longer) there."""
    found = []
    for one in tables():
        names = {each.name for each in one.table._meta.concrete_fields}
        found += [f"{one.model}.{name}" for name in (*one.personal, *one.plain) if name not in names]
    return found
