"""Copies of what is erased: in the log, in imports and exports, in merges, jobs, saved answers and others' notes.

They are found by the rows they speak of and by the texts that tell who it is (names, numbers, addresses, long texts).
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Any
from xml.sax.saxutils import escape

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import connection, models
from django.db.models import Q

from crm.api.models import IdempotencyKey
from crm.appendonly import lifted_for
from crm.audit import redacting
from crm.audit.models import AuditEntry
from crm.audit.redacting import hidden, holding, holding_rows, masker, walked
from crm.exports.models import Export
from crm.imports.models import ImportChange, ImportRun
from crm.privacy import BLANK, CUSTOMER, KEEP, MARK, MASK, PERSON, Subject, Table, by_label, tables
from customers.duplicates.models import Merge, MergeStep
from customers.privacy.erasing import Going
from customers.privacy.subjects import OF_THE_OWNER
from customers.privacy.traces import import_changes, import_runs

_CHUNK = 1 << 20
_AT_ONCE = 300
# Traces that are cleared in a way of their own; all others by what is declared of their texts.
_OWN_WAY = (
    *("crm.AuditEntry", "crm.ImportRun", "crm.ImportChange", "crm.Export", "crm.IdempotencyKey", "crm.CacheEntry"),
    "customers.MergeStep",
)


def look_at_files(subject: Subject, needles: Sequence[str]) -> tuple[list[Export], list[ImportRun]]:
    """Kept files in which the subject stands: exports of the day, uploads and rejected rows. Reads them all.

    Uploads that brought rows of the subject go, whatever their texts look like.
    """
    exports = [one for one in Export.objects.exclude(file="") if _holds(one.file.name, needles)]
    brought = set(ImportRun.objects.filter(import_runs(subject)).values_list("pk", flat=True))
    kept = ImportRun.objects.exclude(file="", rejected_file="")
    runs = [
        one
        for one in kept
        if one.pk in brought or any(_holds(name, needles) for name in (one.file.name, one.rejected_file.name) if name)
    ]
    return exports, runs


def clear(subject: Subject, going: Going, exports: Sequence[Export], runs: Sequence[ImportRun]) -> None:
    """In the caller's transaction, after the rows themselves; names of files to delete are added to `going`."""
    needles = sorted(going.needles, key=len, reverse=True)
    mask = masker(needles)
    for export in exports:
        going.files.append(export.file.name)
    gone = [export.pk for export in exports]
    going.count("crm.Export", len(gone))
    Export.objects.filter(pk__in=gone).delete()
    _import_runs(subject, going, runs, needles)
    _images(subject, going)
    for one in tables():
        if one.trace and one.model not in _OWN_WAY:
            texts = [name for name, column in one.personal.items() if column.how == BLANK]
            _texts(one.table, texts, _documents(one), needles, mask, going)
    _texts(Export, ("name", "query"), (), needles, mask, going)
    keys = holding_rows("crm_idempotencykey", ("body", "headers", "key"), needles)
    going.count("crm.IdempotencyKey", len(keys))
    IdempotencyKey.objects.filter(pk__in=keys).delete()
    if subject.kind == PERSON:
        _mentions(subject, going, needles, mask)


def _import_runs(subject: Subject, going: Going, runs: Sequence[ImportRun], needles: Sequence[str]) -> None:
    mask = masker(needles)
    brought = set(ImportRun.objects.filter(import_runs(subject)).values_list("pk", flat=True))
    ids = brought | holding_rows("crm_importrun", ("name", "errors", "problem"), needles) | {one.pk for one in runs}
    files = {one.pk for one in runs}
    rows = list(ImportRun.objects.filter(pk__in=ids))
    for run in rows:
        if run.pk in files:
            going.files += [name for name in (run.file.name, run.rejected_file.name) if name]
            run.file, run.rejected_file = "", ""
        run.name, run.errors, run.problem = mask(run.name), walked(run.errors, mask), walked(run.problem, mask)
        if run.pk in brought:
            # The values refused are pieces of rows; what was wrong with them stays.
            run.errors = [{**one, "value": hidden(one.get("value", ""))} for one in run.errors if isinstance(one, dict)]
    ImportRun.objects.bulk_update(rows, ["file", "rejected_file", "name", "errors", "problem"], batch_size=_AT_ONCE)
    going.count("crm.ImportRun", len(rows))


def _texts(model, texts: Sequence[str], documents: Sequence[str], needles, mask, going: Going) -> None:
    ids = holding_rows(model._meta.db_table, (*texts, *documents), needles)
    rows = list(model._base_manager.filter(pk__in=ids))
    for row in rows:
        for name in texts:
            setattr(row, name, mask(getattr(row, name)))
        for name in documents:
            setattr(row, name, walked(getattr(row, name), mask))
    if rows:
        model._base_manager.bulk_update(rows, [*texts, *documents], batch_size=_AT_ONCE)
    going.count(model._meta.label, len(rows))


# --- rows as they were, kept for an undo ------------------------------------------------------------------------


def personal_names(label: str) -> set[str]:
    """Columns that an erasure changes, of a table (declared more than once, perhaps)."""
    return {
        name
        for one in tables()
        if one.model == label
        for name, column in one.personal.items()
        if column.how != KEEP and name not in ("erased_at", "expires_on")
    }


_IMPORTED = (
    "customers.Customer",
    "customers.Person",
    "customers.PersonRole",
    "customers.OpenItem",
    "customers.Payment",
)


def _images(subject: Subject, going: Going) -> None:
    names = set().union(*(personal_names(label) for label in _IMPORTED))
    where = import_changes(subject)
    rows = list(ImportChange.objects.filter(where))
    for row in rows:
        row.before, row.after = _without(row.before, names), _without(row.after, names)
    ImportChange.objects.bulk_update(rows, ["before", "after"], batch_size=_AT_ONCE)
    going.count("crm.ImportChange", len(rows))
    merges = Merge.objects.filter(Q(survivor_id__in=subject.near) | Q(loser_id__in=subject.near))
    steps = []
    for step in MergeStep.objects.filter(merge__in=merges).iterator():
        if _concerns(subject, step):
            drop = personal_names(step.table)
            step.before, step.after = _without(step.before, drop), _without(step.after, drop)
            steps.append(step)
    MergeStep.objects.bulk_update(steps, ["before", "after"], batch_size=_AT_ONCE)
    going.count("customers.MergeStep", len(steps))


def _concerns(subject: Subject, step: MergeStep) -> bool:
    image = step.after or step.before or {}
    if step.table == "customers.Customer":
        return image.get("id") in subject.customers
    if step.table == "customers.Fact" and subject.kind == PERSON:
        owned = {customer for customer, _since, _until in subject.owned}
        return image.get("customer_id") in owned and image.get("field") in OF_THE_OWNER
    people = {value for name, value in image.items() if name in ("person_id", "start_person_id", "end_person_id")}
    if step.table == "customers.Person":
        people.add(image.get("id"))
    customers = {value for name, value in image.items() if name.endswith("customer_id") or name in _OWNERS}
    return bool(people & subject.persons) or bool(customers & subject.customers)


_OWNERS = ("first_id", "second_id", "survivor_id")


def _without(document: Any, names: set[str]) -> Any:
    """The values under these names hidden, however deep."""
    if isinstance(document, dict):
        return {key: hidden(one) if key in names else _without(one, names) for key, one in document.items()}
    if isinstance(document, list):
        return [_without(one, names) for one in document]
    return document


# --- what other rows say of a person ------------------------------------------------------------------------------


def _mentions(subject: Subject, going: Going, needles: Sequence[str], mask) -> None:
    """Notes about the customers a person stood with: the person's name and numbers in them become •••."""
    shortest = sorted(needles, key=len)[:100]  # names and numbers come first; SQLite takes no endless condition
    around = Subject(kind=CUSTOMER, id=0, customers=subject.near, near=subject.near)
    for one in tables():
        where = None if one.trace else one.rows(around)
        texts, documents = _free(one), _documents(one)
        if where is None or not (texts or documents) or one.model == "customers.Person" or not subject.near:
            continue
        said = Q()
        for name in texts:
            for needle in shortest:
                said |= Q(**{f"{name}__contains": needle})
        found = one.table._base_manager.filter(where)
        rows = []
        for row in found if documents else found.filter(said) if said else []:
            new = {name: mask(getattr(row, name)) for name in texts}
            new |= {name: walked(getattr(row, name), mask) for name in documents}
            if any(getattr(row, name) != value for name, value in new.items()):
                for name, value in new.items():
                    setattr(row, name, value)
                rows.append(row)
        if rows:
            guarded = [one.table._meta.db_table] if one.guarded else []
            with lifted_for(connection, guarded, ("update",)):
                one.table._base_manager.bulk_update(rows, [*texts, *documents], batch_size=_AT_ONCE)
            going.count(one.model, len(rows))


def _documents(one: Table) -> list[str]:
    return [
        name
        for name, column in one.personal.items()
        if column.how == MASK or isinstance(one.table._meta.get_field(name), models.JSONField)
    ]


def _free(one: Table) -> list[str]:
    fields = {each.name: each for each in one.table._meta.concrete_fields}
    return [
        name
        for name, column in one.personal.items()
        if column.how in (BLANK, MARK)
        and column.names
        and isinstance(fields[name], models.CharField | models.TextField)
        and not (one.model == "customers.Fact" and name == "value")
    ]


# --- the log ------------------------------------------------------------------------------------------------------

# Told in the log of the customer.
_NOT_LOGGED = ("customers.Customer", "customers.Person", "customers.Fact", "customers.SearchEntry")
_SAID = {"trait", "score", "field", "fact", "batch", "entries"}


def clear_log(subject: Subject, going: Going, own: Q, *, actor=None) -> None:
    """own: `log_of` the subject as it was before its rows went. The last thing of all: whoever writes waits for the log
    from here to the end of the transaction.
    """
    needles = sorted(going.needles, key=len, reverse=True)
    mask = masker(needles)
    holds = holding(needles) if needles else set()
    changes = []
    safe: dict[str, set[str]] = {}
    about = {str(pk) for pk in subject.customers}, {str(pk) for pk in subject.persons}
    rows = {label.lower(): {str(pk) for pk in ids} for label, ids in going.rows.items() if label not in _NOT_LOGGED}
    for label, ids in rows.items():
        own |= Q(model=label, object_id__in=ids)
    for entry in redacting.entries(own, holds):
        new: dict[str, Any] = {
            "object_name": mask(entry.object_name),
            "changes": walked(entry.changes, mask),
            "reason": mask(entry.reason),
        }
        if _is_own(entry, about, subject) or entry.object_id in rows.get(entry.model, ()):
            keep = safe.setdefault(entry.model, _safe(entry.model)) | _SAID
            new["changes"] = {key: one if key in keep else hidden(one) for key, one in new["changes"].items()}
            new["reason"] = hidden(new["reason"]) if new["reason"] else ""
            new["object_name"] = hidden(new["object_name"]) if new["object_name"] else ""
        elif entry.action == "fact.note":  # of the owner, in the log of the customer
            owners = {f"fact.{name}" for name in OF_THE_OWNER}
            new["changes"] = {key: hidden(one) if key in owners else one for key, one in new["changes"].items()}
        changes.append((entry, new))
    going.count("crm.AuditEntry", redacting.redact(changes, actor=actor))


def _is_own(entry: AuditEntry, about: tuple[set[str], set[str]], subject: Subject) -> bool:
    if entry.model == "customers.customer":
        return entry.object_id in about[0]
    if entry.model == "customers.person":
        return entry.object_id in about[1]
    return entry.model in ("customers.personrole", "customers.relation") and bool(subject.persons or subject.customers)


def _safe(label: str) -> set[str]:
    """Fields of a table that an erasure leaves as they are."""
    by_lower = {model.lower(): model for model in by_label()}
    if label not in by_lower:
        return set()
    drop = personal_names(by_lower[label])
    return {each.name for each in by_label()[by_lower[label]].table._meta.concrete_fields} - drop - {"upstream"}


# --- files --------------------------------------------------------------------------------------------------------


def delete_files(names: Iterable[str]) -> None:
    """After the commit. What is gone already is no error."""
    for name in names:
        default_storage.delete(name)


def empty_cache() -> None:
    cache.clear()


def _holds(name: str, needles: Sequence[str]) -> bool:
    """Whether a kept file holds one of these texts, in any encoding that is read or written here."""
    if not needles:
        return False
    try:
        with default_storage.open(name, "rb") as handle:
            if handle.read(2) == b"PK":
                return _zip_holds(handle, needles)
            handle.seek(0)
            return _stream_holds(handle, needles, _spelled(needles))
    except FileNotFoundError:
        return False


def _spelled(needles: Sequence[str]) -> list[bytes]:
    found: set[bytes] = set()
    for needle in needles:
        for text in {needle, escape(needle), redacting.as_json(needle, ascii_only=True)}:
            for encoding in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"):
                found.add(text.encode(encoding, "replace"))
    return sorted(found, key=len)


def _zip_holds(handle: IO[bytes], needles: Sequence[str]) -> bool:
    spelled = _spelled(needles)
    try:
        handle.seek(0)
        with zipfile.ZipFile(handle) as book:
            for part in book.namelist():
                with book.open(part) as inside:
                    if _stream_holds(inside, needles, spelled):
                        return True
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return True  # what cannot be looked into is not kept
    return False


def _stream_holds(handle: IO[bytes], needles: Sequence[str], spelled: list[bytes]) -> bool:
    most, tail = len(spelled[-1]), b""
    while chunk := handle.read(_CHUNK):
        block = tail + chunk
        if any(one in block for one in spelled):
            return True
        tail = block[-most:]
    return False


def facts_in_merges(ids: set[int]) -> Iterator[MergeStep]:
    """Steps of merges that keep a copy of these facts, with the value taken out."""
    drop = personal_names("customers.Fact")
    for step in MergeStep.objects.filter(table="customers.Fact").iterator():
        image = step.after or step.before or {}
        if image.get("id") in ids:
            step.before, step.after = _without(step.before, drop), _without(step.after, drop)
            yield step
