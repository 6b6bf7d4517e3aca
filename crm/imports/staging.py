"""Temporary tables to read a file into: of this connection only, without a lock on anything that lasts.

Values go in by COPY on PostgreSQL and executemany on SQLite; dates, numbers and texts as Python knows them, whole
documents as JSON text.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import connection

BATCH = 2_000
_NO_ESCAPE = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


class Stage:
    """A temporary table with buffered rows. columns: {name: SQL type both databases know}."""

    def __init__(self, table: str, columns: Mapping[str, str]):
        self.table, self.columns = table, tuple(columns)
        self._buffer: list[Sequence[Any]] = []
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
            spelled = ", ".join(f'"{name}" {kind}' for name, kind in columns.items())
            cursor.execute(f"CREATE TEMP TABLE {table} ({spelled})")
        self._insert = f"INSERT INTO {table} VALUES ({', '.join(['%s'] * len(columns))})"  # noqa: S608 - our own names

    def add(self, row: Sequence[Any]) -> None:
        self._buffer.append(row)
        if len(self._buffer) >= BATCH:
            self.flush()

    def flush(self) -> None:
        if not self._buffer:
            return
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                text = "".join("\t".join(map(_copied, row)) + "\n" for row in self._buffer)
                cursor.copy_expert(f"COPY {self.table} FROM STDIN", io.StringIO(text))
            elif connection.in_atomic_block:
                cursor.executemany(self._insert, self._buffer)
            else:
                # One transaction instead of one a row; it touches temporary tables only, so it locks nothing.
                cursor.execute("BEGIN DEFERRED")
                try:
                    cursor.executemany(self._insert, self._buffer)
                except BaseException:
                    cursor.execute("ROLLBACK")
                    raise
                cursor.execute("COMMIT")
        self._buffer = []

    def index(self, column: str) -> None:
        """Make look-ups by a column quick, and tell the planner what came in."""
        self.flush()
        with connection.cursor() as cursor:
            cursor.execute(f'CREATE INDEX {self.table}_{column} ON {self.table} ("{column}")')
            if connection.vendor == "postgresql":
                cursor.execute(f"ANALYZE {self.table}")

    def drop(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {self.table}")


def pages(statement: str, params: Sequence[Any] = (), *, start: int = -1) -> Iterator[list[tuple]]:
    """Read a long answer page by page: flat memory on both databases, and the tables may be written meanwhile.

    statement: its first column is a whole number that it is ordered by (unique, ascending) and compared to the first
    placeholder; its last placeholder is the LIMIT.
    """
    last = start
    while True:
        with connection.cursor() as cursor:
            cursor.execute(statement, [last, *params, BATCH])
            rows = cursor.fetchall()
        if rows:
            yield rows
        if len(rows) < BATCH:
            return
        last = rows[-1][0]


def advisory_lock(name: str) -> None:
    """One at a time, until the transaction ends. On SQLite a write transaction is that already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def _copied(value: Any) -> str:
    if value is None:
        return "\\N"
    return value.translate(_NO_ESCAPE) if isinstance(value, str) else str(value)
