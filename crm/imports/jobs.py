"""The jobs of imports: check, run, undo. Each is one effect, so running it twice changes nothing more."""

from __future__ import annotations

import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from crm.imports import actions
from crm.imports.models import ImportRun
from crm.imports.processing import process
from crm.jobs.context import JobContext, Stopped
from crm.jobs.kinds import JobKind
from crm.jobs.runner import Refused

State = ImportRun.State


def _run_of(ctx: JobContext) -> ImportRun:
    run = ImportRun.objects.select_related("asked_by").filter(pk=ctx.input["run"]).first()
    if run is None:
        raise Refused(_("The import is not there any more."))
    return run


def _still_allowed(ctx: JobContext) -> None:
    """Rights are read again when the work is done, not when it was asked for."""
    if ctx.asked_by is not None and not ctx.asked_by.may_write:
        raise Refused(_("You may read, not change."))


@contextmanager
def local_path(run: ImportRun):
    """The upload as a file of this machine, wherever uploads are kept."""
    if not run.file or not run.file.storage.exists(run.file.name):
        raise Refused(_("The file of this import was not kept; upload it again."))
    try:
        yield Path(run.file.path)
    except NotImplementedError:
        with tempfile.NamedTemporaryFile(prefix="qiao-import-") as copy, run.file.open("rb") as source:
            shutil.copyfileobj(source, copy, 1 << 20)
            copy.flush()
            yield Path(copy.name)


def check(ctx: JobContext) -> dict:
    return _read(ctx, dry_run=True)


def run(ctx: JobContext) -> dict:
    return _read(ctx, dry_run=False)


def _read(ctx: JobContext, *, dry_run: bool) -> dict:
    found = _run_of(ctx)
    if found.job_id != ctx.job.pk or found.state in (State.DONE, State.UNDONE):
        return {"run": found.pk, "state": found.state}  # it took effect before, or another job has it since
    _still_allowed(ctx)
    busy = State.CHECKING if dry_run else State.RUNNING
    ImportRun.objects.filter(pk=found.pk).update(state=busy)
    try:
        with local_path(found) as path, override(getattr(ctx.asked_by, "language", "") or None):
            process(found, path, dry_run=dry_run, progress=ctx.progress, effect=ctx.effect)
    except Stopped:
        before = ctx.input.get("before", State.UPLOADED)
        ImportRun.objects.filter(pk=found.pk, job=ctx.job, state=busy).update(state=before)
        raise
    return {"run": found.pk, "state": found.state}


def undo(ctx: JobContext) -> dict:
    found = _run_of(ctx)
    if found.state == State.UNDONE:
        return {"run": found.pk, "state": found.state}
    _still_allowed(ctx)
    with ctx.effect() as outcome:
        brought = actions.undo(run=found, by=ctx.asked_by, tell=ctx.progress)
        outcome.result = {"run": found.pk, "state": State.UNDONE, **brought}
    return outcome.result


def _page(job) -> str:
    return reverse("crm:import-detail", args=[job.input["run"]])


CHECK = JobKind(code="imports.check", label=gettext_lazy("check of a file"), handler=check, result_url=_page)
RUN = JobKind(code="imports.run", label=gettext_lazy("import"), handler=run, result_url=_page)
UNDO = JobKind(code="imports.undo", label=gettext_lazy("undo of an import"), handler=undo, result_url=_page)
