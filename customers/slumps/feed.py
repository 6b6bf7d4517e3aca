# ruff: noqa: S608 - our own tables and columns are put together; values go as parameters
"""The ledger as days of arrays, a month at a time: the same few statements however many customers.

Customers first, their days by the index of the ledger: both databases read only the days asked for. A day's sales are
gross less returns. Nothing sold on a day that was reported open is a real nought; on any other it says nothing.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from django.db import connection

from customers.relationship.slumps import day_number

SPAN = 31
FETCH = 50_000
NOUGHT = 0.01  # has a logarithm; the rule lets one day count for 2.5 swings at most anyhow


@dataclass
class Shops:
    """Rows of all arrays: customers by number, in order. closed: from which day number on it is closed, else 0."""

    ids: np.ndarray
    kinds: np.ndarray
    regions: np.ndarray
    closed: np.ndarray
    region_ids: np.ndarray


@dataclass
class DayOfSales:
    number: int
    sales: np.ndarray
    promo: np.ndarray
    reported: np.ndarray


def shops() -> Shops:
    """Every customer. One statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, kind, region_id, CASE WHEN state = 'closed' THEN coalesce(closed_on, opened_on) END, state"
            " FROM customers_customer ORDER BY id"
        )
        rows = cursor.fetchall()
    ids = np.array([row[0] for row in rows], np.int64)
    kinds = np.unique(np.array([row[1] for row in rows], dtype=str), return_inverse=True)[1].reshape(-1)
    region_ids = np.array([row[2] for row in rows], np.int64)
    regions = np.unique(region_ids, return_inverse=True)[1].reshape(-1)
    closed = np.array([_closed(row[3], row[4]) for row in rows], np.int64)
    return Shops(ids, kinds, regions, closed, region_ids)


def _closed(day, state: str) -> int:
    if state != "closed":
        return 0
    return day_number(_date(day)) if day else 1


def first_month() -> datetime.date | None:
    """The first month that the ledger tells of: from sums, not from lines."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT min(month) FROM customers_monthlysales")
        (first,) = cursor.fetchone()
    return None if first is None else _date(first)


def last_line() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM customers_saleline")
        return cursor.fetchone()[0]


def spoke_of_before(day: datetime.date, since_line: int, made_at: datetime.datetime) -> bool:
    """Whether lines written after `since_line`, or imports taken back since `made_at`, change days up to `day`."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT 1 FROM customers_saleline WHERE id > %s AND sold_on <= %s AND live LIMIT 1", [since_line, day]
        )
        if cursor.fetchone():
            return True
        cursor.execute(
            "SELECT r.first_line, r.last_line FROM crm_importrun r WHERE r.kind = 'sales' AND r.state = 'undone'"
            " AND r.undone_at >= %s AND r.first_line IS NOT NULL",
            [made_at],
        )
        for first, last in cursor.fetchall():
            cursor.execute(
                "SELECT 1 FROM customers_saleline WHERE id BETWEEN %s AND %s AND sold_on <= %s LIMIT 1",
                [first, last, day],
            )
            if cursor.fetchone():
                return True
    return False


def days(rows: Shops, first: datetime.date, last: datetime.date) -> Iterator[DayOfSales]:
    """Each of `first` to `last`, both included; two statements a month."""
    start = first
    while start <= last:
        end = min(last, start + datetime.timedelta(days=SPAN - 1))
        yield from _month(rows, start, end)
        start = end + datetime.timedelta(days=1)


def _month(rows: Shops, start: datetime.date, end: datetime.date) -> Iterator[DayOfSales]:
    count, n, base = (end - start).days + 1, len(rows.ids), day_number(start)
    sales = np.full((count, n), np.nan)
    promo, reported = np.zeros((count, n), bool), np.zeros((count, n), bool)
    for part in _lines(start, end):
        row = np.searchsorted(rows.ids, part[:, 0])
        at = part[:, 1] - base
        known = (row < n) & (at >= 0) & (at < count)
        known[known] = rows.ids[row[known]] == part[known, 0]
        row, at, net, flags = row[known], at[known], part[known, 2] / 100, part[known, 3]
        is_open = flags // 2
        value = np.where((net > 0) & (is_open != 1), net, np.where((net <= 0) & (is_open == 2), NOUGHT, np.nan))
        sales[at, row], promo[at, row], reported[at, row] = value, flags % 2 == 1, True
    for n_day in range(count):
        yield DayOfSales(base + n_day, sales[n_day], promo[n_day], reported[n_day])


def _lines(start: datetime.date, end: datetime.date) -> Iterator[np.ndarray]:
    """(customer, day number, net in minor units, flags): flags is 1 for a promotion, 2 for closed, 4 for open."""
    postgresql = connection.vendor == "postgresql"
    number = "(l.sold_on - DATE '1970-01-01')" if postgresql else "CAST(julianday(l.sold_on) - 2440587.5 AS INTEGER)"
    flags = "CASE WHEN l.promo THEN 1 ELSE 0 END + CASE WHEN l.is_open IS NULL THEN 0 WHEN l.is_open THEN 4 ELSE 2 END"
    columns = f"l.customer_id, {number}, l.gross - l.returns, {flags}"
    if postgresql:
        # LATERAL with OFFSET 0 keeps the planner at one look into the index a customer, which reads this month only.
        query = f"""SELECT l.* FROM customers_customer c, LATERAL (SELECT {columns} FROM customers_saleline l
            WHERE l.customer_id = c.id AND l.live AND l.sold_on BETWEEN %s AND %s OFFSET 0) l"""
    else:
        query = f"""SELECT {columns} FROM customers_customer c CROSS JOIN customers_saleline l
            ON l.customer_id = c.id AND l.live AND l.sold_on BETWEEN %s AND %s"""
    with connection.cursor() as cursor:
        cursor.execute(query, [start, end])
        while found := cursor.fetchmany(FETCH):
            yield np.array(found, dtype=np.int64)


def _date(value) -> datetime.date:
    return value if isinstance(value, datetime.date) else datetime.date.fromisoformat(str(value)[:10])
