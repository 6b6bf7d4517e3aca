"""Importing people: upsert by customer, name and phone; every change audited and kept for the undo."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from crm.audit.actions import record_many
from crm.imports.kinds import SAMPLE_ROWS, Counts, ImportKind, Source, Stale
from crm.imports.models import ImportChange
from crm.imports.report import Report
from crm.imports.staging import advisory_lock
from crm.tables.messages import BadCell
from customers.people.actions import NOT_TOLD, PERSON, derive, discreet
from customers.people.columns import DATES, FIELDS, parsers
from customers.people.models import Person, PersonRole, StandsAs
from customers.people.planning import Plan, Planner, Somebody, as_json
from customers.people.undoing import undo
from customers.profile.judging import RowJudge
from customers.profile.models import Customer

PAGE = 2_000
_AT_ONCE = 500
LOCK = "imports.people"


@dataclass
class StagedPeople:
    source: Source
    planner: Planner
    rows: int = 0
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("created", "updated", "unchanged"), 0))
    sample: list[dict[str, Any]] = field(default_factory=list)

    def close(self) -> None:
        self.planner.everybody.clear()


class PeopleImporter:
    def stage(self, source: Source, report: Report) -> StagedPeople:
        staged = StagedPeople(source, Planner(source.by))
        judge = RowJudge(source, parsers(source.options), report)
        page: list[tuple[int, dict[str, Any], list]] = []
        for line, cells in source.rows:
            staged.rows += 1
            given = judge.values(line, cells)
            if given is not None and not given["name"]:
                report.refuse(line, source.column("name"), "", "required", {}, cells)
            elif given is not None:
                if len(staged.sample) < SAMPLE_ROWS:
                    staged.sample.append(_shown(given))
                page.append((line, given, cells))
            if len(page) >= PAGE:
                _lay(staged, page, report)
                page = []
                source.progress(staged.rows)
        _lay(staged, page, report)
        source.progress(staged.rows)
        return staged

    def compare(self, staged: StagedPeople) -> Counts:
        return Counts(staged.rows, **staged.counts)

    def write(self, staged: StagedPeople) -> Counts:
        advisory_lock(LOCK)
        planner = staged.planner
        _refuse_if_moved(planner)
        try:
            with transaction.atomic():
                _write(planner.everybody, staged.source)
        except IntegrityError as clash:
            raise Stale from clash
        return self.compare(staged)


def _lay(staged: StagedPeople, page: list, report: Report) -> None:
    if not page:
        return
    planner, source = staged.planner, staged.source
    planner.read(given for _line, given, _cells in page)
    for line, given, cells in page:
        try:
            staged.counts[planner.lay(line, given)] += 1
        except BadCell as bad:
            params = dict(bad.params)
            name = params.pop("field")
            report.refuse(line, source.column(name), given.get(name), bad.code, params, cells)
    planner.forget()


def _shown(given: dict[str, Any]) -> dict[str, Any]:
    """As the preview shows a row."""
    shown = dict(given)
    if given.get("role"):
        role, other = given["role"]
        shown["role"] = other or str(StandsAs(role).label)
    if given.get("birthday"):
        year, month, day = given["birthday"]
        shown["birthday"] = f"{year}-{month:02}-{day:02}" if year else f"{month:02}-{day:02}"
    return shown


# --- writing ----------------------------------------------------------------------------------------------------


def parts(rows: Sequence, size: int = _AT_ONCE) -> Iterator[Sequence]:
    for at in range(0, len(rows), size):
        yield rows[at : at + size]


def _refuse_if_moved(planner: Planner) -> None:
    """Stale if a person or role in the plan changed since, or if anybody new stands with a customer of the file."""
    there = [one for one in planner.everybody if one.person_id is not None]
    for some in parts(there):
        rows = Person.objects.select_for_update().filter(pk__in=[one.person_id for one in some]).order_by("pk")
        versions = dict(rows.values_list("pk", "version"))
        if any(versions.get(one.person_id) != one.version for one in some):
            raise Stale
    held = [plan for one in there for plan in one.roles if plan.role_id is not None]
    for some in parts(held):
        rows = PersonRole.objects.select_for_update().filter(pk__in=[plan.role_id for plan in some]).order_by("pk")
        versions = dict(rows.values_list("pk", "version"))
        if any(versions.get(plan.role_id) != plan.version for plan in some):
            raise Stale
    for some in parts(sorted(planner.customers)):
        if PersonRole.objects.filter(pk__gt=planner.last_role, customer_id__in=some).exists():
            raise Stale


def _write(everybody: Sequence[Somebody], source: Source) -> None:
    new = [one for one in everybody if one.person_id is None]
    old = [one for one in everybody if one.person_id is not None and one.changes]
    before = {id(one): _before(one) for one in everybody}
    changed = {id(one): one.changes for one in everybody}
    _write_people(new, old, source)
    plans = [(one, plan) for one in everybody for plan in one.roles if plan.changes]
    told = [(one, plan, plan.role_id is None, plan.changes) for one, plan in plans]
    _write_roles(plans)
    roles: dict[int, dict[str, Any]] = {id(one): {} for one in everybody}
    for one, plan, _is_new, changes in told:
        roles[id(one)][str(plan.role_id)] = as_json(changes)
    for some in parts(list(everybody)):
        ImportChange.objects.bulk_create(
            [
                ImportChange(
                    run=source.run,
                    object_id=one.person_id,
                    before=before[id(one)],
                    after={"person": as_json(changed[id(one)]), "roles": roles[id(one)]},
                )
                for one in some
            ]
        )
    _audit(new, old, changed, told, source)


def _before(one: Somebody) -> dict[str, Any] | None:
    if one.person_id is None:
        return None
    roles = {
        str(plan.role_id): as_json({name: plan.old[name] for name in plan.changes})
        for plan in one.roles
        if plan.role_id is not None and plan.changes
    }
    return {"person": as_json({name: one.old[name] for name in one.changes}), "roles": roles}


def _write_people(new: list[Somebody], old: list[Somebody], source: Source) -> None:
    for some in parts(new):
        rows = []
        for one in some:
            row = Person(**one.new, created_by=source.by)
            derive(row)
            rows.append(row)
        for one, row in zip(some, Person.objects.bulk_create(rows), strict=True):
            one.person_id = row.pk
    for some in parts(old):
        rows = Person.objects.in_bulk([one.person_id for one in some])
        for one in some:
            row = rows[one.person_id]
            for name, value in one.changes.items():
                setattr(row, name, value)
            derive(row)
            row.version += 1
        Person.objects.bulk_update(list(rows.values()), [*PERSON, "phone_digits", "search_text", "version"])


def _write_roles(plans: list[tuple[Somebody, Plan]]) -> None:
    held = [(one, plan) for one, plan in plans if plan.role_id is not None]
    back = [plan.role_id for _one, plan in held if plan.old["is_primary"] and not plan.new["is_primary"]]
    for ids in parts(back):  # first of all: no customer has two whom to call first, not for a moment
        PersonRole.objects.filter(pk__in=ids).update(is_primary=False)
    for some in parts(held):
        rows = PersonRole.objects.in_bulk([plan.role_id for _one, plan in some])
        for _one, plan in some:
            row = rows[plan.role_id]
            for name, value in plan.changes.items():
                setattr(row, name, value)
            row.version += 1
        PersonRole.objects.bulk_update(
            list(rows.values()), ["role", "role_other", "since", "until", "is_primary", "note", "version"]
        )
    for some in parts([(one, plan) for one, plan in plans if plan.role_id is None]):
        rows = [PersonRole(person_id=one.person_id, customer_id=plan.customer_id, **plan.new) for one, plan in some]
        for (_one, plan), row in zip(some, PersonRole.objects.bulk_create(rows), strict=True):
            plan.role_id = row.pk


def _audit(new, old, changed, told, source: Source) -> None:
    reason, by = source.run.name, source.by
    for action, some in (("person.create", new), ("person.change", old)):
        entries = []
        for one in some:
            pairs = {name: [one.old.get(name), value] for name, value in changed[id(one)].items()}
            pairs = {name: pair for name, pair in pairs.items() if pair[0] or pair[1] not in (None, "")}
            entries.append((Person(pk=one.person_id, name=one.new["name"]), discreet(pairs)))
        record_many(action=action, targets=entries, reason=reason, actor=by)
    names = {
        pk: name
        for ids in parts(sorted({plan.customer_id for _one, plan, _new, _changes in told}))
        for pk, name in Customer.objects.filter(pk__in=ids).values_list("pk", "name")
    }
    for is_new, action in ((True, "customer.person_add"), (False, "customer.person_change")):
        entries = []
        for one, plan, fresh, changes in told:
            if fresh is not is_new:
                continue
            changed_role: dict[str, list] = {"person": [None if fresh else one.new["name"], one.new["name"]]}
            for name, value in changes.items():
                was = plan.old.get(name)
                if value != was and not (fresh and value in (None, "", False)):
                    changed_role[name] = [was, value] if name != "note" else [None, NOT_TOLD]
            entries.append((Customer(pk=plan.customer_id, name=names[plan.customer_id]), changed_role))
        record_many(action=action, targets=entries, reason=reason, actor=by)


PEOPLE = ImportKind(
    code="people",
    label=_("People around customers"),
    fields=FIELDS,
    importer=PeopleImporter(),
    undo=undo,
    dates=DATES,
    result_url="customers:people",
    icon="users",
)
