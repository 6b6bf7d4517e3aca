"""What can be exported. Features declare an `ExportKind`; settings.EXPORT_KINDS names them by dotted path."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.module_loading import import_string

from crm.access import reach_of


@dataclass(frozen=True)
class Column:
    """A column of the file; label is translated when the file is made, in the language of whoever asked.

    form says how values are written: text, number, money (2 places), ratio (0.10 shown as 10 %), date, moment, bool.
    """

    name: str
    label: Any
    form: str = "text"
    width: int = 16


def reach_kept(user) -> dict:
    """How far a person sees: the whole brand, or regions by number."""
    reach = reach_of(user)
    return {"everywhere": reach.everywhere, "regions": sorted(reach.region_ids)}


def reach_holds(user, rights: dict) -> bool:
    """Whether a person sees at least that far."""
    reach = reach_of(user)
    if reach.everywhere:
        return True
    return not rights.get("everywhere") and set(rights.get("regions", ())) <= reach.region_ids


@dataclass(frozen=True)
class ExportKind:
    """A kind of export. `params` is the list page's own query string, so that the file equals the screen.

    columns(user, params) and rows(user, params) agree in order; rows streams, begins with `visible_to(user)` and must
    not hold the whole result. count(user, params) is for progress. Both are asked again when the job runs, so a right
    that was taken away in between counts. rights(user) says in a few words of JSON how far the person saw when the
    file was made, and still_holds(user, rights) whether they see as far when they fetch it.
    """

    code: str
    label: Any
    columns: Callable[[Any, QueryDict], Sequence[Column]]
    rows: Callable[[Any, QueryDict], Iterator[Sequence[Any]]]
    count: Callable[[Any, QueryDict], int]
    rights: Callable[[Any], dict] = reach_kept
    still_holds: Callable[[Any, dict], bool] = reach_holds


@dataclass(frozen=True)
class FileKind:
    """A file that a feature writes as a whole and asks for by a door of its own (`actions.ask_file`).

    write(export, user, path, ctx) writes it to a path and gives the number of rows; it sets `export.rights`, looks anew
    whether the person may have it and raises `Refused` otherwise. still_holds as with `ExportKind`.
    """

    code: str
    label: Any
    format: str
    write: Callable[[Any, Any, str, Any], int]
    still_holds: Callable[[Any, dict], bool]


@cache
def registry() -> dict[str, ExportKind | FileKind]:
    kinds = [import_string(path) for path in settings.EXPORT_KINDS]
    return {kind.code: kind for kind in kinds}
