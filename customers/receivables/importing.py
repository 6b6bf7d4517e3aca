"""The import of receivables: invoices, credit notes and payments, by customer and number; what settles what follows."""

# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters

from __future__ import annotations

import datetime
import json
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.conf import settings
from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from crm.clock import today
from crm.imports.kinds import SAMPLE_ROWS, Counts, ImportKind, Source, Stale
from crm.imports.models import ImportRun
from crm.imports.report import Report
from crm.imports.staging import Stage, advisory_lock, pages
from crm.jobs.actions import enqueue
from crm.jobs.kinds import find
from crm.money import from_minor, to_minor
from crm.tables.reader import row_problem
from customers.profile.models import Customer
from customers.receivables import settling, terms
from customers.receivables.columns import DATES, FIELDS, Columns, Entry, Fault
from customers.receivables.models import OpenItem, Payment
from customers.receivables.undoing import LOCK, as_json, undo

CHUNK = 2_000
_RAW = {
    "line": "bigint",
    "customer_id": "bigint",
    "is_payment": "smallint",
    "number": "text",
    "given": "text",
    "cells": "text",
}
_MERGED = {
    "line": "bigint",
    "customer_id": "bigint",
    "is_payment": "smallint",
    "number": "text",
    "row_id": "bigint",
    "issued_on": "date",
    "due_on": "date",
    "amount": "bigint",
    "disputed": "boolean",
    "paid_on": "date",
    "paid": "bigint",
    "method": "text",
    "pays": "text",
    "note": "text",
    "before": "text",
    "after": "text",
}
ITEM_VALUES = ("issued_on", "due_on", "amount", "disputed", "paid_on", "paid", "note")
PAYMENT_VALUES = ("paid_on", "amount", "method", "pays", "note")
_MONEY = ("amount", "paid")
_DAYS = ("issued_on", "due_on", "paid_on")
_FIELD_OF = {"issued_on": "invoice_date", "due_on": "due_date", "paid": "paid_amount"}
_NEW_ITEM = {"disputed": False, "paid_on": None, "paid": 0, "note": ""}
_NEW_PAYMENT = {"method": "", "pays": "", "note": ""}


@dataclass
class StagedReceivables:
    source: Source
    raw: Stage
    merged: Stage
    standing: tuple[int, int]
    rows: int = 0
    unchanged: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)

    def close(self) -> None:
        if connection.needs_rollback:
            return  # the transaction around us is lost, and our tables with it
        self.raw.drop()
        self.merged.drop()


class ReceivablesImporter:
    def stage(self, source: Source, report: Report) -> StagedReceivables:
        columns = Columns(source.header, source.mapping, source.options, today())
        raw, merged = Stage("import_receivables_raw", _RAW), Stage("import_receivables_merged", _MERGED)
        staged = StagedReceivables(source, raw, merged, standing())
        try:
            _read(staged, columns, report)
            _refuse_doubles(staged, report)
            _merge(staged, report)
        except BaseException:
            staged.close()
            raise
        return staged

    def compare(self, staged: StagedReceivables) -> Counts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*), count(row_id) FROM import_receivables_merged")
            rows, updated = cursor.fetchone()
        return Counts(staged.rows, rows - updated, updated, staged.unchanged)

    def write(self, staged: StagedReceivables) -> Counts:
        advisory_lock(LOCK)
        if standing() != staged.standing:
            raise Stale
        counts = self.compare(staged)
        try:
            with connection.cursor() as cursor:
                _write(cursor, staged.source.run)
                cursor.execute("SELECT DISTINCT customer_id FROM import_receivables_merged")
                touched = [pk for (pk,) in cursor.fetchall()]
        except IntegrityError as clash:
            raise Stale from clash
        settling.settle(touched)
        settling.follow(today(), touched)
        return counts


def standing() -> tuple[int, int]:
    """How many imports of receivables hold and how many were undone: another pair, and the books are others."""
    runs = ImportRun.objects.filter(kind="receivables")
    return (
        runs.standing().exclude(created=0, updated=0).count(),
        runs.filter(state=ImportRun.State.UNDONE).count(),
    )


# --- reading --------------------------------------------------------------------------------------------------


def _read(staged: StagedReceivables, columns: Columns, report: Report) -> None:
    source, rows = staged.source, iter(staged.source.rows)
    known: dict[str, int] = {}
    while chunk := list(islice(rows, CHUNK)):
        staged.rows += len(chunk)
        entries = []
        for line, cells in chunk:
            problem = row_problem(cells)
            if problem is not None:
                index = cells.column
                value = "" if index is None or index >= len(cells) else cells[index]
                name = "" if index is None else str(source.header[index])
                report.refuse(line, name, value, problem.code, problem.params, cells)
                continue
            judged = columns.judge(cells)
            if isinstance(judged, Entry):
                entries.append((line, judged, cells))
                continue
            for fault in judged:
                _refuse(source, report, line, fault, cells)
        known |= _customers({entry.customer for _l, entry, _c in entries} - known.keys(), source.by)
        for line, entry, cells in entries:
            customer_id = known.get(entry.customer)
            if customer_id is None:
                _refuse(source, report, line, Fault("customer_code", "unknown_customer"), cells)
                continue
            if len(staged.sample) < SAMPLE_ROWS:
                staged.sample.append(_sample(entry))
            plain = ["" if cell is None else str(cell) for cell in cells]
            staged.raw.add((line, customer_id, int(entry.is_payment), entry.number, _pack(entry.values), _pack(plain)))
        source.progress(staged.rows)
    staged.raw.index("number")


def _customers(codes: set[str], by) -> dict[str, int]:
    """{code: key} of those whose books a person may write; by=None is the system, which may all."""
    found = Customer.objects.all() if by is None else Customer.objects.editable_by(by)
    asked = sorted(codes)
    known: dict[str, int] = {}
    for at in range(0, len(asked), 500):
        known |= dict(found.order_by().filter(code__in=asked[at : at + 500]).values_list("code", "pk"))
    return known


def _sample(entry: Entry) -> dict[str, Any]:
    shown: dict[str, Any] = {"customer_code": entry.customer, "invoice_no": entry.number}
    for name, value in entry.values.items():
        if name in _MONEY:
            value = from_minor(value)
        shown[_FIELD_OF.get(name, name)] = value
    return shown


def _refuse_doubles(staged: StagedReceivables, report: Report) -> None:
    """A file that speaks of a document twice has to be settled by its sender: all but the first are refused."""
    same = "d.customer_id = r.customer_id AND d.is_payment = r.is_payment AND d.number = r.number"
    later = (
        "SELECT r.line, r.number, r.cells, d.first FROM import_receivables_raw r JOIN"
        " (SELECT customer_id, is_payment, number, min(line) AS first FROM import_receivables_raw"
        f" GROUP BY customer_id, is_payment, number HAVING count(*) > 1) d ON {same}"
        " WHERE r.line > d.first AND r.line > %s ORDER BY r.line LIMIT %s"
    )
    doubles: list[int] = []
    for page in pages(later):
        for line, number, cells, first in page:
            fault = Fault("invoice_no", "duplicate_row", {"first": first})
            _refuse(staged.source, report, line, fault, json.loads(cells), number)
            doubles.append(line)
    with connection.cursor() as cursor:
        for at in range(0, len(doubles), 500):
            part = doubles[at : at + 500]
            marks = ", ".join(["%s"] * len(part))
            cursor.execute(f"DELETE FROM import_receivables_raw WHERE line IN ({marks})", part)


def _refuse(source: Source, report: Report, line: int, fault: Fault, cells, value: Any = None) -> None:
    index = source.mapping.get(fault.name)
    if value is None and index is not None and index < len(cells):
        value = cells[index]
    report.refuse(line, source.column(fault.name), value, fault.code, fault.params, cells)


# --- laying the rows over the books -----------------------------------------------------------------------------


def _merge(staged: StagedReceivables, report: Report) -> None:
    """Two look-ups a page, and the payment terms of its customers."""
    statement = (
        "SELECT line, customer_id, is_payment, number, given, cells FROM import_receivables_raw WHERE line > %s"
        " ORDER BY line LIMIT %s"
    )
    for page in pages(statement):
        items, payments = _there(OpenItem, page, 0), _there(Payment, page, 1)
        days = terms.payment_days({row[1] for row in page})
        for line, customer_id, is_payment, number, given, cells in page:
            there = (payments if is_payment else items).get((customer_id, number))
            merged = _merged(there, _unpack(given), bool(is_payment), days.get(customer_id))
            if isinstance(merged, Fault):
                _refuse(staged.source, report, line, merged, json.loads(cells))
                continue
            names = PAYMENT_VALUES if is_payment else ITEM_VALUES
            before = None if there is None else {n: _value(there, n) for n in names if _value(there, n) != merged[n]}
            if before == {}:
                staged.unchanged += 1
                continue
            after = merged if before is None else {name: merged[name] for name in before}
            staged.merged.add(
                (
                    line,
                    customer_id,
                    is_payment,
                    number,
                    None if there is None else there.pk,
                    *(_column(merged.get(name)) for name in list(_MERGED)[5:-2]),
                    None if before is None else _pack(before),
                    _pack(after),
                )
            )
    staged.merged.index("number")


def _there(model, page, is_payment: int) -> dict[tuple[int, str], Any]:
    wanted = [(row[1], row[3]) for row in page if row[2] == is_payment]
    found = {}
    for at in range(0, len(wanted), 400):
        part = wanted[at : at + 400]
        rows = model.objects.filter(
            customer_id__in={pk for pk, _n in part}, number__in={number for _pk, number in part}
        )
        found |= {(one.customer_id, one.number): one for one in rows}
    return found


def _merged(there, given: dict[str, Any], is_payment: bool, days: int | None) -> dict[str, Any] | Fault:
    names = PAYMENT_VALUES if is_payment else ITEM_VALUES
    values = {name: _value(there, name) for name in names} if there is not None else {}
    values = {**({} if there is not None else _NEW_PAYMENT if is_payment else _NEW_ITEM), **values, **given}
    if is_payment:
        return values
    if "issued_on" not in values:
        return Fault("invoice_date", "required")
    if "due_on" not in values:
        if days is None:
            return Fault("due_date", "due_missing")
        values["due_on"] = values["issued_on"] + datetime.timedelta(days=days)
    if values["due_on"] < values["issued_on"]:
        return Fault("due_date", "due_before_issued")
    if there is not None and (to_minor(there.amount) > 0) != (values["amount"] > 0):
        return Fault("amount", "kind_changed")
    if abs(values["paid"]) > abs(values["amount"]):
        return Fault("amount", "paid_too_much")
    return values


def _value(row, name: str) -> Any:
    """As a file's row gives it: money in minor units."""
    value = getattr(row, name)
    return to_minor(value) if name in _MONEY else value


def _column(value: Any) -> Any:
    return int(value) if isinstance(value, bool) and connection.vendor == "sqlite" else value


# --- writing ----------------------------------------------------------------------------------------------------


def _write(cursor, run: ImportRun) -> None:
    """Items as their own record leaves them open; what payments settle of them is worked out after."""
    is_open = "m.amount - m.paid"
    latest = "CASE WHEN m.paid_on > m.issued_on THEN m.paid_on ELSE m.issued_on END"
    settled = f"CASE WHEN m.paid = m.amount THEN {latest} END"
    items, said = ", ".join(ITEM_VALUES), ", ".join(f"m.{name}" for name in ITEM_VALUES)
    cursor.execute(
        f"INSERT INTO customers_openitem (customer_id, number, {items}, open_amount, settled_on, currency, run_id)"
        f" SELECT m.customer_id, m.number, {said}, {is_open}, {settled}, %s, %s"
        " FROM import_receivables_merged m WHERE m.is_payment = 0 AND m.row_id IS NULL ORDER BY m.line",
        [settings.CURRENCY, run.pk],
    )
    sets = ", ".join(f"{name} = m.{name}" for name in ITEM_VALUES)
    cursor.execute(
        f"UPDATE customers_openitem SET {sets}, open_amount = {is_open}, settled_on = {settled}"
        " FROM import_receivables_merged m WHERE m.is_payment = 0 AND m.row_id = customers_openitem.id"
    )
    names, said = ", ".join(PAYMENT_VALUES), ", ".join(f"m.{name}" for name in PAYMENT_VALUES)
    cursor.execute(
        f"INSERT INTO customers_payment (customer_id, number, {names}, unused, currency, run_id)"
        f" SELECT m.customer_id, m.number, {said}, m.amount, %s, %s"
        " FROM import_receivables_merged m WHERE m.is_payment = 1 AND m.row_id IS NULL ORDER BY m.line",
        [settings.CURRENCY, run.pk],
    )
    sets = ", ".join(f"{name} = m.{name}" for name in PAYMENT_VALUES)
    cursor.execute(
        f"UPDATE customers_payment SET {sets}, unused = m.amount"
        " FROM import_receivables_merged m WHERE m.is_payment = 1 AND m.row_id = customers_payment.id"
    )
    as_jsonb = "CAST({} AS jsonb)" if connection.vendor == "postgresql" else "{}"
    for is_payment, table, key in ((0, "customers_openitem", "r.id"), (1, "customers_payment", "-r.id")):
        # Traces of an import name rows by number alone: payments stand below 0, so that no two are the same.
        cursor.execute(
            "INSERT INTO crm_importchange (run_id, object_id, before, after)"
            f" SELECT %s, {key}, {as_jsonb.format('m.before')}, {as_jsonb.format('m.after')}"
            f" FROM import_receivables_merged m JOIN {table} r ON r.customer_id = m.customer_id AND r.number = m.number"
            f" WHERE m.is_payment = {is_payment} ORDER BY m.line",
            [run.pk],
        )


# --- small things -----------------------------------------------------------------------------------------------


def _pack(value: Any) -> str:
    return json.dumps(value, ensure_ascii=True, separators=(",", ":"), default=as_json)


def _unpack(text: str) -> dict[str, Any]:
    given = json.loads(text)
    for name in _DAYS:
        if given.get(name):
            given[name] = datetime.date.fromisoformat(given[name])
    return given


def _same_holds(run: ImportRun) -> bool:
    """The books change by imports alone; what a code stands for may change with any customer."""
    return not Customer.objects.filter(updated_at__gte=run.finished_at).exists()


def _scores_follow(run: ImportRun) -> None:
    """What was paid on time is evidence of cooperation. By name: scores and tiers stand above us."""
    if (run.created or run.updated) and find("tiers.refresh"):
        enqueue(kind="tiers.refresh", asked_by=run.asked_by)


RECEIVABLES = ImportKind(
    code="receivables",
    label=_("Receivables"),
    fields=FIELDS,
    importer=ReceivablesImporter(),
    undo=undo,
    dates=DATES,
    same_holds=_same_holds,
    result_url="customers:receivables",
    icon="receipt-2",
    after=_scores_follow,
)
