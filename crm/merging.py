"""What becomes of the rows that hang on a row when another row takes its place: one rule for every table.

A slice declares the rules of its tables; settings.MERGE_RULES names the lists by dotted path. A table that points at
customers and has no rule fails a test, so that a new one cannot be forgotten.

    RULES = [
        move("customers.CustomerFile"),
        move_unless_clash("customers.CustomerTag", unique=["tag_id"]),
        set_aside("customers.TierDecision", guarded=True),
    ]
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from django.apps import apps
from django.conf import settings
from django.db import connection, models
from django.utils.module_loading import import_string

from crm.clock import now

MOVE, UNLESS_CLASH, ASIDE, SPECIAL, RECOMPUTE, KEEP = "move", "unless_clash", "aside", "special", "recompute", "keep"


@dataclass(frozen=True)
class Rule:
    """What becomes of a table's rows of the one that goes (the loser).

    model: `app.Model`. column: the database column that names the owner. unique: columns in which a row of the one that
    stays must not have the same values. other: a further column naming an owner; a row that would name the survivor in
    both goes. guarded: triggers keep the table append-only and are lifted for the merge. take, settle: functions of
    a `Work`; see `special` and `recompute`. why: for those who read the rule.
    """

    model: str
    how: str
    column: str = "customer_id"
    unique: tuple[str, ...] = ()
    other: str = ""
    guarded: bool = False
    take: Callable[[Work], None] | None = None
    settle: Callable[[Work], None] | None = None
    why: str = ""

    @property
    def table(self) -> type[models.Model]:
        return apps.get_model(self.model)


class Work(Protocol):
    """One merge under way, or the undo of one. Whatever goes through these three is written in the journal."""

    survivor_id: int
    loser_id: int
    undoing: bool
    cursor: Any
    by: Any

    def update(self, model: type[models.Model], where: str, params: Sequence[Any], **changes: Any) -> int:
        """Change rows; a change is a value, or a function of the row (a dict by column)."""

    def delete(self, model: type[models.Model], where: str, params: Sequence[Any]) -> int:
        """Take rows out; the journal keeps them for the undo."""

    def made(self, model: type[models.Model], keys: Sequence[Any]) -> None:
        """Note rows that were added: the undo takes them out."""


def move(model: str, column: str = "customer_id", *, other: str = "", guarded: bool = False, why: str = "") -> Rule:
    """All rows go over to the survivor."""
    return Rule(model, MOVE, column, other=other, guarded=guarded, why=why)


def move_unless_clash(
    model: str,
    unique: Sequence[str],
    column: str = "customer_id",
    *,
    other: str = "",
    guarded: bool = False,
    why: str = "",
) -> Rule:
    """Rows go over; where the survivor has one with the same values of `unique`, its own stands.

    The other is kept in the journal.
    """
    return Rule(model, UNLESS_CLASH, column, unique=tuple(unique), other=other, guarded=guarded, why=why)


def set_aside(model: str, column: str = "customer_id", *, guarded: bool = False, why: str = "") -> Rule:
    """Rows leave their table together with the loser; the journal keeps them, the undo brings them back."""
    return Rule(model, ASIDE, column, guarded=guarded, why=why)


def special(
    model: str,
    take: Callable[[Work], None],
    column: str = "customer_id",
    *,
    settle: Callable[[Work], None] | None = None,
    guarded: bool = False,
    why: str = "",
) -> Rule:
    """A function of the slice does it. settle: called at the end of a merge and of an undo, for what follows."""
    return Rule(model, SPECIAL, column, take=take, settle=settle, guarded=guarded, why=why)


def recompute(
    model: str, settle: Callable[[Work], None] | None = None, column: str = "customer_id", *, why: str = ""
) -> Rule:
    """Figures worked out from other tables: `settle` works them out anew, after a merge and after an undo.

    Without `settle`, the rule of the table that they come from does.
    """
    return Rule(model, RECOMPUTE, column, settle=settle, why=why)


def keep(model: str, column: str = "customer_id", *, why: str) -> Rule:
    """Rows stay as they are. Only for columns that are no foreign key."""
    return Rule(model, KEEP, column, why=why)


@cache
def rules() -> tuple[Rule, ...]:
    return tuple(rule for path in settings.MERGE_RULES for rule in import_string(path))


def this_moment() -> datetime.datetime:
    """Now, as `Work.update` writes it: SQLite keeps UTC without saying so."""
    moment = now()
    return moment.astimezone(datetime.UTC).replace(tzinfo=None) if connection.vendor == "sqlite" else moment


def owned_columns(owner: type[models.Model]) -> list[tuple[str, str]]:
    """(model label, column) of everything that points at rows of `owner`, by a key or by a number of that name."""
    name = f"{owner._meta.model_name}_id"
    found = []
    for model in apps.get_models(include_auto_created=True):
        if model._meta.proxy or not model._meta.managed:
            continue
        for field in model._meta.concrete_fields:
            related = field.related_model if field.is_relation else None
            if related is owner or (related is None and (field.column == name or field.column.endswith(f"_{name}"))):
                found.append((model._meta.label, field.column))
    return found


def unruled(owner: type[models.Model]) -> list[str]:
    """Columns without a rule."""
    ruled = {(rule.table._meta.label, rule.column) for rule in rules()}
    return [f"{label}.{column}" for label, column in owned_columns(owner) if (label, column) not in ruled]
