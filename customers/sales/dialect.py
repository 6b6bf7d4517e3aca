"""The few places where PostgreSQL and SQLite spell the same statement differently."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import connection


def is_postgres() -> bool:
    return connection.vendor == "postgresql"


def month_of(day: str) -> str:
    """SQL for the first day of a date's month. By way of timestamp: date_trunc of a date goes through time zones."""
    return f"date_trunc('month', {day}::timestamp)::date" if is_postgres() else f"(substr({day}, 1, 7) || '-01')"


def next_month(month: str) -> str:
    """SQL for the first day of the month after one."""
    return f"({month} + interval '1 month')::date" if is_postgres() else f"date({month}, '+1 month')"


def differs(left: str, right: str) -> str:
    """SQL that is true where two values differ, NULL being a value like any other."""
    return f"{left} IS DISTINCT FROM {right}" if is_postgres() else f"{left} IS NOT {right}"


def total(amount: str) -> str:
    """SQL for a sum of whole numbers that stays a whole number (PostgreSQL widens sum(bigint) to numeric)."""
    return f"sum({amount})::bigint" if is_postgres() else f"sum({amount})"


def make_table(cursor, name: str, columns: str) -> None:
    """An empty temporary table of this connection, in place of one left over."""
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} ({columns})")


def make_table_as(cursor, name: str, query: str, params=()) -> int:
    """A temporary table of this connection from a query; returns its number of rows."""
    cursor.execute(f"DROP TABLE IF EXISTS {name}")
    cursor.execute(f"CREATE TEMPORARY TABLE {name} AS {query}", params)
    if cursor.rowcount >= 0:
        return cursor.rowcount
    cursor.execute(f"SELECT count(*) FROM {name}")  # noqa: S608 - our own table's name
    return cursor.fetchone()[0]


def drop_tables(cursor, *names: str) -> None:
    for name in names:
        cursor.execute(f"DROP TABLE IF EXISTS {name}")


@contextmanager
def looking_up(cursor):
    """Let PostgreSQL join by looking each row up in an index, whatever it thinks of temporary tables: it has no
    statistics of them and would rather read the whole ledger. Inside a transaction only.
    """
    if not is_postgres():
        yield
        return
    cursor.execute("SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off")
    yield
    cursor.execute("SET LOCAL enable_hashjoin = DEFAULT; SET LOCAL enable_mergejoin = DEFAULT")
