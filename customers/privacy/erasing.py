"""Erasing a subject from the tables it has rows in, by their declarations; see `clearing.py` for copies elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat

from crm import crypt
from crm.appendonly import lifted_for
from crm.audit.redacting import hidden
from crm.clock import now
from crm.privacy import BLANK, BYTES, KEEP, MARK, MASK, NOW, NULL, PSEUDONYM, Column, Subject, Table, tables

_AT_ONCE = 300


@dataclass(slots=True)
class Going:
    """What an erasure takes: rows by table, texts by which copies are found, files to delete after the commit."""

    counts: dict[str, int] = field(default_factory=dict)
    rows: dict[str, list[int]] = field(default_factory=dict)
    needles: set[str] = field(default_factory=set)
    files: list[str] = field(default_factory=list)

    def count(self, label: str, n: int) -> None:
        if n:
            self.counts[label] = self.counts.get(label, 0) + n


def _own_tables(subject: Subject) -> Iterator[tuple[Table, Q]]:
    for one in tables():
        where = None if one.trace else one.going(subject)
        if where is not None and one.personal:
            yield one, where


def look(subject: Subject) -> Going:
    """What would go, and what it is told by; nothing is changed."""
    going = Going()
    for one, where in _own_tables(subject):
        rows = one.table._base_manager.filter(where)
        if subject.kind not in one.drops and not _changes(one):
            continue
        names = [name for name in one.personal if _field(one, name) is not None]
        found = 0
        for row in rows.iterator():
            found += 1
            if isinstance(row.pk, int):
                going.rows.setdefault(one.model, []).append(row.pk)
            for name in names:
                _note(going, one.personal[name], getattr(row, name))
        going.count(one.model, found)
    going.needles -= _common()
    return going


def _common() -> set[str]:
    return {"", "•••"}


def _changes(one: Table) -> bool:
    return any(column.how != KEEP for column in one.personal.values())


def _field(one: Table, name: str):
    return one.table._meta.get_field(name)


def _note(going: Going, column: Column, value: Any) -> None:
    if column.how == BYTES:
        if value:
            going.files.append(value.name)
    elif column.how != KEEP and isinstance(value, str):
        text = value.strip()
        if crypt.is_sealed(text):
            try:
                text = crypt.unseal(text)
            except crypt.Unreadable:
                return
            going.needles.add(value)  # the sealed text itself, as a merge keeps it
        if _tells(column, text):
            going.needles.add(text)


def _tells(column: Column, text: str) -> bool:
    """A figure (an income) tells nothing unless it is as long as a phone number."""
    figure = text.replace(".", "").replace("-", "").isdigit()
    return bool(column.names) and len(text) >= (max(column.names, 7) if figure else column.names)


def take(subject: Subject, going: Going) -> None:
    """Carry it out, in the caller's transaction. Rows found by `look` that are gone by now are gone already."""
    guarded = sorted({one.table._meta.db_table for one, _where in _own_tables(subject) if one.guarded})
    with lifted_for(connection, guarded, ("update", "delete")):
        for one, where in _own_tables(subject):
            rows = one.table._base_manager.filter(where)
            if subject.kind in one.drops:
                rows.delete()
            elif _changes(one):
                _change(one, rows)


def _change(one: Table, rows: models.QuerySet) -> None:
    values: dict[str, Any] = {}
    of_row = {name: column for name, column in one.personal.items() if column.how in (PSEUDONYM, MASK)}
    for name, column in one.personal.items():
        if column.how == BLANK or column.how == BYTES:
            values[name] = ""
        elif column.how == NULL:
            values[name] = None
        elif column.how == MARK:
            values[name] = Concat(Value("#"), Cast("pk", models.CharField()))
        elif column.how == NOW:
            values[name] = now()
    if any(each.name == "version" for each in one.table._meta.concrete_fields):
        values["version"] = F("version") + 1
    if of_row:
        # Before the rest: a condition on what is erased would not find the row any more.
        found = list(rows)
        for row in found:
            for name, column in of_row.items():
                setattr(row, name, column.value(row) if column.value else hidden(getattr(row, name)))
        ids = [row.pk for row in found]
        one.table._base_manager.bulk_update(found, list(of_row), batch_size=_AT_ONCE)
        rows = one.table._base_manager.filter(pk__in=ids)
    if values:
        rows.update(**values)


def kept_tables(subject: Subject) -> Iterator[tuple[Table, int, str]]:
    """(table, rows, why) of what stays: whole tables of the books."""
    for one in tables():
        where = None if one.trace else one.rows(subject)
        if where is None or subject.kind in one.drops or _changes(one):
            continue
        n = one.table._base_manager.filter(where).count()
        if n:
            yield one, n, one.why or next(iter(column.why for column in one.personal.values() if column.why), "")
