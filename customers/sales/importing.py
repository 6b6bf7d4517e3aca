"""The import of sales: a file becomes staged lines, judged one by one, and those are merged into the ledger."""

# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from crm.clock import today
from crm.imports.kinds import SAMPLE_ROWS, Counts, ImportKind, Source
from crm.imports.models import ImportRun
from crm.imports.report import Report
from crm.jobs.actions import enqueue
from crm.jobs.kinds import find
from crm.tables.messages import BadCell
from customers.profile.models import Customer
from customers.sales import dialect, ledger
from customers.sales.rows import FIELDS, Columns, Line, Remembered

CHUNK = 10_000
_RAW = "sales_raw"
_CODES_KEPT = 100_000
_FIELD_OF = {"gross": "amount", "is_open": "open"}
_GIVEN = {"gross": "amount", "returns": "returns", "units": "units", "orders": "orders", "promo": "promo"}
_GIVEN["is_open"] = "open"


@dataclass
class StagedSales:
    """Lines judged good, in `ledger.STAGED`: one a customer and day, sorted by them."""

    run: ImportRun
    given: frozenset[str]
    rows: int = 0
    good: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)

    def close(self) -> None:
        if connection.needs_rollback:
            return  # the transaction around us is lost, and our tables with it
        with connection.cursor() as cursor:
            dialect.drop_tables(cursor, _RAW, ledger.STAGED, ledger.READY, ledger.TOUCHED)


class SalesImporter:
    def stage(self, source: Source, report: Report) -> StagedSales:
        reading = _Reading(source, report)
        staged = StagedSales(run=source.run, given=reading.given, sample=reading.sample)
        with connection.cursor() as cursor:
            reading.fill(cursor)
            staged.rows = reading.rows
            staged.good = reading.good - _part_doubles(cursor, source, report)
        return staged

    def compare(self, staged: StagedSales) -> Counts:
        return _counts(staged, ledger.compare(staged.given))

    def write(self, staged: StagedSales) -> Counts:
        return _counts(staged, ledger.merge(staged.run, staged.given))


def _counts(staged: StagedSales, merged: ledger.Merged) -> Counts:
    return Counts(
        rows=staged.rows,
        created=merged.created,
        updated=merged.updated,
        unchanged=staged.good - merged.created - merged.updated,
    )


class _Reading:
    """Reads a file chunk by chunk into the table of raw lines, and reports the rows that cannot be taken."""

    def __init__(self, source: Source, report: Report):
        self.source, self.report = source, report
        self.columns = Columns(
            source.header,
            source.mapping,
            date_order=source.options.get("date_order", "ymd"),
            currency=settings.CURRENCY,
            today=today(),
        )
        self.given = frozenset(name for name, known in _GIVEN.items() if known in self.columns.given)
        self.rows = self.good = 0
        self.sample: list[dict[str, Any]] = []
        self.customers: dict[str, int] = {}  # code → id, of those met lately
        self.known: dict[str, Any] = {}  # the same by cell, ready for the table
        self.put, self.write = (_copied, _copy) if dialect.is_postgres() else (_same, _insert)
        self.quick = self._quick()

    def fill(self, cursor) -> None:
        dialect.make_table(
            cursor,
            _RAW,
            "customer_id bigint, gross bigint, returns bigint, units bigint, orders integer, row_no integer,"
            " sold_on date, promo boolean, is_open boolean",
        )
        rows = iter(self.source.rows)
        while chunk := list(islice(rows, CHUNK)):
            self._meet(chunk)
            lines = self._read(chunk)
            if lines:
                self.write(cursor, lines)
            self.rows += len(chunk)
            self.good += len(lines)
            self.source.progress(self.rows)

    def _meet(self, chunk) -> None:
        """Look up the customers of a chunk that were not met before: one query."""
        at, known = self.columns.at["customer_code"], self.known
        cells = {row[at] for _n, row in chunk if len(row) > at}
        if len(known) > _CODES_KEPT:
            self.customers.clear()
            known.clear()
        fresh = cells - known.keys()
        if not fresh:
            return
        codes: dict[str, list] = {}
        for cell in fresh:
            try:
                codes.setdefault(self.columns.code(cell), []).append(cell)
            except BadCell:
                continue
        for code, pk in _customers(codes, self.source.by):
            self.customers[code] = pk
            for cell in codes[code]:
                if type(cell) is str:
                    known[cell] = self.put(pk)

    def _read(self, chunk) -> list[tuple]:
        lines = []
        add, quick, pads = lines.append, self.quick, self.columns.pads
        careful = len(self.sample) < SAMPLE_ROWS
        for number, row in chunk:
            if not careful and type(row) is list:  # a BadRow is for the judge
                try:
                    row.extend(pads[len(row)])
                    add(quick(number, row))
                    continue
                except (BadCell, LookupError, TypeError):
                    pass  # unusual: judged below
            line = self._judge(number, row)
            if line is not None:
                add(self._encoded(number, line))
                if careful:
                    self.sample.append(line.as_sample())
                    careful = len(self.sample) < SAMPLE_ROWS
        return lines

    def _quick(self) -> Callable[[int, list], tuple]:
        """The reader of ordinary rows: everything by cells met before. Raises for whatever is not ordinary."""
        columns, put, known = self.columns, self.put, self.known
        read = {
            "amount": lambda cell: put(_present(columns.amount(cell))),
            "returns": lambda cell: put(columns.returns(cell)),
            "units": lambda cell: put(columns.number(cell)),
            "orders": lambda cell: put(columns.orders(cell)),
            "date": lambda cell: put(columns.date(cell)),
            "promo": lambda cell: put(columns.promo(cell)),
            "open": lambda cell: put(columns.open(cell)),
            "currency": columns.money,
        }
        met = {name: Remembered(reader) for name, reader in read.items()}
        amounts, returns, units, orders = met["amount"], met["returns"], met["units"], met["orders"]
        days, promos, opens, moneys = met["date"], met["promo"], met["open"], met["currency"]
        at = columns.at
        code, date, amount, back = at["customer_code"], at["date"], at["amount"], at["returns"]
        unit, order, promo, open_, money = at["units"], at["orders"], at["promo"], at["open"], at["currency"]

        def quick(number, row):
            moneys[row[money]]
            return (
                known[row[code]],
                amounts[row[amount]],
                returns[row[back]],
                units[row[unit]],
                orders[row[order]],
                put(number),
                days[row[date]],
                promos[row[promo]],
                opens[row[open_]],
            )

        return quick

    def _judge(self, number: int, row: list) -> Line | None:
        def refuse(name: str, cell, reason: BadCell) -> None:
            self._refuse(number, name, cell, reason, row)

        line = self.columns.judge(row, refuse)
        if line is not None and line.customer not in self.customers:
            refuse("customer_code", line.customer, BadCell("unknown_customer"))
            return None
        return line

    def _refuse(self, number: int, name: str, cell, reason: BadCell, row: Sequence) -> None:
        column = self.source.column(name) if name else ""
        cells = row[: self.columns.width] if len(row) == self.columns.width + 1 and row[-1] == "" else row
        self.report.refuse(number, column, cell, reason.code, reason.params, cells)

    def _encoded(self, number: int, line: Line) -> tuple:
        put = self.put
        return (
            put(self.customers[line.customer]),
            put(line.gross),
            put(line.returns),
            put(line.units),
            put(line.orders),
            put(number),
            put(line.sold_on),
            put(line.promo),
            put(line.is_open),
        )


def _present(value):
    if value is None:
        raise BadCell("required")
    return value


def _copied(value) -> str:
    """As COPY's text format spells it; only numbers, dates and truth values come here."""
    return "\\N" if value is None else str(value)


def _copy(cursor, lines: list[tuple]) -> None:
    text = "\n".join(map("\t".join, lines))
    cursor.copy_expert(f"COPY {_RAW} FROM STDIN", io.StringIO(text), 1 << 18)


def _same(value):
    return value


def _insert(cursor, lines: list[tuple]) -> None:
    cursor.executemany(f"INSERT INTO {_RAW} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", lines)


def _customers(codes, by) -> Iterator[tuple[str, int]]:
    """(code, id) of those customers whose sales a person may write; by=None is the system, which may all."""
    found = Customer.objects.all() if by is None else Customer.objects.editable_by(by)
    if dialect.is_postgres():
        # One long text: an array or a list of ten thousand codes costs more to send than to look up.
        where, packed = "customers_customer.code = ANY(string_to_array(%s, chr(31)))", "\x1f".join(codes)
    else:
        where, packed = "customers_customer.code IN (SELECT value FROM json_each(%s))", json.dumps(list(codes))
    return found.order_by().extra(where=[where], params=[packed]).values_list("code", "pk")  # noqa: S610 - no outside SQL


def _part_doubles(cursor, source: Source, report: Report) -> int:
    """Sort the raw lines into the staged ones; refuse those that speak of a customer's day a second time.

    Neither sum nor last word: what a file says twice has to be settled by its sender, so all but the first are refused,
    alike or not. Returns how many.
    """
    dialect.make_table_as(
        cursor,
        ledger.STAGED,
        f"""SELECT customer_id, gross, returns, units, orders, row_no, sold_on, promo, is_open,
            first_value(row_no) OVER (PARTITION BY customer_id, sold_on ORDER BY row_no) AS first_row
        FROM {_RAW}""",
    )
    dialect.drop_tables(cursor, _RAW)
    cursor.execute(f"SELECT count(*) FROM {ledger.STAGED} WHERE first_row <> row_no")
    (doubles,) = cursor.fetchone()
    if doubles:
        _report_doubles(cursor, source, report)
        cursor.execute(f"DELETE FROM {ledger.STAGED} WHERE first_row <> row_no")
    return doubles


def _report_doubles(cursor, source: Source, report: Report) -> None:
    """Read the file again along the list of doubles, both in the order of rows, so that memory stays flat."""
    code, day = source.mapping["customer_code"], source.column("date")
    awaited = _doubles(cursor)
    number, first = next(awaited, (None, None))
    for row_no, row in source.again():
        if number is None:
            return
        if row_no == number:
            value = row[source.mapping["date"]]
            report.refuse(number, day, value, "duplicate_row", {"first": first, "customer": str(row[code])}, row)
            number, first = next(awaited, (None, None))


def _doubles(cursor) -> Iterator[tuple[int, int]]:
    last = -1
    while True:
        cursor.execute(
            f"SELECT row_no, first_row FROM {ledger.STAGED} WHERE first_row <> row_no AND row_no > %s"
            " ORDER BY row_no LIMIT 10000",
            [last],
        )
        found = cursor.fetchall()
        if not found:
            return
        yield from found
        last = found[-1][0]


def _after(run: ImportRun) -> None:
    """Tiers look again at the customers touched."""
    if (run.created or run.updated) and find("tiers.refresh"):
        enqueue(kind="tiers.refresh", asked_by=run.asked_by)


def _same_holds(run: ImportRun) -> bool:
    """Lines change by imports alone; what a code stands for may change with any customer."""
    return not Customer.objects.filter(updated_at__gte=run.finished_at).exists()


SALES = ImportKind(
    code="sales",
    label=_("Sales"),
    fields=FIELDS,
    importer=SalesImporter(),
    undo=ledger.undo,
    after=_after,
    dates=("date",),
    same_holds=_same_holds,
    icon="chart-bar",
)
