"""One file from its bytes to its effect: open, stage, then compare or write. Jobs and commands both come through here.

Everything that lasts is written in one transaction, which the caller provides as `effect` (a job's also marks the job
done), so a process killed at any moment leaves either all of it or nothing.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import connection, transaction

from crm.audit.actions import plain, record
from crm.clock import now
from crm.imports.kinds import Counts, ImportKind, Source, Stale, registry
from crm.imports.models import ColumnMapping, ImportRun
from crm.imports.opening import Opened, Undecided, open_file
from crm.imports.report import Report, plain_params
from crm.tables.headers import header_hash
from crm.tables.messages import Unusable
from crm.tables.reader import read_rows

_TRIES = 3


@dataclass
class Outcome:
    result: dict | None = None


@contextmanager
def _plain_effect():
    with transaction.atomic():
        yield Outcome()


@contextmanager
def saved_with_its_effect(run: ImportRun):
    """The effect of a run that is not in the database yet: both come into being, or neither."""
    try:
        with transaction.atomic():
            run.save(force_insert=True)
            yield Outcome()
    except BaseException:
        run.pk, run._state.adding = None, True
        raise


@contextmanager
def saved_nowhere(run: ImportRun):
    """The effect of a run that only looks."""
    yield Outcome()


def _ignore(done: int, total: int | None = None, message: str = "") -> None:
    return None


def process(
    run: ImportRun,
    path: Path,
    *,
    dry_run: bool,
    progress: Callable[..., None] = _ignore,
    effect: Callable[[], Any] = _plain_effect,
) -> ImportRun:
    """Bring a run to CHECKED (dry_run), DONE, REFUSED, MAPPING or UNUSABLE, and save it."""
    began = time.monotonic()
    kind = registry()[run.kind]
    try:
        return _process(run, kind, path, dry_run, progress, effect, began)
    except Unusable as reason:
        values = {
            "state": ImportRun.State.UNUSABLE,
            "problem": {"code": reason.code, "params": plain_params(reason.params)},
        }
        return _save(run, effect, began, values | _nothing())
    except Undecided as question:
        values = {
            "state": ImportRun.State.MAPPING,
            "shape": question.shape.to_json(),
            "mapping": question.mapping,
        }
        asked = {
            "columns": question.columns,
            "missing": [known.name for known in question.missing],
            "dates": question.dates,
        }
        return _save(run, effect, began, values | _nothing(), asked)


def _process(run, kind: ImportKind, path, dry_run, progress, effect, began) -> ImportRun:
    opened = open_file(run, kind, path)
    settled: dict[str, Any] = {
        "shape": opened.shape.to_json(),
        "mapping": opened.mapping,
        "options": opened.options,
        "problem": {},
    }
    if not dry_run and (twin := _twin(run, opened)) is not None:
        settled |= {"state": ImportRun.State.DONE, **_nothing(), "rows": twin.rows, "unchanged": twin.rows}
        return _save(run, effect, began, settled)
    progress(0, _expected_rows(run, path, opened))
    for attempt in range(1, _TRIES + 1):
        with _spool() as spool:
            report = Report(opened.shape.header, spool)
            source = Source(
                run=run,
                rows=read_rows(path, opened.shape),
                header=opened.shape.header,
                mapping=opened.mapping,
                options=opened.options,
                by=run.asked_by,
                partial=run.partial,
                progress=progress,
                again=lambda: read_rows(path, opened.shape),
            )
            try:
                return _stage_and_end(run, kind, source, report, dry_run, effect, began, settled)
            except Stale:
                if attempt == _TRIES:
                    raise
    raise AssertionError("unreachable")


def _stage_and_end(run, kind: ImportKind, source: Source, report: Report, dry_run, effect, began, settled) -> ImportRun:
    try:
        with _roomy(connection):
            staged = kind.importer.stage(source, report)
    finally:
        report.close()
    try:
        refused = report.rejected > 0 and not run.partial and not dry_run
        values = settled | {"rejected": report.rejected, "errors": report.errors}
        counts, write = Counts(), False
        if dry_run:
            counts = kind.importer.compare(staged)
            values["state"] = ImportRun.State.CHECKED
        elif refused:
            values["state"] = ImportRun.State.REFUSED
        else:
            values["state"], write = ImportRun.State.DONE, True
        with _kept(report) as rejected_file, effect() as outcome:
            if write:
                counts = kind.importer.write(staged)
                _remember(run, kind, source)
            values |= asdict(counts) | {"rows": staged.rows, "rejected_file": rejected_file}
            _store(run, began, values)
            outcome.result = {"run": run.pk, "state": run.state, "sample": _shown(staged.sample)}
            if write:
                record(action="import.done", target=run, actor=run.asked_by, changes=_tally(run))
                kind.after(run)
        return run
    finally:
        staged.close()


def _twin(run: ImportRun, opened: Opened) -> ImportRun | None:
    """A standing run of the same bytes, read the same way for the same person, on which nothing has come since."""
    same = ImportRun.objects.standing().filter(
        kind=run.kind, sha256=run.sha256, asked_by=run.asked_by_id, rejected=0, finished_at__isnull=False
    )
    twin = same.order_by("-pk").first()
    if twin is None or twin.mapping != opened.mapping or twin.options != opened.options:
        return None
    others = ImportRun.objects.filter(kind=run.kind).exclude(pk=twin.pk)
    effective = others.filter(state=ImportRun.State.DONE, finished_at__gte=twin.finished_at).exclude(
        created=0, updated=0
    )
    undone = others.filter(state=ImportRun.State.UNDONE, undone_at__gte=twin.finished_at)
    if effective.exists() or undone.exists():
        return None
    return twin if registry()[run.kind].same_holds(twin) else None


def _expected_rows(run: ImportRun, path: Path, opened: Opened) -> int:
    """About how many rows will come, for the bar; 0 if only reading tells."""
    if run.rows:
        return run.rows
    if opened.shape.format != "csv" or opened.shape.gzipped:
        return 0
    lines = 0
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            lines += chunk.count(b"\n")
    return max(0, lines - opened.shape.header_row)


@contextmanager
def _spool():
    with tempfile.TemporaryDirectory(prefix="qiao-import-") as folder:
        yield Path(folder) / "rejected"


@contextmanager
def _kept(report: Report):
    """The spool, kept among the uploads; thrown away again if what follows fails. Yields its name, or ''."""
    if not report.rejected or report.spool is None or not report.spool.exists():
        yield ""
        return
    with report.spool.open("rb") as handle:
        name = default_storage.save(ImportRun.rejected_file.field.generate_filename(None, "rejected"), File(handle))
    try:
        yield name
    except BaseException:
        with suppress(OSError):
            default_storage.delete(name)
        raise


@contextmanager
def _roomy(connection):
    """Let SQLite keep a large stage in a file instead of in memory; impossible (and needless) inside a transaction."""
    if connection.vendor != "sqlite" or connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA temp_store=FILE")
        cursor.execute("PRAGMA temp.cache_size=-65536")
    yield


def _remember(run: ImportRun, kind: ImportKind, source: Source) -> None:
    """Keep how this header was read, if a person had to say so."""
    if not run.options.get("by_hand"):
        return
    ColumnMapping.objects.update_or_create(
        kind=kind.code,
        header_hash=header_hash(source.header),
        defaults={
            "mapping": source.mapping,
            "options": {"date_order": source.options.get("date_order", "ymd")},
            "owner": run.asked_by,
        },
    )


def _shown(sample: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: plain(value) for name, value in row.items()} for row in sample]


def _tally(run: ImportRun) -> dict[str, int]:
    return {name: getattr(run, name) for name in ("rows", "created", "updated", "unchanged", "rejected")}


def _nothing() -> dict[str, Any]:
    return {
        "rows": 0,
        "created": 0,
        "updated": 0,
        "unchanged": 0,
        "rejected": 0,
        "errors": [],
        "rejected_file": "",
    }


def _save(run: ImportRun, effect, began: float, values: dict, asked: dict | None = None) -> ImportRun:
    with effect() as outcome:
        _store(run, began, values)
        outcome.result = {"run": run.pk, "state": run.state, **(asked or {})}
        if run.state == ImportRun.State.DONE:
            record(action="import.done", target=run, actor=run.asked_by, changes=_tally(run))
    return run


def _store(run: ImportRun, began: float, values: dict) -> None:
    for name, value in values.items():
        setattr(run, name, value)
    run.finished_at = now()
    run.seconds = round(time.monotonic() - began, 3)
    if run.pk is None:
        return
    run.save(update_fields=[*values, "finished_at", "seconds"])
