"""Rows and stored bytes belong together: one folder of the storage, whatever it is, and the rows that point into it."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.core.files.storage import default_storage
from django.utils.translation import gettext as _

from crm.clock import now
from crm.integrity import Found

# An upload that is under way has bytes and no row yet.
GRACE = datetime.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Stored:
    """wanted: {name of bytes: the row that points at them}, of all rows."""

    folder: str
    wanted: Callable[[], Mapping[str, int]]

    def names(self) -> set[str]:
        """Of all bytes in the folder; one listing."""
        try:
            _folders, names = default_storage.listdir(self.folder)
        except FileNotFoundError:
            return set()
        return {f"{self.folder}/{name}" for name in names if name}

    def orphans(self) -> list[str]:
        """Bytes older than a day that no row points at. Listed first: what is added meanwhile is not in it."""
        there = self.names()
        lost = sorted(there - self.wanted().keys())
        return [name for name in lost if default_storage.get_modified_time(name) < now() - GRACE]

    def purge(self) -> int:
        """What a crash, or a dropped draft, left without a row goes away; says how many."""
        lost = self.orphans()
        for name in lost:
            default_storage.delete(name)
        return len(lost)

    def look(self, _cursor, found: Found) -> None:
        """For check_integrity: rows whose bytes are lost, and bytes that are nobody's."""
        rows, there = self.wanted(), self.names()
        for name in sorted(rows.keys() - there):
            found.add(_("file %(id)d has lost its bytes") % {"id": rows[name]}, name)
        for name in self.orphans():
            found.add(_("bytes that belong to no file"), name)
