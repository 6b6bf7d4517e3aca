"""Small sales files for tests: staged, compared and written as a job would, without the file plumbing."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.db import connection, transaction
from django.utils import timezone

from crm.imports.kinds import Source
from crm.imports.models import ImportRun
from crm.imports.report import Report
from crm.tables.headers import recognise
from crm.tables.layout import judge_row
from customers.models import MonthlySales, RegionMonth, SaleLine
from customers.sales.importing import SALES
from customers.sales.rows import FIELDS

HEADER = ("customer_code", "date", "amount", "units", "orders", "promo", "open")


class Outcome:
    def __init__(self, run, counts, report):
        self.run, self.counts, self.report = run, counts, report

    @property
    def tally(self) -> tuple[int, int, int, int]:
        """(created, updated, unchanged, rejected)"""
        return self.counts.created, self.counts.updated, self.counts.unchanged, self.report.rejected

    @property
    def errors(self) -> list[tuple]:
        return [(error["row"], error["column"], error["value"], error["code"]) for error in self.report.errors]


def bring(rows, header=HEADER, *, by=None, partial=False, write=True, spool=None, options=None, name="sales.csv"):
    """Import rows (lists of cells) below a header in row 1, all or nothing unless partial."""
    run = ImportRun.objects.create(kind="sales", name=name, sha256="0" * 64, asked_by=by, state="running")

    def numbered():
        return ((number, judge_row(list(cells), header, ())) for number, cells in enumerate(rows, 2))

    source = Source(
        run=run,
        rows=numbered(),
        header=header,
        mapping=recognise(header, FIELDS),
        options=options or {"date_order": "ymd"},
        by=by,
        partial=partial,
        again=numbered,
    )
    report = Report(header, spool)
    importer = SALES.importer
    staged = importer.stage(source, report)
    try:
        with transaction.atomic():
            if not write or (report.rejected and not partial):
                counts = importer.compare(staged)
                run.state = "checked" if not write else "refused"
            else:
                counts = importer.write(staged)
                run.state = "done"
            run.created, run.updated, run.unchanged = counts.created, counts.updated, counts.unchanged
            run.finished_at = timezone.now()
            run.save()
            if run.state == "done":
                SALES.after(run)
    finally:
        staged.close()
        report.close()
    return Outcome(run, counts, report)


def take_back(outcome, by=None) -> dict:
    with transaction.atomic():
        result = SALES.undo(run=outcome.run, by=by)
        outcome.run.state = "undone"
        outcome.run.save()
    return result


def live():
    """The live ledger as it stands: {(customer, day): (id, everything a line says)}."""
    names = ("gross", "returns", "units", "orders", "promo", "is_open", "currency")
    return {
        (row[0], row[1]): row[2:]
        for row in SaleLine.objects.live().values_list("customer__code", "sold_on", "pk", *names)
    }


def said():
    """{(code, day): net} of the live ledger."""
    return {(line.customer.code, line.sold_on): line.net for line in SaleLine.objects.live().select_related("customer")}


def months():
    names = ("gross", "returns", "net", "units", "orders", "days", "last_sold_on")
    return {(row[0], row[1]): row[2:] for row in MonthlySales.objects.values_list("customer__code", "month", *names)}


def region_months():
    return {
        (row[0], row[1]): row[2:]
        for row in RegionMonth.objects.values_list("region__code", "month", "net", "customers")
    }


def everything():
    return live(), months(), region_months()


def money(text) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def day(text) -> datetime.date:
    return datetime.date.fromisoformat(text)


def temporary_tables() -> list[str]:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT relname FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'")
        else:
            cursor.execute("SELECT name FROM sqlite_temp_master WHERE type = 'table'")
        return [row[0] for row in cursor.fetchall()]
