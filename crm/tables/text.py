"""Delimited text: which delimiter, where the header, and the rows as a stream."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from crm.tables.encodings import detect
from crm.tables.layout import LOOKED_AT, Found, find_header, is_blank, judge_row, loose_columns
from crm.tables.messages import Unusable
from crm.tables.safety import CHUNK, Guarded, refuse_other_kinds

if TYPE_CHECKING:
    from crm.tables.reader import Shape

DELIMITERS = (",", ";", "\t", "|")
_HEAD = 1 << 18  # characters looked at to find delimiter and header
_END_OF_FILE = "\x1a"  # DOS programs end text with it


def find_table(path: Path, gzipped: bool, words: frozenset[str]) -> tuple[str, str, Found]:
    """(encoding, delimiter, header)."""
    if gzipped:
        with Guarded(path, gzipped) as source:
            head = source.chunk(4096)
        if not head:
            raise Unusable("empty_file")
        if head.startswith((b"\x1f\x8b", b"PK\x03\x04")):
            raise Unusable("not_a_table", {"what": "gzip" if head[0] == 0x1F else "ZIP"})
        refuse_other_kinds(head)
    encoding = detect(path, gzipped)
    with _opened(path, gzipped, encoding) as (stream, _source):
        head = stream.read(_HEAD)
    if not head.strip("\ufeff\x1a \t\r\n\0"):
        raise Unusable("empty_file")
    lines = head.splitlines(keepends=True)
    if len(head) == _HEAD and len(lines) > 1:
        lines.pop()  # it may be cut
    forced = lines[0].strip().strip('"').lower() if lines else ""
    if forced.startswith("sep=") and len(forced) == 5:
        found = _look(lines, lines[0].strip().strip('"')[4], words)
        if found is None:
            raise Unusable("no_header")
        return encoding, lines[0].strip().strip('"')[4], found
    candidates = [(found, delimiter) for delimiter in DELIMITERS if (found := _look(lines, delimiter, words))]
    if not candidates:
        raise Unusable("no_header")
    found, delimiter = max(candidates, key=lambda candidate: _rank(candidate[0]))
    return encoding, delimiter, found


def _rank(found: Found) -> tuple[int, float]:
    return found.hits, found.sure * (len(found.header) - 1)


def _look(lines: list[str], delimiter: str, words: frozenset[str]) -> Found | None:
    rows: list[tuple[int, list]] = []
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=delimiter, strict=True), 1):
            rows.append((number, cells))
            if number >= LOOKED_AT:
                break
    except csv.Error:
        pass  # what stands before the broken quote may be enough; reading will tell where it breaks
    if not any(len(cells) > 1 for _number, cells in rows) and delimiter != ",":
        return None
    return find_header(rows, words)


@contextmanager
def _opened(path: Path, gzipped: bool, encoding: str):
    with Guarded(path, gzipped) as source:
        buffered = io.BufferedReader(source, CHUNK)
        yield io.TextIOWrapper(buffered, encoding=encoding, errors="strict", newline=""), source


def read_rows(path: Path, shape: Shape) -> Iterator[tuple[int, list]]:
    header, width = shape.header, len(shape.header)
    first_name, loose = header[0], loose_columns(header)
    number = shape.header_row
    short = rows = 0
    last_is_short = False
    with _opened(path, shape.gzipped, shape.encoding) as (stream, source):
        reader = csv.reader(stream, delimiter=shape.delimiter, strict=True)
        try:
            for _skipped in islice(reader, number):
                pass
            for cells in reader:
                number += 1
                count = len(cells)
                if count == width:
                    first = cells[0]
                    if (not first or first.isspace()) and is_blank(cells):
                        continue
                    last_is_short = False
                    rows += 1
                    if loose or first == first_name:
                        cells = judge_row(cells, header, loose)
                    yield number, cells
                elif count > width:
                    if is_blank(cells):
                        continue
                    last_is_short = False
                    rows += 1
                    yield number, judge_row(cells, header, loose)
                elif not is_blank(cells):
                    if count == 1 and cells[0] == _END_OF_FILE:
                        continue
                    last_is_short = True
                    short += 1
                    rows += 1
                    yield number, judge_row(cells + [""] * (width - count), header, loose)
        except csv.Error as error:
            raise _broken(error, number + 1) from error
        except UnicodeDecodeError as error:
            raise Unusable("encoding_broken", {"position": error.start, "encoding": shape.encoding.upper()}) from error
        if last_is_short and short == 1 and rows > 1 and not set(source.tail) & {0x0A, 0x0D}:
            raise Unusable("file_cut_off", {"row": number})


def _broken(error: csv.Error, row: int) -> Unusable:
    if "field larger" in str(error):
        return Unusable("cell_too_large", {"row": row, "limit": csv.field_size_limit()})
    return Unusable("broken_quote", {"row": row})
