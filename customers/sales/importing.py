"""The import of sales: a file becomes staged lines, judged one by one, and those are merged into the ledger."""

# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from contextlib import suppress
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
from crm.jobs.models import Job
from crm.tables.messages import BadCell
from customers.profile import moved
from customers.profile.models import Customer
from customers.sales import dialect, ledger
from customers.sales.rows import FIELDS, UNUSUAL, Columns, Line, QuickRows

CHUNK = 2_000
"""Rows read at once. Python's collector of cycles looks at living lists again and again: large chunks cost double."""
_FEW = 8
_RAW = "sales_raw"
_CODES_KEPT = 100_000
_GIVEN = {name: name for name in ("returns", "units", "orders", "promo")} | {"gross": "amount", "is_open": "open"}


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
        self.gone: dict[str, str | None] = {}  # codes of nobody, and whose they are since a merge
        self.known: dict[str, str] = {}  # the same by cell, as the table takes it
        self.empty, self.write = ("\\N", _copy) if dialect.is_postgres() else (None, _insert)
        self.quick = QuickRows(self.columns, self.known, self.put)

    def fill(self, cursor) -> None:
        dialect.make_table(
            cursor,
            _RAW,
            "customer_id bigint, gross bigint, returns bigint, units bigint, orders integer, row_no integer,"
            " sold_on date, promo boolean, is_open boolean",
        )
        rows = iter(self.source.rows)
        size = SAMPLE_ROWS  # the first rows are judged one by one for the sample
        while chunk := list(islice(rows, size)):
            size = CHUNK if len(self.sample) >= SAMPLE_ROWS or self.rows > CHUNK else SAMPLE_ROWS
            lines = self._read(chunk)
            if lines:
                self.write(cursor, lines)
            self.rows += len(chunk)
            self.good += len(lines)
            self.source.progress(self.rows)

    def put(self, value) -> str | None:
        """As the table takes it; only numbers, dates and truth values come here."""
        if value is None:
            return self.empty
        return str(int(value)) if value is True or value is False else str(value)

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
                    known[cell] = str(pk)

    def _read(self, chunk) -> list[tuple]:
        if len(self.sample) >= SAMPLE_ROWS:
            with suppress(*UNUSUAL):
                return self.quick(chunk)
        self._meet(chunk)
        return self._halve(chunk)

    def _halve(self, block) -> list[tuple]:
        """The good lines of a block. An unusual row makes it go by halves, so that the others still go quickly."""
        if len(self.sample) >= SAMPLE_ROWS:
            with suppress(*UNUSUAL):
                return self.quick(block)
            if len(block) > _FEW:
                half = len(block) // 2
                return self._halve(block[:half]) + self._halve(block[half:])
        lines = []
        for number, row in block:
            line = self._judge(number, row)
            if line is not None:
                lines.append(self._encoded(number, line))
                if len(self.sample) < SAMPLE_ROWS:
                    self.sample.append(line.as_sample())
        return lines

    def _judge(self, number: int, row: list) -> Line | None:
        def refuse(name: str, cell, reason: BadCell) -> None:
            column = self.source.column(name) if name else ""
            self.report.refuse(number, column, cell, reason.code, reason.params, row)

        line = self.columns.judge(row, refuse)
        code = line.customer if line is not None else self.columns.code_of(row)
        if code is not None and code not in self.customers:
            refuse("customer_code", code, self._why_unknown(code))
            return None
        return line

    def _why_unknown(self, code: str) -> BadCell:
        """A code from before a merge is refused, not followed: a file with both codes would say one day twice."""
        if code not in self.gone:
            found = moved.by_code([code]).get(code)
            seen = found is not None and any(True for _pair in _customers([found.customer_code], self.source.by))
            self.gone[code] = found.customer_code if found is not None and seen else None
        new = self.gone[code]
        return BadCell("merged_customer", {"code": new}) if new else BadCell("unknown_customer")

    def _encoded(self, number: int, line: Line) -> tuple:
        values = (line.gross, line.returns, line.units, line.orders, number, line.sold_on, line.promo, line.is_open)
        return (str(self.customers[line.customer]), *map(self.put, values))


def _copy(cursor, lines: list[tuple]) -> None:
    text = "\n".join(map("\t".join, lines))
    cursor.copy_expert(f"COPY {_RAW} FROM STDIN", io.StringIO(text), 1 << 18)


def _insert(cursor, lines: list[tuple]) -> None:
    # One savepoint a chunk: alone, each row would be a transaction of its own, five times as slow. Only temporary
    # tables are written, so no lock on the database is taken.
    cursor.execute("SAVEPOINT sales_chunk")
    try:
        cursor.executemany(f"INSERT INTO {_RAW} VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)", lines)
    finally:  # also after an error: a savepoint left open would keep the connection in a transaction
        cursor.execute("RELEASE SAVEPOINT sales_chunk")


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
    """Tiers look again at the customers touched; slumps are looked for, once however many files wait to come in."""
    if not (run.created or run.updated):
        return
    if find("tiers.refresh"):
        enqueue(kind="tiers.refresh", asked_by=run.asked_by)
    if find("slumps.detect") and not Job.objects.filter(kind="slumps.detect", state=Job.State.QUEUED).exists():
        enqueue(kind="slumps.detect", asked_by=run.asked_by)


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
