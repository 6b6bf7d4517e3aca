"""A table from a file: `inspect` finds out how it is to be read, `read_rows` reads it as a stream.

Memory stays flat whatever the size; the content decides, not the name. Everything that cannot be read raises Unusable.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from crm.tables import text, workbook
from crm.tables.headers import Field, known_words
from crm.tables.layout import BadRow, row_problem
from crm.tables.safety import kind_of

__all__ = ["BadRow", "Shape", "inspect", "read_rows", "row_problem"]


@dataclass(frozen=True)
class Shape:
    """How a file is read. header_row counts from 1, as a person sees it; header holds the words as they stand."""

    format: str  # "csv" or "xlsx"
    gzipped: bool = False
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    sheets: tuple[str, ...] = ()
    header_row: int = 1
    header: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return asdict(self) | {"sheets": list(self.sheets), "header": list(self.header)}

    @classmethod
    def from_json(cls, values: dict[str, Any]) -> Shape:
        lists = {name: tuple(values.get(name, ())) for name in ("sheets", "header")}
        return cls(**{**values, **lists})


def inspect(path: Path, name: str = "", fields: Sequence[Field] = ()) -> Shape:
    """Read the whole of a text file once (its encoding may show on the last row), and the start of a workbook.

    fields: their words make a header row too. The name is what a person called the file; it decides nothing.
    """
    path = Path(path)
    kind = kind_of(path)
    words = known_words(fields)
    if kind == "zip":
        sheet, sheets, found = workbook.find_table(path, words)
        return Shape("xlsx", sheet=sheet, sheets=sheets, header_row=found.row, header=found.header)
    encoding, delimiter, found = text.find_table(path, kind == "gzip", words)
    return Shape("csv", kind == "gzip", encoding, delimiter, header_row=found.row, header=found.header)


def read_rows(path: Path, shape: Shape) -> Iterator[tuple[int, list]]:
    """(row number as a person sees it, cells) below the header; blank rows are left out.

    A row has as many cells as the header, short ones filled up with "". One that cannot be a row of this table comes as
    a BadRow (more cells than the header, a value without a header, the header again): ask `row_problem(cells)` first.
    """
    path = Path(path)
    if shape.format == "xlsx":
        return workbook.read_rows(path, shape)
    return text.read_rows(path, shape)
