"""Rows and bytes belong together: what check_integrity looks at, and what the nightly purge takes away."""

from __future__ import annotations

import datetime

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import now
from crm.integrity import Check, Found
from customers.files.models import FOLDER, Attachment

# An upload that is under way has bytes and no row yet.
GRACE = datetime.timedelta(days=1)


def stored() -> set[str]:
    """The names of all bytes kept for files of customers; one listing, whatever the storage."""
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return set()
    return {f"{FOLDER}/{name}" for name in names if name}


def wanted() -> dict[str, int]:
    """{name: row} of all bytes that a row points at."""
    found: dict[str, int] = {}
    for pk, file, thumbnail in Attachment.objects.order_by().values_list("pk", "file", "thumbnail").iterator():
        found[file] = pk
        if thumbnail:
            found[thumbnail] = pk
    return found


def orphans() -> list[str]:
    """Bytes older than a day that no row points at. The listing comes first: what is added meanwhile is not in it."""
    there = stored()
    lost = sorted(there - wanted().keys())
    return [name for name in lost if default_storage.get_modified_time(name) < now() - GRACE]


def _files(cursor, found: Found) -> None:
    rows = wanted()
    there = stored()
    for name in sorted(rows.keys() - there):
        found.add(_("file %(id)d has lost its bytes") % {"id": rows[name]}, name)
    for name in orphans():
        found.add(_("bytes that belong to no file"), name)


CHECKS = [Check("files", gettext_lazy("Every file of a customer has its bytes, and all bytes have a file."), _files)]
