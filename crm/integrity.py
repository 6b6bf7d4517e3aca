# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""Does the database say the same everywhere? Each slice names what must hold, and settings.INTEGRITY_CHECKS the slices.

A check is one statement, or a few, that finds what does not hold. All of them look at the same moment, so that a
server may go on working meanwhile, and none of them changes anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db import connection, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.models import ForeignKey
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from crm.accounts.models import Region
from crm.appendonly import AppendOnly
from crm.audit import sealing
from crm.audit.models import AuditEntry

_EXAMPLES = 5


@dataclass(slots=True)
class Found:
    """What does not hold: how many, and the first few by name. notes: what could not be looked at yet, and why."""

    count: int = 0
    examples: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, *words: Any) -> None:
        self.count += 1
        if len(self.examples) < _EXAMPLES:
            self.examples.append(" ".join(str(word) for word in words if word not in (None, "")))

    def add_rows(self, cursor, query: str, params: Any = None, about: str = "") -> None:
        """One for each row of a query, named by its columns."""
        cursor.execute(query, params)
        while rows := cursor.fetchmany(1_000):
            for row in rows:
                self.add(about, *row)


@dataclass(frozen=True, slots=True)
class Check:
    """code: stable name. holds: a sentence that says what must be so. find(cursor, found) adds what is not."""

    code: str
    holds: Any
    find: Callable[[Any, Found], None]


def registry() -> list[Check]:
    return [check for path in settings.INTEGRITY_CHECKS for check in import_string(path)]


def look() -> Iterator[tuple[Check, Found]]:
    """Look at everything, all at one moment."""
    with _one_moment() as cursor:
        for check in registry():
            found = Found()
            check.find(cursor, found)
            yield check, found


@contextmanager
def _one_moment():
    """A cursor that sees one state of the database. On SQLite without the write lock, which others need meanwhile."""
    if connection.in_atomic_block:
        with connection.cursor() as cursor:
            yield cursor
    elif connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            yield cursor
            transaction.set_rollback(True)
    else:
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield cursor
            finally:
                cursor.execute("ROLLBACK")


def unlike(first: str, second: str, keys: Sequence[str], values: Sequence[str]) -> str:
    """SQL for the keys under which two queries do not have the same values (or only one has any)."""
    columns, by = ", ".join([*keys, *values]), ", ".join(keys)
    return f"""SELECT DISTINCT {by} FROM (
            SELECT {columns} FROM (SELECT {columns}, 1 AS side FROM ({first}) one
                UNION ALL SELECT {columns}, -1 FROM ({second}) other) both_sides
            GROUP BY {columns} HAVING sum(side) <> 0) unlike"""


def missing_triggers(cursor, found: Found, wanted: Sequence[str]) -> None:
    """Triggers of ours that are gone or switched off."""
    if connection.vendor == "postgresql":
        cursor.execute(
            "SELECT t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
            " WHERE pg_table_is_visible(c.oid) AND t.tgenabled <> 'D' AND t.tgname = ANY(%s)",
            [list(wanted)],
        )
    else:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
    there = {name for (name,) in cursor.fetchall()}
    for name in sorted(set(wanted) - there):
        found.add(name)


def _references(cursor, found: Found) -> None:
    """Every foreign key, also those that the database was not told of."""
    quote = connection.ops.quote_name
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.managed or model._meta.proxy:
            continue
        for one in model._meta.local_concrete_fields:
            if isinstance(one, ForeignKey):
                target = one.target_field
                found.add_rows(
                    cursor,
                    f"SELECT DISTINCT t.{quote(one.column)} FROM {quote(model._meta.db_table)} t"
                    f" LEFT JOIN {quote(target.model._meta.db_table)} r ON r.{quote(target.column)}"
                    f" = t.{quote(one.column)}"
                    f" WHERE t.{quote(one.column)} IS NOT NULL AND r.{quote(target.column)} IS NULL",
                    about=f"{model._meta.label_lower}.{one.name}",
                )


def _regions(cursor, found: Found) -> None:
    table = Region._meta.db_table
    found.add_rows(
        cursor,
        f"SELECT r.code FROM {table} r LEFT JOIN {table} p ON p.id = r.parent_id"
        " WHERE r.path <> coalesce(p.path, '/') || CAST(r.id AS varchar(20)) || '/'"
        " OR r.depth <> coalesce(p.depth + 1, 0)",
    )
    cursor.execute(f"SELECT count(*) FROM {table} WHERE parent_id IS NULL")
    (roots,) = cursor.fetchone()
    if roots != 1:
        found.add(_("%(n)d regions have none above them") % {"n": roots})


def _append_only(cursor, found: Found) -> None:
    loader = MigrationLoader(None, ignore_no_migrations=True)
    tables = {
        operation.table
        for migration in loader.disk_migrations.values()
        for operation in migration.operations
        if isinstance(operation, AppendOnly)
    }
    missing_triggers(cursor, found, [f"{table}_{no}" for table in tables for no in ("no_update", "no_delete")])


def _audit(cursor, found: Found) -> None:
    """Entries are numbered without a gap on SQLite, where a number is only used up by an entry that stays."""
    table = AuditEntry._meta.db_table
    if connection.vendor == "sqlite":
        cursor.execute(f"SELECT count(*), coalesce(max(id), 0) FROM {table}")
        count, last = cursor.fetchone()
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [table])
        given = (cursor.fetchone() or (0,))[0]
        if not count == last == given:
            found.add(_("%(count)d entries, but %(given)d were written") % {"count": count, "given": given})
    else:
        # Numbers of transactions that were rolled back are never used, so a gap tells nothing here; a number beyond
        # the last one given out does.
        cursor.execute(f"SELECT coalesce(max(id), 0) FROM {table}")
        (last,) = cursor.fetchone()
        cursor.execute(f"SELECT last_value FROM {table}_id_seq")
        if cursor.fetchone()[0] < last:
            found.add(_("entry %(last)d was not numbered by the database") % {"last": last})


def _seals(cursor, found: Found) -> None:
    """As entries were on the night they were sealed. The last seal is told, so that it can be noted elsewhere."""
    for words in sealing.broken():
        found.add(words)
    last = sealing.head()
    if last is not None:
        words = {"number": last.number, "upto": last.upto, "digest": last.digest}
        found.notes.append(_("the log is sealed up to entry %(upto)d by seal %(number)d: %(digest)s") % words)


CHECKS = [
    Check("references", _("What a row points at is there."), _references),
    Check("regions", _("The tree of regions is whole."), _regions),
    Check("append_only", _("The database keeps the ledgers and the log append-only."), _append_only),
    Check("audit", _("No entry of the log is missing or put in."), _audit),
    Check("seals", _("Entries of the log are as they were when they were sealed."), _seals),
]
