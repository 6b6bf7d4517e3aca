"""How a file is to be read: its shape, which column is which, and in which order its dates are written.

What the person said on the mapping screen stands; else what was remembered for the same header; else what the
headers themselves tell. Where none of it is enough, somebody has to be asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

from crm.imports.kinds import ImportKind
from crm.imports.models import ColumnMapping, ImportRun
from crm.tables.dates import guess_date_order, parse_date
from crm.tables.folding import visible
from crm.tables.headers import Field, header_hash, missing, recognise
from crm.tables.messages import BadCell, Unusable
from crm.tables.reader import Shape, inspect, read_rows

SAMPLES = 5
DATE_ORDERS = ("ymd", "dmy", "mdy")
_DATES_READ = 2_000
_ROWS_READ = 5_000_000


@dataclass(frozen=True)
class Opened:
    shape: Shape
    mapping: dict[str, int]
    options: dict[str, Any]


@dataclass
class Undecided(Exception):
    """The columns, or the order of the dates, must be named by a person.

    columns: [{"header", "samples"}] for the screen. missing: the needed fields nobody could find.
    dates: examples of dates that can be read two ways.
    """

    shape: Shape
    mapping: dict[str, int]
    columns: list[dict[str, Any]]
    missing: list[Field] = field(default_factory=list)
    dates: list[str] = field(default_factory=list)


def open_file(run: ImportRun, kind: ImportKind, path: Path) -> Opened:
    """Raises crm.tables' Unusable for what is no table, Undecided where a person has to be asked."""
    shape = inspect(path, run.name, kind.fields)
    mapping, twice = _mapping(run, kind, shape)
    lacking = missing(mapping, kind.fields)
    if lacking or twice:
        raise Undecided(shape, mapping, _columns(path, shape), missing=lacking)
    options = dict(run.options)
    if options.get("date_order") not in DATE_ORDERS:
        remembered = _remembered(run, kind, shape.header)
        order, examples = _date_order(kind, path, shape, mapping)
        if order is None and remembered is not None:
            order = remembered.options.get("date_order")
        if order is None and examples and run.via != "command":  # the command line has nobody to ask: rows are refused
            raise Undecided(shape, mapping, _columns(path, shape), dates=examples)
        options["date_order"] = order or "ymd"
    return Opened(shape, mapping, options)


def _mapping(run: ImportRun, kind: ImportKind, shape: Shape) -> tuple[dict[str, int], bool]:
    """The mapping so far, and whether two columns claim the same field: which one it is, only a person can say."""
    width = len(shape.header)
    if run.mapping or run.options.get("by_hand"):
        return _within(run.mapping, kind, width), False
    remembered = _remembered(run, kind, shape.header)
    if remembered is not None:
        return _within(remembered.mapping, kind, width), False
    try:
        return recognise(shape.header, kind.fields), False
    except Unusable as reason:
        if reason.code != "column_twice" or run.via == "command":
            raise
        return _undisputed(shape.header, kind), True


def _undisputed(header, kind: ImportKind) -> dict[str, int]:
    """What each column means by itself, without the fields that more than one column claims."""
    claims: dict[str, list[int]] = {}
    for index, word in enumerate(header):
        for name in recognise([word], kind.fields, loosely=False):
            claims.setdefault(name, []).append(index)
    return {name: indexes[0] for name, indexes in claims.items() if len(indexes) == 1}


def _remembered(run: ImportRun, kind: ImportKind, header) -> ColumnMapping | None:
    """A mapping made by somebody else never decides unseen, except for the command line, which has nobody to ask."""
    found = ColumnMapping.objects.filter(kind=kind.code, header_hash=header_hash(header))
    if run.via != "command":
        found = found.filter(owner_id=run.asked_by_id)
    return found.first()


def _within(mapping: dict[str, Any], kind: ImportKind, width: int) -> dict[str, int]:
    names = {known.name for known in kind.fields}
    return {
        name: index for name, index in mapping.items() if name in names and type(index) is int and 0 <= index < width
    }


def _columns(path: Path, shape: Shape) -> list[dict[str, Any]]:
    rows = [cells for _number, cells in islice(read_rows(path, shape), SAMPLES)]
    return [
        {"header": word, "samples": [visible(str(cells[index])[:40]) for cells in rows if _filled(cells, index)]}
        for index, word in enumerate(shape.header)
    ]


def _filled(cells: list, index: int) -> bool:
    return index < len(cells) and cells[index] not in (None, "")


def _date_order(kind: ImportKind, path: Path, shape: Shape, mapping: dict[str, int]) -> tuple[str | None, list[str]]:
    """The order, or None with examples of dates that fit more than one; (None, []) where no date needs one.

    The first dates nearly always tell. Where they do not, the rest of the file is read for one that does.
    """
    columns = [mapping[name] for name in kind.dates if name in mapping]
    if not columns:
        return "ymd", []
    seen, texts = 0, []
    for _number, cells in islice(read_rows(path, shape), _ROWS_READ):
        for index in columns:
            if _filled(cells, index):
                seen += 1
                if isinstance(cells[index], str):
                    texts.append(cells[index])
        if seen >= _DATES_READ:
            order = guess_date_order(texts)
            if order is not None:
                return order, []
            seen, texts = 0, [text for text in texts if _ambiguous(text)][:SAMPLES]
    order = guess_date_order(texts)
    if order is not None:
        return order, []
    return None, list(dict.fromkeys(visible(text[:40]) for text in texts if _ambiguous(text)))[:SAMPLES]


def _ambiguous(text: str) -> bool:
    try:
        parse_date(text)
    except BadCell as bad:
        return bad.code == "date_ambiguous"
    return False
