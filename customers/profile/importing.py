"""Importing customers: upsert by code, set-based, every changed row audited and kept for the undo."""

# ruff: noqa: S608 - names of tables and columns are our own; values are always parameters

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, connection
from django.utils.translation import gettext_lazy as _

from crm.audit.context import current
from crm.clock import now, today
from crm.imports.kinds import SAMPLE_ROWS, Counts, ImportKind, Source, Stale
from crm.imports.models import ImportRun
from crm.imports.report import Report
from crm.imports.staging import Stage, advisory_lock, pages
from crm.jobs.actions import enqueue
from crm.jobs.kinds import find
from crm.tables.messages import BadCell, Unusable
from customers.profile import merging, moved
from customers.profile.columns import DATES, FIELDS, parsers
from customers.profile.judging import RowJudge
from customers.profile.merging import DERIVED, VALUES, Merged, Merger
from customers.profile.models import Customer, Responsibility
from customers.profile.undoing import undo

_RAW = {"line": "bigint", "code": "text", "given": "text", "cells": "text"}
_TYPES = {
    "region_id": "bigint",
    "latitude": "numeric(10,7)",
    "longitude": "numeric(10,7)",
    "opened_on": "date",
    "closed_on": "date",
    "wgs_latitude": "double precision",
    "wgs_longitude": "double precision",
}
_MERGED = {
    "line": "bigint",
    "customer_id": "bigint",
    "version": "bigint",
    **{name: _TYPES.get(name, "text") for name in (*VALUES, *DERIVED)},
    "sets_upstream": "smallint",
    "upstream": "text",
    "manager_id": "bigint",
    "charge_id": "bigint",
    "charge_since": "date",
    "before": "text",
    "after": "text",
    "changes": "text",
}
_LOCK = "imports.customers"


@dataclass
class StagedCustomers:
    source: Source
    raw: Stage
    merged: Stage
    rows: int = 0
    unchanged: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)

    def close(self) -> None:
        self.raw.drop()
        self.merged.drop()


class CustomerImporter:
    def stage(self, source: Source, report: Report) -> StagedCustomers:
        if set(source.mapping) <= {"code"}:
            lacking = [str(known.label) for known in FIELDS if known.name in ("name", "kind")]
            raise Unusable("columns_missing", {"columns": lacking})
        staged = StagedCustomers(source, Stage("import_customers_raw", _RAW), Stage("import_customers_merged", _MERGED))
        try:
            _read(staged, report)
            _refuse_doubles(staged, report)
            _merge(staged, report)
            _refuse_suppliers(staged, report)
        except BaseException:
            staged.close()
            raise
        return staged

    def compare(self, staged: StagedCustomers) -> Counts:
        created, updated = _one(
            "SELECT coalesce(sum(CASE WHEN customer_id IS NULL THEN 1 ELSE 0 END), 0), count(customer_id)"
            " FROM import_customers_merged"
        )
        return Counts(staged.rows, int(created), int(updated), staged.unchanged)

    def write(self, staged: StagedCustomers) -> Counts:
        advisory_lock(_LOCK)
        _still_so()
        counts = self.compare(staged)
        try:
            _write_customers()
        except IntegrityError as clash:
            raise Stale from clash
        _write_charges()
        _write_traces(staged.source)
        return counts


def _read(staged: StagedCustomers, report: Report) -> None:
    source = staged.source
    judge = RowJudge(source, parsers(source.options), report)
    for line, cells in source.rows:
        staged.rows += 1
        if staged.rows % 2_000 == 0:
            source.progress(staged.rows)
        given = judge.values(line, cells)
        if given is None:
            continue
        if len(staged.sample) < SAMPLE_ROWS:
            staged.sample.append(given)
        plain = ["" if cell is None else str(cell) for cell in cells]
        staged.raw.add((line, given["code"], merging.pack(given), merging.pack(plain)))
    staged.raw.index("code")


def _refuse_doubles(staged: StagedCustomers, report: Report) -> None:
    later = (
        "SELECT r.line, r.code, r.cells, d.first FROM import_customers_raw r JOIN"
        " (SELECT code, min(line) AS first FROM import_customers_raw GROUP BY code HAVING count(*) > 1) d"
        " ON d.code = r.code WHERE r.line > d.first AND r.line > %s ORDER BY r.line LIMIT %s"
    )
    for page in pages(later):
        for line, code, cells, first in page:
            _refuse(staged, report, line, "code", code, cells, "duplicate_row", {"first": first})
    _run(
        "DELETE FROM import_customers_raw WHERE line > (SELECT min(o.line) FROM import_customers_raw o"
        " WHERE o.code = import_customers_raw.code)"
    )


def _merge(staged: StagedCustomers, report: Report) -> None:
    """Lay the rows over the customers that are there, a page at a time: four queries a page."""
    source = staged.source
    merger = Merger(source.by, frozenset(source.mapping))
    statement = "SELECT line, code, given, cells FROM import_customers_raw WHERE line > %s ORDER BY line LIMIT %s"
    for page in pages(statement):
        codes = [code for _line, code, _given, _cells in page]
        there = {one.code: one for one in Customer.objects.filter(code__in=codes)}
        suppliers = dict(
            Customer.objects.filter(code__in=codes, upstream__isnull=False).values_list("code", "upstream__code")
        )
        gone = moved.by_code(code for code in codes if code not in there)
        mine = _visible_codes(source.by, [*codes, *(one.customer_code for one in gone.values())])
        charges = _charges(there, merger) if "manager" in source.mapping else {}
        for line, code, packed, cells in page:
            customer = there.get(code)
            if customer is not None and mine is not None and code not in mine:
                _refuse(staged, report, line, "code", code, cells, "not_yours")
                continue
            if code in gone:
                new = gone[code].customer_code
                told = new if mine is None or new in mine else "…"
                _refuse(staged, report, line, "code", code, cells, "merged_customer", {"code": told})
                continue
            given = merging.unpack(packed)
            try:
                merged = merger.merge(
                    line, given, customer, suppliers.get(code), charges.get(customer.pk, []) if customer else []
                )
            except BadCell as bad:
                name = bad.params["field"]
                _refuse(staged, report, line, name, given.get(name), cells, bad.code, bad.params)
                continue
            if merged.nothing_new:
                staged.unchanged += 1
            else:
                staged.merged.add(_line(merged, merger))
        source.progress(staged.rows)
    staged.merged.index("code")
    staged.merged.index("customer_id")


def _visible_codes(by, codes: list[str]) -> set[str] | None:
    if by is None:
        return None
    return set(Customer.objects.visible_to(by).filter(code__in=codes).values_list("code", flat=True))


def _charges(there: dict[str, Customer], merger: Merger) -> dict[int, list[Responsibility]]:
    """Who is in charge of each now or later, in order."""
    found: dict[int, list[Responsibility]] = {}
    ids = [one.pk for one in there.values()]
    current_or_later = Responsibility.objects.filter(customer_id__in=ids).exclude(until__lte=merger.day)
    for one in current_or_later.order_by("since"):
        found.setdefault(one.customer_id, []).append(one)
    return found


def _line(merged: Merged, merger: Merger) -> tuple:
    values = merged.values
    changes = dict(merged.changes)
    after = merging.after_of(merged)
    if merged.manager_id is not None:
        after["since"] = str(merger.day)
    before = merging.before_of(merged)
    return (
        merged.line,
        merged.customer_id,
        merged.version,
        *(merging.as_json(values[name]) for name in VALUES),
        *(values.get(name) for name in DERIVED),
        int(merged.sets_upstream),
        merged.upstream,
        merged.manager_id,
        merged.charge.pk if merged.charge else None,
        str(merged.charge.since) if merged.charge else None,
        None if before is None else merging.pack(before),
        merging.pack(after),
        merging.pack(changes),
    )


# --- who supplies whom ----------------------------------------------------------------------------------------


def _refuse_suppliers(staged: StagedCustomers, report: Report) -> None:
    """Suppliers must be there, in reach, and never form a loop; a refused row may leave others without theirs."""
    if not _one("SELECT count(*) FROM import_customers_merged WHERE upstream IS NOT NULL")[0]:
        return
    while _refuse_lines(staged, report, *_unknown_suppliers(staged.source.by), "unknown_upstream") or _refuse_lines(
        staged, report, _LOOPS, (), "upstream_loop"
    ):
        pass


def _unknown_suppliers(by) -> tuple[str, tuple]:
    visible = Customer.objects.all() if by is None else Customer.objects.visible_to(by)
    known, params = visible.order_by().values("code").query.sql_with_params()
    return (
        "SELECT m.line FROM import_customers_merged m WHERE m.upstream IS NOT NULL AND NOT EXISTS"
        " (SELECT 1 FROM import_customers_merged n WHERE n.code = m.upstream AND n.customer_id IS NULL)"
        f" AND m.upstream NOT IN ({known})",
        params,
    )


_LOOPS = """
    WITH RECURSIVE edges(code, up) AS (
        SELECT code, upstream FROM import_customers_merged WHERE upstream IS NOT NULL
        UNION ALL
        SELECT c.code, u.code FROM customers_customer c JOIN customers_customer u ON u.id = c.upstream_id
        WHERE NOT EXISTS (
            SELECT 1 FROM import_customers_merged m WHERE m.customer_id = c.id AND m.sets_upstream = 1)
    ), walk(start, code) AS (
        SELECT code, upstream FROM import_customers_merged WHERE upstream IS NOT NULL
        UNION
        SELECT walk.start, edges.up FROM walk JOIN edges ON edges.code = walk.code
    )
    SELECT m.line FROM import_customers_merged m JOIN walk ON walk.start = m.code AND walk.code = m.code
"""


def _refuse_lines(staged: StagedCustomers, report: Report, statement: str, params: tuple, code: str) -> bool:
    """Refuse the merged rows whose lines the statement finds; whether there were any."""
    bad = Stage("import_customers_bad", {"line": "bigint"})
    _run(f"INSERT INTO import_customers_bad {statement}", params)
    joined = (
        "SELECT r.line, m.upstream, r.cells FROM import_customers_bad b"
        " JOIN import_customers_raw r ON r.line = b.line JOIN import_customers_merged m ON m.line = b.line"
        " WHERE r.line > %s ORDER BY r.line LIMIT %s"
    )
    found = False
    for page in pages(joined):
        found = True
        for line, upstream, cells in page:
            _refuse(staged, report, line, "upstream", upstream, cells, code)
    _run("DELETE FROM import_customers_merged WHERE line IN (SELECT line FROM import_customers_bad)")
    bad.drop()
    return found


# --- writing --------------------------------------------------------------------------------------------------


def _still_so() -> None:
    """Lock the customers to be changed; Stale if one changed, or one to be created has come, since they were read."""
    lock = "" if connection.vendor == "sqlite" else " FOR UPDATE OF c"
    _run(
        "SELECT c.id FROM customers_customer c JOIN import_customers_merged m ON m.customer_id = c.id"
        f" ORDER BY c.id{lock}"
    )
    moved = _one(
        "SELECT count(*) FROM import_customers_merged m LEFT JOIN customers_customer c ON c.code = m.code"
        " WHERE (m.customer_id IS NULL) <> (c.id IS NULL) OR (m.customer_id = c.id AND m.version <> c.version)"
    )[0]
    day = today()
    charges = _one(
        "SELECT count(*) FROM import_customers_merged m JOIN customers_responsibility r ON"
        " r.customer_id = m.customer_id AND (r.until IS NULL OR r.until > %s)"
        " WHERE m.manager_id IS NOT NULL AND (m.charge_id IS NULL OR m.charge_id <> r.id)",
        (day,),
    )[0]
    if moved or charges:
        raise Stale


def _write_customers() -> None:
    moment = connection.ops.adapt_datetimefield_value(now())
    names = ", ".join((*VALUES, *DERIVED))
    _run(
        f"INSERT INTO customers_customer ({names}, version, created_at, updated_at)"
        f" SELECT {names}, 1, %s, %s FROM import_customers_merged WHERE customer_id IS NULL ORDER BY line",
        (moment, moment),
    )
    sets = ", ".join(f"{name} = m.{name}" for name in (*VALUES[1:], *DERIVED))
    _run(
        f"UPDATE customers_customer SET {sets}, version = customers_customer.version + 1, updated_at = %s"
        " FROM import_customers_merged m WHERE m.customer_id = customers_customer.id",
        (moment,),
    )
    _run(
        "UPDATE customers_customer SET upstream_id ="
        " (SELECT u.id FROM customers_customer u WHERE u.code = m.upstream)"
        " FROM import_customers_merged m WHERE m.sets_upstream = 1 AND m.code = customers_customer.code"
    )


def _write_charges() -> None:
    """Hand over: end today what began before, replace what began today, begin anew."""
    day = today()
    old = "id IN (SELECT charge_id FROM import_customers_merged WHERE manager_id IS NOT NULL AND charge_since {} %s)"
    _run(f"DELETE FROM customers_responsibility WHERE {old.format('=')}", (day,))
    _run(f"UPDATE customers_responsibility SET until = %s WHERE {old.format('<')}", (day, day))
    _run(
        "INSERT INTO customers_responsibility (customer_id, user_id, since)"
        " SELECT c.id, m.manager_id, %s FROM import_customers_merged m JOIN customers_customer c ON c.code = m.code"
        " WHERE m.manager_id IS NOT NULL ORDER BY m.line",
        (day,),
    )


def _write_traces(source: Source) -> None:
    """For every row that changed: what the undo needs, and an entry in the audit log."""
    as_json = "CAST({} AS jsonb)" if connection.vendor == "postgresql" else "{}"
    joined = "FROM import_customers_merged m JOIN customers_customer c ON c.code = m.code"
    _run(
        "INSERT INTO crm_importchange (run_id, object_id, before, after)"
        f" SELECT %s, c.id, {as_json.format('m.before')}, {as_json.format('m.after')} {joined} ORDER BY m.line",
        (source.run.pk,),
    )
    acting = current()
    who = source.by or acting.actor
    pg = connection.vendor == "postgresql"
    salt = "REPLACE(CAST(gen_random_uuid() AS varchar(36)), '-', '')" if pg else "LOWER(HEX(RANDOMBLOB(16)))"
    _run(
        "INSERT INTO crm_auditentry (at, actor_id, actor_name, action, model, object_id, object_name, changes, reason,"
        " via, address, request_id, salt)"
        " SELECT %s, %s, %s, CASE WHEN m.customer_id IS NULL THEN 'customer.create' ELSE 'customer.change' END,"
        f" 'customers.customer', CAST(c.id AS varchar(64)), c.name, {as_json.format('m.changes')}, %s, %s, %s, %s,"
        f" {salt} {joined} ORDER BY m.line",
        (
            connection.ops.adapt_datetimefield_value(now()),
            who.pk if who else None,
            str(who)[:160] if who else "",
            source.run.name[:500],
            acting.via,
            acting.address,
            acting.request_id,
        ),
    )


# --- small things ---------------------------------------------------------------------------------------------


def _refuse(staged, report: Report, line: int, name: str, value, cells: str, code: str, params=None) -> None:
    report.refuse(line, staged.source.column(name), value, code, params, merging.unpack_cells(cells))


def _run(statement: str, params: tuple = ()) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def _one(statement: str, params: tuple = ()) -> tuple:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchone()


def _after(run: ImportRun) -> None:
    """Tiers look at what changed; named by string, and left out where no such job exists."""
    if find("tiers.refresh") is None or not (run.created or run.updated):
        return
    undone = run.state == ImportRun.State.UNDONE  # customers that are gone leave no trace that a refresh could follow
    enqueue(kind="tiers.refresh", input={"full": True} if undone else {}, asked_by=run.asked_by)


CUSTOMERS = ImportKind(
    code="customers",
    label=_("Customers"),
    fields=FIELDS,
    importer=CustomerImporter(),
    undo=undo,
    after=_after,
    dates=DATES,
    result_url="customers:list",
    icon="building-store",
)
