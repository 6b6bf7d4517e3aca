# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""Evidence of all customers, added up by the database: a handful of statements, whatever their number.

What is later than the day is not read: a past day is told as it was known by its own dates. Payments are read from
the books, never copied: an invoice settled by its due day was paid on time (as `receivables.paying` counts), dated on
the day it was settled; one that was not is dated on its due day, whether it is still open or was settled late.
Disputed invoices and credit notes say nothing of the customer.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field

from crm.periods import Windows, month_of, months_between, shift_month
from customers.sales import dialect
from customers.scores.loyalty import Record, spread_of, spreads
from customers.scores.terms import COOPERATION, DECAY, HORIZON, LOYALTY, OPINION, PAYMENT, SHARE, Tally

TOUCHED = "score_touched"
_MONTHS = "score_months"
_BATCH = 10_000
PAID = """customers_openitem i WHERE i.amount > 0 AND NOT i.disputed AND i.issued_on <= %(as_of)s
    AND ((i.settled_on <= i.due_on AND i.settled_on <= %(as_of)s)
        OR (i.due_on < %(as_of)s AND (i.settled_on IS NULL OR i.settled_on > i.due_on)))"""
IN_TIME = "i.settled_on IS NOT NULL AND i.settled_on <= i.due_on"


@dataclass(slots=True)
class Evidence:
    """tallies: {customer: {kind: Tally}} of cooperation; records: {customer: Record}."""

    tallies: dict[int, dict[str, Tally]] = field(default_factory=lambda: defaultdict(dict))
    records: dict[int, Record] = field(default_factory=dict)

    @property
    def customers(self) -> set[int]:
        return self.tallies.keys() | self.records.keys()


@dataclass(frozen=True, slots=True)
class Network:
    """What all customers together keep of each kind, in percent, and how steadily they buy."""

    cooperation: dict[str, int]
    loyalty: dict[str, int]
    grid: list[int]

    @property
    def shares(self) -> dict[str, dict[str, int]]:
        return {COOPERATION: self.cooperation, LOYALTY: self.loyalty}


def gather(cursor, as_of: datetime.date, touched: bool = False) -> Evidence:
    """The evidence of all customers, or of those in table TOUCHED."""
    _make_months(cursor, as_of)
    found = Evidence()
    opinions = _observed(cursor, as_of, touched, found)
    _paid(cursor, as_of, touched, found)
    stated = _stated(cursor, as_of, touched)
    _bought(cursor, as_of, touched, found)
    for customer in opinions.keys() | stated.keys():
        before = found.records.get(customer, Record())
        found.records[customer] = _with(before, opinions.get(customer), stated.get(customer))
    dialect.drop_tables(cursor, _MONTHS)
    return found


def measure(found: Evidence) -> Network:
    """The network of the evidence of everybody."""
    together: dict[str, Tally] = {}
    for tallies in found.tallies.values():
        for kind, one in tallies.items():
            together[kind] = together.get(kind, Tally()) + one
    opinions = sum((one.opinions for one in found.records.values()), Tally())
    return Network(
        cooperation={kind: _share(one) for kind, one in sorted(together.items())},
        loyalty={OPINION: _share(opinions)} if opinions.n else {},
        grid=spreads([one.cv for one in found.records.values() if one.cv is not None]),
    )


def _share(one: Tally) -> int:
    """Whole percents: finer ones would move every score a little every day."""
    return (2 * one.good + one.weight) // (2 * one.weight)


def _with(record: Record, opinions: Tally | None, share: int | None) -> Record:
    values = {name: getattr(record, name) for name in Record.__slots__}
    return Record(**{**values, "opinions": opinions or record.opinions, "share": share})


def _only(touched: bool, column: str) -> str:
    return f"AND {column} IN (SELECT customer_id FROM {TOUCHED})" if touched else ""


def _make_months(cursor, as_of: datetime.date) -> None:
    dialect.make_table(cursor, _MONTHS, "month date, weight bigint")
    rows = [(shift_month(month_of(as_of), -age).isoformat(), DECAY[age]) for age in range(HORIZON + 1)]
    cursor.execute(
        f"INSERT INTO {_MONTHS} (month, weight) VALUES {', '.join(['(%s, %s)'] * len(rows))}",
        [value for row in rows for value in row],
    )


def _read(cursor, query: str, values):
    cursor.execute(query, values)
    while rows := cursor.fetchmany(_BATCH):
        yield from rows


def _observed(cursor, as_of: datetime.date, touched: bool, found: Evidence) -> dict[int, Tally]:
    """Events of cooperation into the tallies; opinions on loyalty are returned."""
    query = f"""SELECT o.customer_id, o.trait, o.kind, count(*), sum(o.score), {dialect.total("w.weight")},
            {dialect.total("w.weight * o.score")}
        FROM customers_observation o JOIN {_MONTHS} w ON w.month = {dialect.month_of("o.seen_on")}
        WHERE o.seen_on <= %(as_of)s AND o.kind <> '{SHARE}' {_only(touched, "o.customer_id")}
        GROUP BY o.customer_id, o.trait, o.kind"""
    opinions = {}
    for customer, trait, kind, n, kept, weight, good in _read(cursor, query, {"as_of": as_of.isoformat()}):
        if trait == COOPERATION:
            found.tallies[customer][kind] = Tally(n, int(kept), weight, good)
        else:
            opinions[customer] = Tally(n, int(kept), weight, good)
    return opinions


def _paid(cursor, as_of: datetime.date, touched: bool, found: Evidence) -> None:
    """Invoices judged, added to the payments that were witnessed otherwise."""
    query = f"""SELECT p.customer_id, count(*), sum(p.kept), {dialect.total("w.weight")},
            {dialect.total("w.weight * p.kept")}
        FROM (SELECT i.customer_id, CASE WHEN {IN_TIME} THEN 1 ELSE 0 END AS kept,
                CASE WHEN {IN_TIME} THEN i.settled_on ELSE i.due_on END AS day
            FROM {PAID} {_only(touched, "i.customer_id")}) p
        JOIN {_MONTHS} w ON w.month = {dialect.month_of("p.day")}
        GROUP BY p.customer_id"""
    for customer, n, kept, weight, good in _read(cursor, query, {"as_of": as_of.isoformat()}):
        mine = found.tallies[customer]
        mine[PAYMENT] = mine.get(PAYMENT, Tally()) + Tally(n, int(kept) * 100, weight, int(good) * 100)


def _stated(cursor, as_of: datetime.date, touched: bool) -> dict[int, int]:
    """The share of its purchases that each makes with us, as last stated within the horizon."""
    since = shift_month(month_of(as_of), -HORIZON)
    query = f"""SELECT o.customer_id, o.score FROM customers_observation o
        WHERE o.kind = '{SHARE}' AND o.seen_on <= %(as_of)s AND o.seen_on >= %(since)s
        {_only(touched, "o.customer_id")} ORDER BY o.seen_on, o.id"""
    return dict(_read(cursor, query, {"as_of": as_of.isoformat(), "since": since.isoformat()}))


def _bought(cursor, as_of: datetime.date, touched: bool, found: Evidence) -> None:
    windows = Windows.as_of(as_of)
    w0, w1 = windows.w0, windows.w1
    inside = "m.month >= %(w0)s"
    net = "CAST(m.net AS double precision)" if dialect.is_postgres() else "CAST(m.net AS real)"
    only = _only(touched, "m.customer_id")
    query = f"""SELECT c.id, c.opened_on, b.first, b.last, b.bought, b.total, b.squares, b.orders, b.orders_before
        FROM customers_customer c LEFT JOIN (
            SELECT m.customer_id,
                min(CASE WHEN m.net > 0 THEN m.month END) AS first, max(CASE WHEN m.net > 0 THEN m.month END) AS last,
                sum(CASE WHEN {inside} AND m.net > 0 THEN 1 ELSE 0 END) AS bought,
                sum(CASE WHEN {inside} THEN {net} ELSE 0 END) AS total,
                sum(CASE WHEN {inside} THEN {net} * {net} ELSE 0 END) AS squares,
                sum(CASE WHEN {inside} THEN m.orders ELSE 0 END) AS orders,
                sum(CASE WHEN m.month >= %(w1)s AND m.month < %(w0)s THEN m.orders ELSE 0 END) AS orders_before
            FROM customers_monthlysales m WHERE m.month < %(end)s {only} GROUP BY m.customer_id
        ) b ON b.customer_id = c.id
        WHERE (b.first IS NOT NULL OR c.opened_on IS NOT NULL) {_only(touched, "c.id")}"""
    values = {"w0": w0.start.isoformat(), "w1": w1.start.isoformat(), "end": w0.end.isoformat()}
    for customer, opened, first, last, bought, total, squares, orders, before in _read(cursor, query, values):
        opened, first, last = as_day(opened), as_day(first), as_day(last)
        if first is None and (opened is None or opened > as_of):
            continue
        found.records[customer] = record(w0.end, opened, first, last, bought, total, squares, orders, before)


def record(end, opened, first, last, bought, total, squares, orders, before) -> Record:
    """end: the day after the last full month."""
    began = opened if opened is not None and opened < end else first
    since = months_between(first, end) if first is not None else 0
    return Record(
        together=None if began is None else months_between(began, end),
        since_first=since,
        since_last=months_between(last, end) - 1 if last is not None else 0,
        bought=int(bought or 0),
        cv=spread_of(min(since, 12), total or 0.0, squares or 0.0),
        orders=int(orders or 0),
        orders_before=int(before or 0),
    )


def as_day(value) -> datetime.date | None:
    """SQLite hands dates of raw statements over as text."""
    return datetime.date.fromisoformat(value) if isinstance(value, str) else value
