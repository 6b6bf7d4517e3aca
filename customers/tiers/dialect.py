"""Where PostgreSQL and SQLite part: the engine's statements are one text with these pieces put in."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from django.db import connection

LOCK = (7101, 2)
"""The one lock of tier runs (PostgreSQL advisory, held until the transaction ends)."""
PIECE = 100_000


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def lock(cursor) -> None:
    """Wait until no other run is under way. On SQLite the write transaction is that lock already.

    Right in READ COMMITTED only: every statement after it sees what the run before has committed.
    """
    if is_postgres():
        cursor.execute("SET LOCAL lock_timeout = '10min'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")


def stream(cursor, on: bool) -> None:
    """Let the planner walk whole tables in the order of their keys: flat memory, where hashing takes hundreds of MB."""
    if is_postgres():
        for name in ("enable_hashagg", "enable_hashjoin", "enable_sort"):
            cursor.execute(f"SET LOCAL {name} = {'off' if on else 'DEFAULT'}")
        cursor.execute("SET LOCAL jit = off")


def differs(left: str, right: str) -> str:
    """SQL that is true where two values differ, NULL being a value like any other."""
    return f"{left} IS DISTINCT FROM {right}" if is_postgres() else f"{left} IS NOT {right}"


def total(amount: str) -> str:
    """SQL for a sum of whole numbers that stays one, and fails rather than overflow."""
    return f"qiao_sum({amount})" if is_postgres() else f"sum({amount})"


def fence() -> str:
    """Put at the end of a subquery: its expressions are worked out once a row, not once a mention."""
    return "OFFSET 0" if is_postgres() else ""


def make_table(cursor, name: str, query: str, params: dict, key: str = "") -> int:
    """A temporary table of this transaction from a query, in place of one left over; returns its number of rows."""
    drop_tables(cursor, name)
    until = "ON COMMIT DROP " if is_postgres() else ""
    cursor.execute(f"CREATE TEMPORARY TABLE {name} {until}AS {query}", params)
    rows = cursor.rowcount
    if rows < 0:
        cursor.execute(f"SELECT count(*) FROM {name}")
        rows = cursor.fetchone()[0]
    if key and rows:
        cursor.execute(f"CREATE UNIQUE INDEX {name}_key ON {name} ({key})")
    if is_postgres():
        cursor.execute(f"ANALYZE {name}")
    return rows


def pieces(cursor, table: str, alias: str) -> Iterator[tuple[str, dict]]:
    """Conditions, with their parameters, that part the rows of a temporary table by customer into pieces of PIECE.

    PostgreSQL notes every row with a foreign key to check it when the transaction ends, and keeps the notes in memory:
    so the keys are checked piece by piece. One piece where there are few rows, and on SQLite, which keeps no notes.
    """
    begins = []
    if is_postgres():
        cursor.execute(
            f"SELECT customer_id FROM ("
            f"SELECT customer_id, row_number() OVER (ORDER BY customer_id) - 1 AS n FROM {table}"
            f") AS numbered WHERE n % {PIECE} = 0 AND n > 0 ORDER BY customer_id"
        )
        begins = [row[0] for row in cursor.fetchall()]
    if not begins:
        yield "1 = 1", {}
        return
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    for begin, end in pairwise([None, *begins, None]):
        bounds = [f"{alias}.customer_id >= %(begin)s"] * (begin is not None)
        bounds += [f"{alias}.customer_id < %(end)s"] * (end is not None)
        yield " AND ".join(bounds), {"begin": begin, "end": end}
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def drop_tables(cursor, *names: str) -> None:
    for name in names:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")


def consume(cursor, name: str, outboxes: tuple[str, ...], more: str, params: dict) -> int:
    """Empty the outboxes into a temporary table (customer_id), with the customers of query `more` if it is given.

    What other transactions add while this runs stays for the next refresh.
    """
    added = f" UNION {more}" if more else ""
    if is_postgres():
        drop_tables(cursor, name)
        cursor.execute(f"CREATE TEMPORARY TABLE {name} (customer_id bigint NOT NULL) ON COMMIT DROP")
        gone = [f"{box}_gone AS (DELETE FROM {box} RETURNING customer_id)" for box in outboxes]
        all_gone = " UNION ".join(f"SELECT customer_id FROM {box}_gone" for box in outboxes)
        cursor.execute(f"WITH {', '.join(gone)} INSERT INTO {name} {all_gone}{added}", params)
        rows = cursor.rowcount
        cursor.execute(f"CREATE UNIQUE INDEX {name}_key ON {name} (customer_id)")
        cursor.execute(f"ANALYZE {name}")
        return rows
    found = " UNION ".join(f"SELECT customer_id FROM {box}" for box in outboxes)
    rows = make_table(cursor, name, found + added, params, key="customer_id")
    for box in outboxes:
        cursor.execute(f"DELETE FROM {box}")
    return rows
