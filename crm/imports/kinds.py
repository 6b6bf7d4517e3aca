"""What can be imported. Features declare an `ImportKind`; settings.IMPORT_KINDS names them by dotted path."""

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


def _ignore(done: int, total: int | None = None, message: str = "") -> None:
    return None


@dataclass
class Source:
    """The file as its kind reads it.

    rows yields (row number as a person sees it, cells in file order); `mapping` is {field name: column index};
    options: date order, header units and the like, as the reader settled them. by=None means the system itself
    (command line): nothing is out of reach. progress(done, total, message) may raise to stop.
    """

    run: ImportRun
    rows: Iterator[tuple[int, list]]
    header: list[str]
    mapping: dict[str, int]
    options: dict[str, Any]
    by: Any = None
    partial: bool = False
    progress: Callable[..., None] = field(default=_ignore)


@dataclass
class Counts:
    rows: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0


class Importer(Protocol):
    """check and write are the same code: `write=False` reads and judges every row and leaves no trace.

    With rejected rows and not source.partial, nothing is written at all. Called inside one transaction.
    """

    def __call__(self, source: Source, report: Report, *, write: bool) -> Counts: ...


@dataclass(frozen=True)
class ImportKind:
    code: str
    label: Any
    fields: Sequence[Field]
    importer: Importer
    undo: Callable[
        ..., dict
    ]  # undo(run=ImportRun, by=User|None) -> {"removed": n, "restored": n}; may raise ValidationError
    after: Callable[[ImportRun], None] = field(default=lambda run: None)  # in the same transaction: jobs to follow


@cache
def registry() -> dict[str, ImportKind]:
    kinds = [import_string(path) for path in settings.IMPORT_KINDS]
    return {kind.code: kind for kind in kinds}
