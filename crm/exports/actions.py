"""Asking for files."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from crm.audit.actions import record
from crm.clock import now, today
from crm.exports.kinds import ExportKind, FileKind, registry
from crm.exports.models import Export
from crm.exports.writer import WRITERS
from crm.jobs.actions import enqueue

KEPT = datetime.timedelta(hours=24)
# Where a list stands is no part of what it lists.
_PLACE = ("page", "after", "before", "cursor", "page_size")


@transaction.atomic
def ask(*, kind: str, format: str, query: str = "", by) -> Export:
    """Ask for a file of a list as its page shows it; a job makes it. Raises ValidationError keyed by field."""
    found = registry().get(kind)
    if not isinstance(found, ExportKind):
        raise ValidationError({"kind": _("There is no such list to export.")})
    if format not in WRITERS:
        raise ValidationError({"format": _("A file is CSV or XLSX.")})
    if "\0" in query:
        raise ValidationError({"query": _("The list's address holds a character that no address has.")})
    params = QueryDict(query, mutable=True)
    for name in _PLACE:
        params.pop(name, None)
    text = params.urlencode()
    if len(text) > 2000:
        raise ValidationError({"query": _("The list's address is too long.")})
    return _asked(kind, format, text, f"{slugify(kind) or 'export'}-{today():%Y-%m-%d}.{format}", by)


@transaction.atomic
def ask_file(*, kind: str, query: str, name: str, by, reason: str = "") -> Export:
    """Ask for a file of a `FileKind`. query: what it is about, for the kind to read; rights are the caller's."""
    found = registry()[kind]
    assert isinstance(found, FileKind)
    return _asked(kind, found.format, query, name, by, reason)


def _asked(kind: str, format: str, query: str, name: str, by, reason: str = "") -> Export:
    export = Export.objects.create(
        kind=kind,
        format=format,
        query=query,
        language=by.language or get_language() or "",
        name=name,
        asked_by=by,
        expires_at=now() + KEPT,
    )
    export.job = enqueue(kind="exports.make", input={"export": export.pk}, asked_by=by, title=export.name)
    export.save(update_fields=["job"])
    record(
        action="export.ask",
        target=export,
        actor=by,
        changes={"kind": [None, kind], "format": [None, format], "query": [None, query]},
        reason=reason,
    )
    return export
