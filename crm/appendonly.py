"""Tables the database itself keeps append-only, by triggers, on PostgreSQL and SQLite alike.

`AppendOnly` is a migration operation. `columns=None` forbids every UPDATE and DELETE; with columns, only changes of
those columns (and DELETE) are refused, so that a pointer such as `live` may still move.
"""

from __future__ import annotations

from contextlib import contextmanager

from django.db.migrations.operations.base import Operation


def _create(vendor: str, table: str, columns: list[str] | None) -> list[str]:
    of = f"OF {', '.join(columns)} " if columns else ""
    if vendor == "postgresql":
        return [
            "CREATE OR REPLACE FUNCTION qiao_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ "
            "BEGIN RAISE EXCEPTION 'append-only table %: % refused', TG_TABLE_NAME, TG_OP; END $$",
            f"CREATE TRIGGER {table}_no_update BEFORE UPDATE {of}ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION qiao_refuse_change()",
            f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION qiao_refuse_change()",
        ]
    return [
        f"CREATE TRIGGER {table}_no_update BEFORE UPDATE {of}ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only table {table}: UPDATE refused'); END",
        f"CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'append-only table {table}: DELETE refused'); END",
    ]


def _drop(vendor: str, table: str) -> list[str]:
    on = f" ON {table}" if vendor == "postgresql" else ""
    return [f"DROP TRIGGER IF EXISTS {table}_no_update{on}", f"DROP TRIGGER IF EXISTS {table}_no_delete{on}"]


class AppendOnly(Operation):
    reversible = True
    reduces_to_sql = True

    def __init__(self, table: str, columns: list[str] | None = None):
        self.table = table
        self.columns = columns

    def deconstruct(self):
        return type(self).__name__, [self.table], {"columns": self.columns} if self.columns else {}

    def state_forwards(self, app_label, state):
        pass

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        vendor = schema_editor.connection.vendor
        # Where a migration rebuilt the table SQLite has lost the triggers and PostgreSQL has not: both get them anew.
        for statement in [*_drop(vendor, self.table), *_create(vendor, self.table, self.columns)]:
            schema_editor.execute(statement, params=None)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        for statement in _drop(schema_editor.connection.vendor, self.table):
            schema_editor.execute(statement, params=None)

    def describe(self):
        return f"Keep {self.table} append-only"


@contextmanager
def lifted(connection):
    """For emptying a test database between tests on SQLite, where a flush is a DELETE: triggers off, then on again."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name LIKE '%\\_no\\_%' ESCAPE '\\'"
        )
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _name, sql in triggers:
                cursor.execute(sql)


@contextmanager
def lifted_for(connection, tables: list[str], actions: tuple[str, ...] = ("delete",)):
    """For the two cases where rows must follow what they belong to: the undo of an import takes them out (`delete`),
    the merge of two customers gives them to another (`update`) and keeps a journal of what each row was.

    Inside a transaction: these triggers of the tables are off, then on again, and nobody else ever sees them off
    (PostgreSQL holds the tables locked, SQLite has one writer).
    """
    names = [f"{table}_no_{action}" for table in tables for action in actions]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT c.relname, t.tgname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid"
                " WHERE t.tgname = ANY(%s) AND pg_table_is_visible(c.oid)",
                [names],
            )
            found = cursor.fetchall()
            # A table with foreign keys still to be checked cannot be altered: check them now, not at the end.
            checked, later = "SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"
            off = [checked, *(f"ALTER TABLE {table} DISABLE TRIGGER {name}" for table, name in found), later]
            on = [checked, *(f"ALTER TABLE {table} ENABLE TRIGGER {name}" for table, name in found), later]
        else:
            marks = ", ".join(["%s"] * len(names)) or "NULL"
            cursor.execute(
                f"SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND name IN ({marks})",  # noqa: S608
                names,
            )
            found = cursor.fetchall()
            off, on = [f"DROP TRIGGER {name}" for name, _sql in found], [sql for _name, sql in found]
        for statement in off:
            cursor.execute(statement)
    yield  # an error rolls the transaction back, and with it what was switched off
    with connection.cursor() as cursor:
        for statement in on:
            cursor.execute(statement)
