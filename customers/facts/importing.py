"""Importing profiles: facts by the customer's code, page by page, each with its source; undone as a whole."""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.access import reach_of
from crm.accounts.models import Role
from crm.appendonly import lifted_for
from crm.audit.actions import record_many
from crm.clock import today
from crm.imports.kinds import SAMPLE_ROWS, Counts, ImportKind, Source, Stale
from crm.imports.models import ImportRun
from crm.imports.report import Report
from crm.imports.staging import Stage, advisory_lock, pages
from crm.tables.messages import Unusable
from customers.facts.actions import Origin, built, told
from customers.facts.columns import CODE, COLUMNS, parsers
from customers.facts.fields import FIELDS
from customers.facts.models import Fact
from customers.profile.judging import RowJudge
from customers.profile.merging import pack, unpack, unpack_cells
from customers.profile.models import Customer, Responsibility
from customers.profile.undoing import refuse_beyond_reach

_LOCK = "imports.profiles"
_RAW = {"line": "bigint", "code": "text", "given": "text", "cells": "text"}
_GOOD = {"line": "bigint", "customer_id": "bigint", "seen": "text", "given": "text", "state": "smallint"}
_CREATED, _UPDATED = 1, 2


@dataclass
class StagedProfiles:
    source: Source
    raw: Stage
    good: Stage
    rows: int = 0
    unchanged: int = 0
    sample: list[dict[str, Any]] = field(default_factory=list)

    def close(self) -> None:
        self.raw.drop()
        self.good.drop()


class ProfileImporter:
    def stage(self, source: Source, report: Report) -> StagedProfiles:
        if not set(source.mapping) & FIELDS.keys():
            raise Unusable("columns_missing", {"columns": [str(_("any field of the profile"))]})
        staged = StagedProfiles(source, Stage("import_profiles_raw", _RAW), Stage("import_profiles_good", _GOOD))
        try:
            self._read(staged, report)
            self._judge(staged, report)
        except BaseException:
            staged.close()
            raise
        return staged

    def _read(self, staged: StagedProfiles, report: Report) -> None:
        source, day = staged.source, today()
        judge = RowJudge(source, parsers(source.options), report)
        lines: dict[str, int] = {}
        for line, cells in source.rows:
            staged.rows += 1
            if staged.rows % 2_000 == 0:
                source.progress(staged.rows)
            given = judge.values(line, cells)
            if given is None:
                continue
            given = {name: value for name, value in given.items() if value not in (None, "")}
            plain = ["" if cell is None else str(cell) for cell in cells]
            if given["code"] in lines:
                first = {"first": lines[given["code"]]}
                report.refuse(line, source.column(CODE.name), given["code"], "duplicate_row", first, plain)
            elif given.get("noted_on", day) > day:
                report.refuse(line, source.column("noted_on"), given["noted_on"], "date_in_future", {}, plain)
            elif not given.keys() & FIELDS.keys():
                report.refuse(line, source.column(CODE.name), given["code"], "nothing_known", {}, plain)
            else:
                lines[given["code"]] = line
                if len(staged.sample) < SAMPLE_ROWS:
                    staged.sample.append(given)
                staged.raw.add((line, given["code"], pack(given), pack(plain)))
        staged.raw.flush()

    def _judge(self, staged: StagedProfiles, report: Report) -> None:
        """Lay the rows beside what is known, a page at a time: four queries a page."""
        statement = "SELECT line, code, given, cells FROM import_profiles_raw WHERE line > %s ORDER BY line LIMIT %s"
        by = staged.source.by
        for page in pages(statement):
            visible = Customer.objects.all() if by is None else Customer.objects.visible_to(by)
            there = {one.code: one for one in visible.filter(code__in=[row[1] for row in page])}
            known = _current([one.pk for one in there.values()])
            open_to = _sensitive_open_to(by, list(there.values()))
            for line, code, packed, cells in page:
                given, customer = unpack(packed), there.get(code)
                if customer is None:
                    name = staged.source.column(CODE.name)
                    report.refuse(line, name, code, "unknown_customer", {}, unpack_cells(cells))
                    continue
                closed = [name for name in given if name in FIELDS and FIELDS[name].sensitive]
                if closed and customer.pk not in open_to:
                    name = staged.source.column(closed[0])
                    report.refuse(line, name, "•••", "not_for_you", {}, unpack_cells(cells))
                    continue
                facts = _news(customer, given, known[customer.pk], by, staged.source.run)
                if not facts:
                    staged.unchanged += 1
                    continue
                seen = {one.field: known[customer.pk][one.field].pk for one in facts if one.field in known[customer.pk]}
                state = _UPDATED if seen else _CREATED
                staged.good.add((line, customer.pk, pack(seen), packed, state))
            staged.source.progress(staged.rows)
        staged.good.flush()

    def compare(self, staged: StagedProfiles) -> Counts:
        with connection.cursor() as cursor:
            cursor.execute("SELECT state, count(*) FROM import_profiles_good GROUP BY state")
            found = dict(cursor.fetchall())
        return Counts(staged.rows, found.get(_CREATED, 0), found.get(_UPDATED, 0), staged.unchanged)

    def write(self, staged: StagedProfiles) -> Counts:
        advisory_lock(_LOCK)
        counts, by = self.compare(staged), staged.source.by
        statement = (
            "SELECT line, customer_id, seen, given FROM import_profiles_good WHERE line > %s ORDER BY line LIMIT %s"
        )
        for page in pages(statement):
            ids = [row[1] for row in page]
            # The customer's row is the lock of its facts, here as for a single one.
            rows = {one.pk: one for one in Customer.objects.select_for_update().filter(pk__in=ids).order_by("pk")}
            known = _current(ids)
            facts: list[Fact] = []
            entries = []
            for _line, pk, seen, packed in page:
                if pk not in rows:
                    raise Stale
                news = _news(rows[pk], unpack(packed), known[pk], by, staged.source.run)
                if unpack(seen) != {one.field: known[pk][one.field].pk for one in news if one.field in known[pk]}:
                    raise Stale
                facts += news
                changes = {f"fact.{one.field}": told(one, known[pk].get(one.field)) for one in news}
                entries.append((rows[pk], changes))
            over = [
                known[one.customer_id][one.field].pk
                for one in facts
                if one.is_current and one.field in known[one.customer_id]
            ]
            Fact.objects.filter(pk__in=over).update(is_current=False)
            Fact.objects.bulk_create(facts, batch_size=500)
            record_many(action="fact.note", targets=entries, reason=staged.source.run.name, actor=by)
        return counts


def _current(ids: list[int]) -> dict[int, dict[str, Fact]]:
    found: dict[int, dict[str, Fact]] = defaultdict(dict)
    for one in Fact.objects.current().filter(customer_id__in=ids):
        found[one.customer_id][one.field] = one
    return found


def _sensitive_open_to(by, customers: list[Customer]) -> set[int]:
    """Of which of these customers a person may write sensitive facts: `may_reveal` for many. One query at most."""
    ids = {one.pk for one in customers}
    if by is None or by.role in (Role.ADMIN, Role.HEAD):
        return ids
    if by.role != Role.MANAGER:
        return set()
    held = dict(
        Responsibility.objects.in_force(today()).filter(customer_id__in=ids).values_list("customer_id", "user_id")
    )
    reach = reach_of(by)
    regional = {one.pk for one in customers if reach.everywhere or one.region_id in reach.region_ids}
    return {pk for pk in ids if (held[pk] == by.pk if pk in held else pk in regional)}


def _news(customer: Customer, given: dict[str, Any], known: dict[str, Fact], by, run: ImportRun) -> list[Fact]:
    """The facts a row adds; nothing of a field whose value in force is the same already."""
    noted = given.get("noted_on")
    day = datetime.date.fromisoformat(noted) if isinstance(noted, str) else noted or today()
    origin = Origin(given.get("source") or "import", given.get("told_by", ""), day)
    found = []
    for name in FIELDS:
        if name not in given:
            continue
        present = known.get(name)
        if present is not None and present.text == given[name]:
            continue
        fact = built(customer, FIELDS[name], given[name], origin, by)
        fact.run_id = run.pk
        fact.is_current = present is None or fact.noted_on >= present.noted_on
        found.append(fact)
    return found


def undo(*, run: ImportRun, by=None) -> dict[str, int]:
    """Take an import's facts away again; what was known before is in force again.

    In the caller's transaction. Raises ValidationError where a later fact has taken the place of one of these.
    """
    advisory_lock(_LOCK)
    mine = Fact.objects.filter(run_id=run.pk)
    refuse_beyond_reach(mine, "customer_id", by)
    list(
        Customer.objects.select_for_update().filter(pk__in=mine.values("customer_id")).order_by("pk").values_list("pk")
    )
    pairs = {(one.customer_id, one.field): one for one in mine}
    rivals = defaultdict(list)
    ids = {customer_id for customer_id, _field in pairs}
    for one in Fact.objects.filter(customer_id__in=ids).exclude(run_id=run.pk).order_by("noted_on", "pk"):
        if (one.customer_id, one.field) in pairs:
            rivals[one.customer_id, one.field].append(one)
    later = [pair for pair, fact in pairs.items() if any(one.pk > fact.pk for one in rivals[pair])]
    if later:
        names = (
            Customer.objects.filter(pk__in={pk for pk, _field in later}).order_by("code").values_list("code", flat=True)
        )
        raise ValidationError(
            _("Facts of this import were changed later (%(codes)s), so the import cannot be undone."),
            code="changed",
            params={"codes": ", ".join(list(names[:5])) + ("…" if len(names) > 5 else "")},
        )
    again = [rivals[pair][-1].pk for pair, fact in pairs.items() if fact.is_current and rivals[pair]]
    with lifted_for(connection, ["customers_fact"]):
        mine.delete()
        Fact.objects.filter(pk__in=again).update(is_current=True)
    customers = Customer.objects.in_bulk(ids)
    fields = defaultdict(list)
    for customer_id, name in pairs:
        fields[customer_id].append(name)
    record_many(
        action="fact.undo",
        targets=[(customers[pk], {"fields": sorted(names)}) for pk, names in fields.items()],
        reason=run.name,
        actor=by,
    )
    return {"removed": len(pairs), "restored": len(again)}


def _same_holds(run: ImportRun) -> bool:
    """Nothing was written after it, and no customer's code moved."""
    if Customer.objects.filter(updated_at__gte=run.finished_at).exists():
        return False
    return not Fact.objects.filter(created_at__gt=run.finished_at).exists()


PROFILES = ImportKind(
    code="profiles",
    label=gettext_lazy("Profiles"),
    fields=COLUMNS,
    importer=ProfileImporter(),
    undo=undo,
    dates=("noted_on", *(one.key for one in FIELDS.values() if one.form == "date")),
    same_holds=_same_holds,
    result_url="customers:list",
    icon="id",
)
