"""What can be imported. Features declare an `ImportKind`; settings.IMPORT_KINDS names them by dotted path.

A file is first staged: read and judged row by row into a temporary table, outside any transaction, so that nobody waits
for it. Then it is compared (a preview, nothing written) or written, in one short transaction of set-based statements.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from crm.tables.headers import Field

if TYPE_CHECKING:
    from crm.imports.models import ImportRun
    from crm.imports.report import Report

SAMPLE_ROWS = 10


class Stale(Exception):
    """Raised by `write`: what `stage` judged has changed since (somebody else wrote); stage again."""


def _ignore(done: int, total: int | None = None, message: str = "") -> None:
    return None


@dataclass
class Source:
    """The file as its kind reads it.

    rows yields (row number as a person sees it, cells in file order); `mapping` is {field name: column index};
    options: as the reader settled them (`date_order`: ymd, dmy or mdy). by=None means the system itself
    (command line): nothing is out of reach. progress(done, total, message) may raise to stop; call it every few
    thousand rows with total=None, which leaves the total as it is. again() reads the file once more, for the few rows
    that only prove wrong when all are known.
    """

    run: ImportRun
    rows: Iterator[tuple[int, list]]
    header: Sequence[str]
    mapping: dict[str, int]
    options: dict[str, Any]
    by: Any = None
    partial: bool = False
    progress: Callable[..., None] = field(default=_ignore)
    again: Callable[[], Iterator[tuple[int, list]]] = field(default=lambda: iter(()))

    def column(self, name: str) -> str:
        """The header's own word for a field, for the report; the field's name where the file has no such column."""
        index = self.mapping.get(name)
        return self.header[index] if index is not None and index < len(self.header) else name


@dataclass
class Counts:
    """rows: all rows read, refused ones among them; rows = created + updated + unchanged + refused."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0


class Staged(Protocol):
    """A temporary table on this connection, and what is known of the file after reading it.

    rows: rows read, refused ones among them. sample: the first SAMPLE_ROWS good rows as understood,
    {field name: value} with plain Python values (str, int, Decimal, date, bool, None).
    """

    rows: int
    sample: list[dict[str, Any]]

    def close(self) -> None:
        """Drop the table. Called once, also after errors."""


class Importer(Protocol):
    def stage(self, source: Source, report: Report) -> Staged:
        """Read and judge every row; streaming, memory flat, no transaction and no lock on any permanent table.

        Refused rows go to report.refuse and not into the table. A row may be refused again only right after its
        first refusal (several reasons, counted once).
        """

    def compare(self, staged: Staged) -> Counts:
        """What `write` would do; writes nothing permanent."""

    def write(self, staged: Staged) -> Counts:
        """Take the lock of this kind, write by a few statements, all inside the caller's transaction."""


@dataclass(frozen=True)
class ImportKind:
    """A kind of file.

    undo(run=ImportRun, by=User|None) -> {"removed": n, "restored": n}, inside the caller's transaction: restores
    exactly what was before, or raises ValidationError if something stands on it. after(run): in the same transaction as
    `write` or `undo`, the jobs to follow. dates: names of the fields that hold dates. same_holds(run): whether a
    standing run's rows are certainly all still as it left them, so that the same file again need not be read.
    result_url: name of the page that shows what was imported.
    """

    code: str
    label: Any
    fields: Sequence[Field]
    importer: Importer
    undo: Callable[..., dict]
    after: Callable[[ImportRun], None] = field(default=lambda run: None)
    dates: Sequence[str] = ()
    same_holds: Callable[[ImportRun], bool] = field(default=lambda run: False)
    result_url: str = ""
    icon: str = "file-import"


@cache
def registry() -> dict[str, ImportKind]:
    kinds = [import_string(path) for path in settings.IMPORT_KINDS]
    return {kind.code: kind for kind in kinds}
