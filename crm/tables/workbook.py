"""XLSX: which sheet, where the header, and the rows as a stream.

Read with expat part by part, so that memory stays flat, a document type is refused before it can expand, and an error
cell (#N/A) is told from an empty one. Macros, links and pictures are never opened. What a person sees counts: leading
zeros by format, a percentage, a foreign currency.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from sys import getsizeof
from typing import TYPE_CHECKING
from xml.parsers import expat
from zipfile import ZipFile

from crm.tables.layout import LOOKED_AT, Found, find_header, is_blank, judge_row, loose_columns
from crm.tables.messages import Unusable
from crm.tables.safety import open_workbook, part_chunks
from crm.tables.sheets import STRINGS_LIMIT, Styles, rows_of

if TYPE_CHECKING:
    from crm.tables.reader import Shape

_SHEETS_LIMIT = 100


@dataclass(frozen=True)
class Sheet:
    name: str
    part: str
    hidden: bool


@dataclass
class Book:
    """The parts of a workbook that say how its sheets are read."""

    archive: ZipFile
    sheets: list[Sheet]
    styles: Styles
    strings: list[str]


def find_table(path: Path, words: frozenset[str]) -> tuple[str, tuple[str, ...], Found]:
    """(sheet, all visible sheets, header): the first visible sheet with known header words, else with any header."""
    with open_workbook(path) as archive:
        book = _open(archive)
        visible = [sheet for sheet in book.sheets if not sheet.hidden]
        names = tuple(sheet.name for sheet in visible)
        spare: tuple[str, tuple[str, ...], Found] | None = None
        empty = True
        for sheet in visible[:_SHEETS_LIMIT]:
            rows = list(islice(_rows(book, sheet), LOOKED_AT))
            empty = empty and not any(not is_blank(cells) for _number, cells in rows)
            found = find_header(rows, words)
            if found is not None and found.hits:
                return sheet.name, names, found
            if found is not None and spare is None:
                spare = (sheet.name, names, found)
    if spare is None:
        raise Unusable("no_sheet" if empty else "no_header")
    return spare


def read_rows(path: Path, shape: Shape) -> Iterator[tuple[int, list]]:
    header, width = shape.header, len(shape.header)
    loose = loose_columns(header)
    first_name = header[0]
    with open_workbook(path) as archive:
        book = _open(archive)
        sheet = next((sheet for sheet in book.sheets if sheet.name == shape.sheet), None)
        if sheet is None:
            raise Unusable("no_sheet")
        for number, cells in _rows(book, sheet):
            if number <= shape.header_row:
                continue
            count = len(cells)
            if not count or ((cells[0] is None or cells[0] == "") and is_blank(cells)):
                continue
            if count < width:
                cells = cells + [""] * (width - count)
            if loose or count > width or cells[0] == first_name:
                cells = judge_row(cells, header, loose)
            yield number, cells


def _rows(book: Book, sheet: Sheet) -> Iterator[tuple[int, list]]:
    return rows_of(part_chunks(book.archive, sheet.part), sheet.part, book.strings, book.styles)


# --- the parts around the sheets ------------------------------------------------------------------------------


def _open(archive: ZipFile) -> Book:
    main = _main_part(archive)
    folder = posixpath.dirname(main)
    targets = _targets(archive, _rels_of(main), folder)
    sheets: list[Sheet] = []
    date1904 = False

    def element(name: str, attributes: dict[str, str]) -> None:
        nonlocal date1904
        if name == "workbookPr":
            date1904 = attributes.get("date1904", "0").lower() in ("1", "true", "on")
        elif name == "sheet":
            target = targets.get(next((value for key, value in attributes.items() if key.endswith(":id")), ""))
            if target is not None and target[0].endswith("/worksheet"):
                hidden = attributes.get("state", "visible") != "visible"
                sheets.append(Sheet(attributes.get("name", ""), target[1], hidden))

    _each_element(archive, main, element)
    if not sheets:
        raise Unusable("no_sheet")
    by_kind = {kind.rpartition("/")[2]: part for kind, part in targets.values()}
    styles = Styles(date1904)
    names = set(archive.namelist())
    if by_kind.get("styles") in names:
        _each_element(archive, by_kind["styles"], styles.element)
    strings: list[str] = []
    if by_kind.get("sharedStrings") in names:
        strings = _shared_strings(archive, by_kind["sharedStrings"])
    return Book(archive, sheets, styles, strings)


def _main_part(archive: ZipFile) -> str:
    targets = _targets(archive, "_rels/.rels", "")
    for kind, part in targets.values():
        if kind.endswith("/officeDocument"):
            return part
    return "xl/workbook.xml"


def _rels_of(part: str) -> str:
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", name + ".rels")


def _targets(archive: ZipFile, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """{id: (kind, part)} of the links within the file; those to the outside are left out."""
    if part not in archive.namelist():
        return {}
    found: dict[str, tuple[str, str]] = {}

    def element(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "")
            path = target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[attributes.get("Id", "")] = (attributes.get("Type", ""), path)

    _each_element(archive, part, element)
    return found


def refuse_doctype(*_arguments) -> None:
    raise Unusable("xml_doctype")


def _parser() -> expat.XMLParserType:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = refuse_doctype
    parser.EntityDeclHandler = refuse_doctype
    return parser


def _feed(archive: ZipFile, part: str, parser: expat.XMLParserType) -> None:
    try:
        for data in part_chunks(archive, part):
            parser.Parse(data, False)
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unusable("workbook_broken", {"part": part}) from error


def _each_element(archive: ZipFile, part: str, element) -> None:
    parser = _parser()
    parser.StartElementHandler = lambda name, attributes: element(name.rpartition(":")[2], attributes)
    _feed(archive, part, parser)


def _shared_strings(archive: ZipFile, part: str) -> list[str]:
    """Texts that cells point to; pronunciation marks are not part of a text."""
    strings: list[str] = []
    pieces: list[str] = []
    inside = spoken = False
    total = 0

    def start(name: str, _attributes: dict[str, str]) -> None:
        nonlocal inside, spoken
        name = name.rpartition(":")[2]
        if name == "si":
            pieces.clear()
        elif name == "rPh":
            spoken = True
        elif name == "t":
            inside = not spoken

    def end(name: str) -> None:
        nonlocal inside, spoken, total
        name = name.rpartition(":")[2]
        if name == "t":
            inside = False
        elif name == "rPh":
            spoken = False
        elif name == "si":
            text = "".join(pieces)
            total += getsizeof(text) + 8  # a million short ones take more than their letters
            if total > STRINGS_LIMIT:
                raise Unusable("zip_too_large", {"limit": STRINGS_LIMIT // 2**20})
            strings.append(text)

    def characters(data: str) -> None:
        if inside:
            pieces.append(data)

    parser = _parser()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = characters
    _feed(archive, part, parser)
    return strings
