# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""The journal of a merge: every row it touches, before and after, as the database holds it.

Rows are read and written below the ORM, column by column, so that a row comes back exactly: no field is worked out
anew, no moment is set to now, no encrypted value is opened. What JSON cannot hold is written as {type: text}.
"""

from __future__ import annotations

import base64
import datetime
import json
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import groupby
from typing import Any

from django.apps import apps
from django.db import models

Row = dict[str, Any]
Model = type[models.Model]
_AT_ONCE = 400
_READ: dict[str, Callable[[str], Any]] = {
    "bytes": base64.b64decode,
    "decimal": Decimal,
    "moment": datetime.datetime.fromisoformat,
    "day": datetime.date.fromisoformat,
    "time": datetime.time.fromisoformat,
    "uuid": uuid.UUID,
    "json": json.loads,
}


def encode(value: Any) -> Any:
    """A value of a column as JSON keeps it."""
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes | bytearray | memoryview):
        return {"bytes": base64.b64encode(bytes(value)).decode()}
    if isinstance(value, datetime.datetime):
        return {"moment": value.astimezone(datetime.UTC).isoformat() if value.tzinfo else value.isoformat()}
    for kind, name in ((datetime.date, "day"), (datetime.time, "time")):
        if isinstance(value, kind):
            return {name: value.isoformat()}
    if isinstance(value, Decimal | uuid.UUID):
        return {type(value).__name__.lower(): str(value)}
    return {"json": json.dumps(value, sort_keys=True)}


def decode(value: Any) -> Any:
    if isinstance(value, dict):
        ((name, text),) = value.items()
        return _READ[name](text)
    return value


@dataclass(frozen=True, slots=True)
class Table:
    """What is needed of a model to read and write its rows by column."""

    model: Model

    @property
    def name(self) -> str:
        return f'"{self.model._meta.db_table}"'

    @property
    def columns(self) -> list[str]:
        return [field.column for field in self.model._meta.concrete_fields if getattr(field, "column", None)]

    @property
    def keys(self) -> list[str]:
        fields = getattr(self.model._meta, "pk_fields", None) or [self.model._meta.pk]
        return [one.column for one in fields]

    def key_of(self, row: Row) -> tuple:
        return tuple(row[name] if not isinstance(row[name], dict) else str(row[name]) for name in self.keys)

    def read(self, cursor, where: str, params: Sequence[Any]) -> list[Row]:
        """Encoded rows, in the order of their keys."""
        names = ", ".join(f'"{name}"' for name in self.columns)
        order = ", ".join(f'"{name}"' for name in self.keys)
        cursor.execute(f"SELECT {names} FROM {self.name} WHERE {where} ORDER BY {order}", params)
        return [dict(zip(self.columns, map(encode, row), strict=True)) for row in cursor.fetchall()]

    def read_like(self, cursor, images: Iterable[Row]) -> dict[tuple, Row]:
        """The rows that stand now under the keys of these images."""
        found: dict[tuple, Row] = {}
        for where, params in self.by_keys(images):
            found |= {self.key_of(row): row for row in self.read(cursor, where, params)}
        return found

    def by_keys(self, images: Iterable[Row]) -> Iterator[tuple[str, list]]:
        """Conditions that name the rows by their keys, some hundred at once."""
        rows = list(images)
        for at in range(0, len(rows), _AT_ONCE):
            part = rows[at : at + _AT_ONCE]
            if len(self.keys) == 1:
                (key,) = self.keys
                yield f'"{key}" IN ({", ".join(["%s"] * len(part))})', [decode(row[key]) for row in part]
            else:
                one = "(" + " AND ".join(f'"{key}" = %s' for key in self.keys) + ")"
                yield " OR ".join([one] * len(part)), [decode(row[key]) for row in part for key in self.keys]

    def write(self, cursor, rows: Sequence[Row], changes: Row) -> None:
        """Set the same columns of some rows to the same encoded values."""
        sets = ", ".join(f'"{name}" = %s' for name in changes)
        values = [decode(value) for value in changes.values()]
        for where, params in self.by_keys(rows):
            cursor.execute(f"UPDATE {self.name} SET {sets} WHERE {where}", [*values, *params])

    def insert(self, cursor, rows: Sequence[Row]) -> None:
        names = ", ".join(f'"{name}"' for name in self.columns)
        marks = ", ".join(["%s"] * len(self.columns))
        cursor.executemany(
            f"INSERT INTO {self.name} ({names}) VALUES ({marks})",
            [[decode(row[name]) for name in self.columns] for row in rows],
        )

    def delete(self, cursor, rows: Sequence[Row]) -> None:
        for where, params in self.by_keys(rows):
            cursor.execute(f"DELETE FROM {self.name} WHERE {where}", params)


@dataclass(slots=True)
class Step:
    model: Model
    before: Row | None
    after: Row | None

    @property
    def image(self) -> Row:
        return self.after if self.after is not None else self.before  # type: ignore[return-value]

    def changes_back(self) -> tuple[str, ...]:
        """Columns and values that a change took away, hashable."""
        assert self.before is not None and self.after is not None
        return tuple(
            json.dumps([name, value], sort_keys=True)
            for name, value in self.before.items()
            if self.after[name] != value
        )


@dataclass
class Journal:
    """Work under way (crm.merging.Work): what it changes, it writes down."""

    cursor: Any
    survivor_id: int
    loser_id: int
    by: Any = None
    undoing: bool = False
    steps: list[Step] = field(default_factory=list)

    def update(self, model: Model, where: str, params: Sequence[Any], **changes: Any) -> int:
        table = Table(model)
        rows = table.read(self.cursor, where, params)
        groups: dict[str, tuple[Row, list[Row]]] = {}
        for row in rows:
            new = {name: encode(value(row) if callable(value) else value) for name, value in changes.items()}
            groups.setdefault(json.dumps(new, sort_keys=True), (new, []))[1].append(row)
        for new, group in groups.values():
            table.write(self.cursor, group, new)
            self.steps += [Step(model, row, {**row, **new}) for row in group]
        return len(rows)

    def delete(self, model: Model, where: str, params: Sequence[Any]) -> int:
        table = Table(model)
        rows = table.read(self.cursor, where, params)
        table.delete(self.cursor, rows)
        self.steps += [Step(model, row, None) for row in rows]
        return len(rows)

    def made(self, model: Model, keys: Sequence[Any]) -> None:
        table = Table(model)
        (key,) = table.keys
        for where, params in table.by_keys([{key: value} for value in keys]):
            self.steps += [Step(model, None, row) for row in table.read(self.cursor, where, params)]

    def look(self, model: Model, key: Any) -> Row:
        """A row as it is now, for `changed`."""
        table = Table(model)
        return table.read(self.cursor, f'"{table.keys[0]}" = %s', [key])[0]

    def changed(self, model: Model, before: Row) -> None:
        """Note that a row looked at before was changed by somebody else's hand (an action)."""
        after = self.look(model, decode(before[Table(model).keys[0]]))
        if after != before:
            self.steps.append(Step(model, before, after))


@dataclass(frozen=True, slots=True)
class Moved:
    """A row that is no longer as the merge left it. what: changed, gone, there. columns: those that differ."""

    model: Model
    key: str
    what: str
    columns: tuple[str, ...] = ()
    image: Row = field(default_factory=dict)


def moved_since(cursor, steps: Sequence[Step]) -> list[Moved]:
    """Rows that somebody else has changed since the merge; with none, an undo restores exactly."""
    last: dict[Model, dict[tuple, Step]] = {}
    for step in steps:
        last.setdefault(step.model, {})[Table(step.model).key_of(step.image)] = step
    found = []
    for model, by_key in last.items():
        now = Table(model).read_like(cursor, [step.image for step in by_key.values()])
        for key, step in by_key.items():
            there, name = now.get(key), "/".join(map(str, key))
            if step.after is None:
                if there is not None:
                    found.append(Moved(model, name, "there", image=there))
            elif there is None:
                found.append(Moved(model, name, "gone", image=step.after))
            elif there != step.after:
                unlike = tuple(column for column, value in there.items() if step.after.get(column) != value)
                found.append(Moved(model, name, "changed", unlike, there))
    return found


def restore(cursor, steps: Sequence[Step]) -> None:
    """Undo the steps, the last first; rows treated alike go together."""

    def alike(step: Step) -> tuple:
        if step.before is None:
            return step.model, "made", ()
        return step.model, "gone" if step.after is None else "changed", step.changes_back() if step.after else ()

    for (model, what, changes), group in groupby(reversed(steps), key=alike):
        table, rows = Table(model), list(group)
        if what == "made":
            table.delete(cursor, [step.image for step in rows])
        elif what == "gone":
            table.insert(cursor, [step.image for step in rows])
        else:
            table.write(cursor, [step.image for step in rows], dict(map(json.loads, changes)))


def packed(steps: Sequence[Step]) -> list[tuple[str, Row | None, Row | None]]:
    return [(step.model._meta.label, step.before, step.after) for step in steps]


def unpacked(rows: Iterable[tuple[str, Row | None, Row | None]]) -> list[Step]:
    return [Step(apps.get_model(label), before, after) for label, before, after in rows]
