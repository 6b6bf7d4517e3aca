"""Making the files, and taking them away after a day."""

from __future__ import annotations

import os
import tempfile

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import QueryDict
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now
from crm.exports.actions import KEPT
from crm.exports.kinds import FileKind, registry
from crm.exports.models import Export, export_path
from crm.exports.writer import WRITERS, TooLong
from crm.jobs.kinds import JobKind
from crm.jobs.runner import Refused

FOLDER = "exports"


def make(ctx) -> dict | None:
    """Write the file in a temporary place, then keep it and say 'done' in one transaction.

    Rights are looked at now, not when it was asked: the person is read anew, and rows begin with `visible_to`.
    """
    export = Export.objects.filter(pk=ctx.input["export"]).first()
    person = User.objects.filter(pk=export.asked_by_id, is_active=True).first() if export else None
    kind = registry().get(export.kind) if export else None
    if export is None or person is None or kind is None or export.expires_at <= now():
        raise Refused(_("This export is no longer wanted."))
    if export.file:
        return {"export": export.pk, "rows": export.rows}
    handle, path = tempfile.mkstemp(prefix="export-")
    os.close(handle)
    try:
        with translation.override(export.language or None):
            rows = _write(ctx, export, kind, person, path)
        _keep(ctx, export, path, rows)
    finally:
        os.unlink(path)
    return None


def _write(ctx, export, kind, person, path) -> int:
    if isinstance(kind, FileKind):
        return kind.write(export, person, path, ctx)
    params = QueryDict(export.query)
    export.rights = kind.rights(person)
    total = kind.count(person, params)
    ctx.progress(0, total)
    columns = kind.columns(person, params)
    try:
        return WRITERS[export.format](path, columns, kind.rows(person, params), lambda done: ctx.progress(done, total))
    except TooLong as error:
        raise Refused(_("A sheet holds 1,048,575 rows at most; ask for CSV instead.")) from error


def _keep(ctx, export, path, rows) -> None:
    with open(path, "rb") as made:
        name = default_storage.save(export_path(export, export.name), File(made))
    try:
        with ctx.effect() as effect:
            export.file, export.rows = name, rows
            export.save(update_fields=["file", "rows", "rights"])
            effect.result = {"export": export.pk, "rows": rows}
            ctx.total = ctx.done = rows
    except BaseException:
        default_storage.delete(name)
        raise


def purge(ctx=None) -> dict:
    """Take away files whose day is over, and those that a crash left behind without a row."""
    over = list(Export.objects.filter(expires_at__lte=now()))
    for export in over:
        if export.file:
            default_storage.delete(export.file.name)
    Export.objects.filter(pk__in=[export.pk for export in over]).delete()
    for export in over:
        record(action="export.expire", reason=export.name)
    return {"purged": len(over), "orphans": _orphans()}


def _orphans() -> int:
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return 0
    kept = set(Export.objects.exclude(file="").values_list("file", flat=True))
    gone = 0
    for name in names:
        path = f"{FOLDER}/{name}"
        if path not in kept and default_storage.get_modified_time(path) < now() - KEPT:
            default_storage.delete(path)
            gone += 1
    return gone


MAKE = JobKind(
    code="exports.make",
    label=gettext_lazy("Make a file"),
    handler=make,
    result_url=lambda job: reverse("crm:exports"),
)
PURGE = JobKind(code="exports.purge", label=gettext_lazy("Delete exports older than a day"), handler=purge)
