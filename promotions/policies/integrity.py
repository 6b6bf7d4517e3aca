"""Papers of notices and their bytes belong together."""

from __future__ import annotations

import datetime

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import now
from crm.integrity import Check, Found
from promotions.policies.models import FOLDER, NoticeFile

# An upload that is under way has bytes and no row yet.
GRACE = datetime.timedelta(days=1)


def stored() -> set[str]:
    try:
        _folders, names = default_storage.listdir(FOLDER)
    except FileNotFoundError:
        return set()
    return {f"{FOLDER}/{name}" for name in names if name}


def orphans() -> list[str]:
    """Bytes older than a day that no row points at. The listing comes first: what is added meanwhile is not in it."""
    there = stored()
    wanted = set(NoticeFile.objects.order_by().values_list("file", flat=True))
    return [name for name in sorted(there - wanted) if default_storage.get_modified_time(name) < now() - GRACE]


def purge() -> int:
    """Bytes that a crash, or a dropped draft, left without a row."""
    lost = orphans()
    for name in lost:
        default_storage.delete(name)
    return len(lost)


def _papers(cursor, found: Found) -> None:
    there = stored()
    for pk, name in NoticeFile.objects.order_by("pk").values_list("pk", "file"):
        if name not in there:
            found.add(_("file %(id)d has lost its bytes") % {"id": pk}, name)
    for name in orphans():
        found.add(_("bytes that belong to no file"), name)


CHECKS = [Check("papers", gettext_lazy("Every paper of a notice has its bytes, and all bytes have a paper."), _papers)]
