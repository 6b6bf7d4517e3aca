"""What people, programs and commands do with files: upload, name the columns, check, start, undo."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Callable
from functools import partial as partial_of
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm import scanning
from crm.audit.actions import record
from crm.clock import now
from crm.imports.kinds import registry
from crm.imports.models import ImportRun
from crm.imports.opening import DATE_ORDERS
from crm.imports.processing import process, saved_nowhere, saved_with_its_effect
from crm.jobs.actions import enqueue

State = ImportRun.State
OPEN_STATES = (State.UPLOADED, State.MAPPING, State.CHECKED, State.REFUSED, State.UNUSABLE)
BUSY_STATES = (State.CHECKING, State.RUNNING)


def clean_name(name: str) -> str:
    """The uploader's word for the file, for showing only: no folders, no control characters, at most 200."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(char for char in last if unicodedata.category(char) not in ("Cc", "Cf", "Cs", "Co"))
    return kept.strip()[-200:] or "file"


def upload(
    *,
    kind: str,
    file,
    name: str,
    by,
    via: str = "page",
    partial: bool = False,
    options=None,
    then: Callable[..., ImportRun] | None = None,
) -> ImportRun:
    """Keep an uploaded file (anything with `chunks()`), unread. Raises ValidationError keyed by field.

    then: `check` or `start`, asked for in the transaction that keeps the file. What the virus scanner does not let
    through is refused before that transaction begins, so that the log keeps what was found.
    """
    if kind not in registry():
        raise ValidationError({"kind": _("Choose what the file holds.")})
    options = _checked_options(options or {})
    size, digest = 0, hashlib.sha256()
    for chunk in file.chunks():
        size += len(chunk)
        digest.update(chunk)
        if size > settings.IMPORT_MAX_BYTES:
            most = filesizeformat(settings.IMPORT_MAX_BYTES)
            raise ValidationError({"file": _("The file is larger than %(most)s.") % {"most": most}}, code="too_large")
    if not size:
        raise ValidationError({"file": _("The file is empty.")}, code="empty")
    run = ImportRun(
        kind=kind,
        name=clean_name(name),
        size=size,
        sha256=digest.hexdigest(),
        asked_by=by,
        via=via,
        partial=partial,
        options=options,
    )
    _scan(file, run.name, by)
    file.seek(0)
    with transaction.atomic():
        run.file.save("upload", file, save=False)
        run.save()
        record(action="import.upload", target=run, actor=by, changes={"kind": kind, "size": size, "sha256": run.sha256})
        return then(run=run, by=by) if then else run


def _scan(file, name: str, by) -> None:
    try:
        scanning.scan(file)
    except scanning.Infected as found:
        record(action="import.refuse", changes={"file": [None, name]}, reason=found.name, actor=by)
        raise _unkept("infected", name=found.name) from found
    except scanning.Unreachable as error:
        raise _unkept("unscanned") from error


def _unkept(code: str, **params) -> ValidationError:
    return ValidationError({"file": ValidationError(scanning.REFUSALS[code], code=code, params=params)})


@transaction.atomic
def map_columns(*, run: ImportRun, by, mapping: dict[str, int], options: dict | None = None) -> ImportRun:
    """Say which column is which (`{field name: column index}`), remembered for this header; then check again."""
    run = _held(run)
    _must_be(run, OPEN_STATES)
    width = len(run.shape.get("header", []))
    fields = {known.name: known for known in registry()[run.kind].fields}
    taken: dict[int, str] = {}
    for name, index in mapping.items():
        if name not in fields or type(index) is not int or not 0 <= index < width:
            raise ValidationError({name: _("Choose a column of the file.")})
        if index in taken:
            raise ValidationError({name: _("This column is taken already: a column can be one thing only.")})
        taken[index] = name
    lacking = {
        name: _("The import needs this column.")
        for name, known in fields.items()
        if known.required and name not in mapping
    }
    if lacking:
        raise ValidationError(lacking)
    record(
        action="import.map",
        target=run,
        actor=by,
        changes={"mapping": [_columns(run.shape, run.mapping), _columns(run.shape, mapping)]},
    )
    run.mapping = mapping
    run.options = {**run.options, **_checked_options(options or {}), "by_hand": True}
    run.save(update_fields=["mapping", "options"])
    return check(run=run, by=by)


def _columns(shape: dict[str, Any], mapping: dict[str, int]) -> str:
    """`field = column`, in the order of the file."""
    header = shape.get("header", [])
    by_place = sorted(mapping.items(), key=lambda pair: pair[1])
    return "; ".join(f"{name} = {str(header[at])[:40] if at < len(header) else at + 1}" for name, at in by_place)


@transaction.atomic
def check(*, run: ImportRun, by) -> ImportRun:
    """Ask for a check as a job: the file is read and judged, nothing of it is written."""
    run = _held(run)
    _must_be(run, OPEN_STATES)
    return _enqueue(run, by, "imports.check", State.CHECKING, _("Check %(file)s") % {"file": run.name})


@transaction.atomic
def start(*, run: ImportRun, by, partial: bool | None = None) -> ImportRun:
    """Ask for the import as a job. partial: take the good rows although others are refused."""
    run = _held(run)
    _must_be(run, OPEN_STATES)
    if run.state in (State.MAPPING, State.UNUSABLE):
        raise ValidationError(_("The file cannot be imported as it is."), code="state")
    if partial is not None:
        run.partial = partial
    if run.state in (State.CHECKED, State.REFUSED) and run.rejected and not run.partial:
        text = ngettext(
            "%(n)d row is refused. Mend it, or import the good rows only.",
            "%(n)d rows are refused. Mend them, or import the good rows only.",
            run.rejected,
        )
        raise ValidationError(text % {"n": run.rejected}, code="rejected")
    run.save(update_fields=["partial"])
    record(action="import.start", target=run, actor=by, changes={"partial": run.partial})
    return _enqueue(run, by, "imports.run", State.RUNNING, _("Import %(file)s") % {"file": run.name})


@transaction.atomic
def ask_undo(*, run: ImportRun, by) -> ImportRun:
    """Ask for the undo as a job; whether something stands on the import is found there."""
    run = _held(run)
    _must_be_done(run)
    if run.job is not None and run.job.is_active:
        raise ValidationError(_("A job is at work on this import already."), code="busy")
    run.job = enqueue(
        kind="imports.undo",
        input={"run": run.pk},
        asked_by=by,
        title=_("Undo import of %(file)s") % {"file": run.name},
    )
    run.save(update_fields=["job"])
    record(action="import.ask_undo", target=run, actor=by)
    return run


@transaction.atomic
def undo(*, run: ImportRun, by=None, tell: Callable[[int, int], None] = lambda done, total: None) -> dict[str, int]:
    """Bring back exactly what was before; returns {"removed": n, "restored": n}.

    tell(steps done, steps in all) may raise to stop it. Raises ValidationError if a later import, or anything else,
    stands on this one; then nothing changes.
    """
    run = _held(run)
    _must_be_done(run)
    kind = registry()[run.kind]
    tell(0, 2)
    brought = kind.undo(run=run, by=by)
    tell(1, 2)
    run.state, run.undone_at, run.undone_by = State.UNDONE, now(), by
    run.save(update_fields=["state", "undone_at", "undone_by"])
    record(action="import.undo", target=run, actor=by, changes=brought)
    kind.after(run)
    tell(2, 2)
    return brought


def import_file(
    *,
    kind: str,
    path: Path | str,
    by=None,
    partial: bool = False,
    dry_run: bool = False,
    via: str = "command",
    options: dict | None = None,
    progress: Callable[..., None] | None = None,
) -> ImportRun:
    """Read a file where it lies and import it here and now, in one short transaction; for commands, demo and tests.

    by=None is the system: everything is in reach. Returns the run as it ended: DONE, CHECKED (dry run), REFUSED
    (rows refused and not partial), MAPPING (columns unclear) or UNUSABLE. Raises OSError if it cannot be read.
    The run comes into being together with its effect, so that a process killed on the way leaves no trace. Of a dry run
    it never does: it is returned unsaved, and `forget` takes away its file of refused rows.
    """
    path = Path(path)
    size, digest = 0, hashlib.sha256()
    with path.open("rb") as handle:
        while chunk := handle.read(1 << 20):
            size += len(chunk)
            digest.update(chunk)
    run = ImportRun(
        kind=registry()[kind].code,
        name=clean_name(path.name),
        size=size,
        sha256=digest.hexdigest(),
        asked_by=by,
        via=via,
        partial=partial,
        options=_checked_options(options or {}),
        state=State.CHECKING if dry_run else State.RUNNING,
    )
    effect = partial_of(saved_nowhere if dry_run else saved_with_its_effect, run)
    return process(run, path, dry_run=dry_run, effect=effect, **({"progress": progress} if progress else {}))


def forget(run: ImportRun) -> None:
    """Take away what a dry run kept for its caller to read."""
    if run.rejected_file:
        run.rejected_file.delete(save=False)


def _checked_options(options: dict[str, Any]) -> dict[str, Any]:
    order = options.get("date_order") or ""
    if not order:
        return {}
    if order not in DATE_ORDERS:
        raise ValidationError({"date_order": _("Choose the order in which the dates are written.")})
    return {"date_order": order}


def _held(run: ImportRun) -> ImportRun:
    """The row as it is now, locked until the transaction ends (SQLite: the transaction itself is the lock).

    Read after the lock, not with it: whoever waited for the lock would be given the job as it was before the wait.
    """
    ImportRun.objects.select_for_update().only("pk").get(pk=run.pk)
    return ImportRun.objects.select_related("job", "asked_by").get(pk=run.pk)


def _must_be(run: ImportRun, states) -> None:
    stuck = run.state in BUSY_STATES and not (run.job is not None and run.job.is_active)
    if run.state in states or stuck:
        return
    if run.state in BUSY_STATES:
        raise ValidationError(_("A job is at work on this import already."), code="busy")
    raise ValidationError(_("This import has been written already."), code="state")


def _must_be_done(run: ImportRun) -> None:
    if run.state == State.UNDONE:
        raise ValidationError(_("This import has been undone already."), code="state")
    if run.state != State.DONE:
        raise ValidationError(_("Only an import that was written can be undone."), code="state")


def _enqueue(run: ImportRun, by, kind: str, state: str, title: str) -> ImportRun:
    if not run.file:
        raise ValidationError(_("The file of this import was not kept; upload it again."), code="file")
    before = State.UPLOADED if run.state in BUSY_STATES else run.state
    run.job = enqueue(kind=kind, input={"run": run.pk, "before": before}, asked_by=by, title=title)
    run.state = state
    run.save(update_fields=["state", "job"])
    return run
