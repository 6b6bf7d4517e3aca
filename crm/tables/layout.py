"""Where a table begins: its header row, below title lines if there are any, and what of its rows cannot be judged.

A row of unknown words can be a header too (the mapping screen asks what they mean), but never a row with data in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from crm.tables.dates import parse_date
from crm.tables.flaws import Flaw
from crm.tables.folding import INVISIBLE, key, visible
from crm.tables.headers import is_known, plainer, same_header
from crm.tables.messages import BadCell, Unusable
from crm.tables.numbers import read_number

LOOKED_AT = 60
COLUMNS_LIMIT = 500


class BadRow(list):
    """A row that cannot be a row of this table, whatever its cells say. `problem` tells why; `column` is an index."""

    def __init__(self, cells: Sequence, problem: BadCell, column: int | None = None):
        super().__init__(cells)
        self.problem = problem
        self.column = column


def row_problem(cells: list) -> BadCell | None:
    """What is wrong with a row as a whole; importers ask before its cells."""
    return cells.problem if type(cells) is BadRow else None


@dataclass(frozen=True)
class Found:
    """row: number as a person sees it. hits: header words known. sure: share of the rows below that fit its width."""

    row: int
    header: tuple[str, ...]
    hits: int
    sure: float


def is_blank(cells: Sequence) -> bool:
    return not any(cell not in ("", None) and str(cell).strip(INVISIBLE) for cell in cells)


def find_header(rows: Sequence[tuple[int, list]], words: frozenset[str]) -> Found | None:
    """rows: the first rows with their numbers. The row with most known words; else the first that only names things."""
    filled = [(number, cells) for number, cells in rows if not is_blank(cells)]
    best: tuple[int, int] | None = None
    for index, (_number, cells) in enumerate(filled):
        names = [text_of(cell) for cell in cells]
        named = [name for name in names if name]
        hits = len({plainer(name) for name in named if is_known(name, words)})
        if hits < 3 and any(_is_datum(cell) for cell in cells):
            continue
        if (hits >= 2 or (hits == 1 and len(named) <= 2)) and (best is None or hits > best[0]):
            best = (hits, index)
    if best is not None:
        return _found(filled, best[1], best[0])
    index = _plain_header(filled)
    return None if index is None else _found(filled, index, 0)


def _found(filled: Sequence[tuple[int, list]], index: int, hits: int) -> Found:
    number, cells = filled[index]
    if len(cells) > COLUMNS_LIMIT:
        raise Unusable("too_many_columns", {"limit": COLUMNS_LIMIT})
    below = filled[index + 1 :]
    fitting = sum(1 for _number, row in below if len(row) == len(cells))
    header = tuple(visible(text_of(cell)) for cell in cells)
    return Found(number, header, hits, fitting / len(below) if below else 0.5)


def _plain_header(filled: Sequence[tuple[int, list]]) -> int | None:
    """The first row as wide as the rows below it that holds only different words, with figures somewhere below."""
    for index, (_number, cells) in enumerate(filled):
        names = [text_of(cell) for cell in cells if text_of(cell)]
        if len(names) < 2 or len({key(name) for name in names}) < len(names) or any(_is_datum(cell) for cell in cells):
            continue
        below = [row for _number, row in filled[index + 1 :]]
        usual = Counter(sum(1 for cell in row if text_of(cell)) for row in below).most_common(1)
        if not below or (len(names) >= 0.6 * usual[0][0] and any(_is_datum(cell) for row in below for cell in row)):
            return index
    return None


def text_of(cell: Any) -> str:
    return "" if cell is None else str(cell).strip(INVISIBLE)


def _is_datum(cell: Any) -> bool:
    """Whether a cell is a figure or a date, which no header is."""
    if cell in ("", None) or isinstance(cell, Flaw):
        return isinstance(cell, Flaw)
    if not isinstance(cell, str):
        return True
    for read in (lambda: read_number(cell, currency=True), lambda: parse_date(cell)):
        try:
            if read() is not None:
                return True
        except BadCell as reason:
            if reason.code in ("date_ambiguous", "date_two_digit_year", "no_such_date", "number_decimals"):
                return True
    return False


def judge_row(cells: list, header: Sequence[str], loose: Sequence[int]) -> list:
    """The row, or the row as a BadRow. loose: columns without a header, right of one with."""
    if len(cells) > len(header):
        problem = BadCell("too_many_cells", {"cells": len(cells), "columns": len(header)})
        return BadRow(cells, problem, len(header))
    for index in loose:
        if index < len(cells) and text_of(cells[index]):
            return BadRow(cells, BadCell("cell_without_header", {"column": index + 1}), index)
    if same_header(cells, header):
        return BadRow(cells, BadCell("repeated_header"))
    return cells


def loose_columns(header: Sequence[str]) -> tuple[int, ...]:
    first = next((index for index, name in enumerate(header) if name), len(header))
    return tuple(index for index in range(first, len(header)) if not header[index])
