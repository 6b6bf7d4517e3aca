"""The rows of one sheet out of its XML, as a stream, and what cell formats mean for the values below them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any
from xml.parsers import expat

from crm.tables.flaws import Flaw, Serial1904
from crm.tables.layout import COLUMNS_LIMIT
from crm.tables.messages import Unusable

STRINGS_LIMIT = 160 * 2**20  # memory of all shared texts together; a million of twenty letters take 80
ROWS_LIMIT = 1_048_576
_CELL_LIMIT = 131_072
_BUILT_IN_DATES = frozenset((*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)))
_BUILT_IN_PERCENT = frozenset((9, 10))
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_OUR_MONEY = frozenset(("", "¥", "￥", "元", "rmb", "cny", "cn¥"))
_ORIGIN_1900, _ORIGIN_1904 = datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1)


class Styles:
    """What the format of a cell makes of its number: a date, a percentage, a padded code, foreign money or just it."""

    def __init__(self, date1904: bool):
        self.date1904 = date1904
        self._codes: dict[int, str] = {}
        self._formats: list[int] = []
        self._in_cells = False
        self._kinds: dict[str | None, tuple[str, Any]] = {}

    def element(self, name: str, attributes: dict[str, str]) -> None:
        """Takes the elements of styles.xml in turn."""
        if name == "numFmt":
            self._codes[_whole(attributes.get("numFmtId"))] = attributes.get("formatCode", "")
        elif name in ("cellXfs", "cellStyleXfs", "cellStyles", "dxfs"):
            self._in_cells = name == "cellXfs"
        elif name == "xf" and self._in_cells:
            self._formats.append(_whole(attributes.get("numFmtId")))

    def kind(self, style: str | None) -> tuple[str, Any]:
        found = self._kinds.get(style)
        if found is None:
            found = self._kinds[style] = self._kind(style)
        return found

    def _kind(self, style: str | None) -> tuple[str, Any]:
        index = _whole(style)
        number = self._formats[index] if 0 <= index < len(self._formats) else 0
        if number not in self._codes:
            if number in _BUILT_IN_DATES:
                return "date", None
            return ("percent", None) if number in _BUILT_IN_PERCENT else ("number", None)
        return meaning(self._codes[number])

    def value(self, text: str, style: str | None) -> Any:
        """The value of a numeric cell."""
        kind, extra = self.kind(style)
        if kind == "number":
            if text.isdigit() and len(text) < 16 and text.isascii() and not self.date1904:
                return int(text)
            return self._number(text)
        number = self._number(text)
        if isinstance(number, Flaw):
            return number
        if kind == "date":
            return self._date(number)
        if kind == "percent":
            return f"{number * 100:.15g}%"
        if kind == "padded" and number >= 0 and number == int(number) and number < 10**15:
            return str(int(number)).zfill(extra)
        if kind == "money":
            return f"{extra}{number:.15g}"
        return number

    def _number(self, text: str) -> Any:
        if not _NUMBER.fullmatch(text):
            return Flaw("not_a_number", text[:40])
        number = float(text)
        if number in (float("inf"), float("-inf")):
            return Flaw("number_too_large", text[:40])
        return Serial1904(number) if self.date1904 else number

    def _date(self, number: float) -> Any:
        """A day, a moment, or the number itself where it is no date."""
        if not 1 <= number < 2_958_466:
            return number
        if self.date1904:
            moment = _ORIGIN_1904 + datetime.timedelta(seconds=round(number * 86_400))
        else:
            # Spreadsheets count a 29 February 1900 that never was.
            moment = _ORIGIN_1900 + datetime.timedelta(days=number < 60, seconds=round(number * 86_400))
        return moment.date() if moment.time() == datetime.time() else moment


def meaning(code: str) -> tuple[str, Any]:
    """What a number format makes of a number."""
    first = code.split(";")[0]
    for symbol in (
        *re.findall(r"\[\$([^\]\-]*)", first),
        *re.findall(r"[$€£₩]|US\$", re.sub(r"\[[^\]]*\]", "", first)),
    ):
        if symbol.strip().lower() not in _OUR_MONEY:
            return "money", symbol.strip()
    bare = re.sub(r'"[^"]*"|\\.|_.|\*.', "", first)
    if _ELAPSED.search(bare):
        return "number", None
    bare = re.sub(r"\[[^\]]*\]", "", bare)
    if "%" in bare:
        return "percent", None
    if re.fullmatch(r"0{2,}", bare):
        return "padded", len(bare)
    lower = bare.lower().replace("general", "").replace("g/通用格式", "")
    if re.search(r"[yd年月日]|m", lower) and not re.search(r"[0#?]", lower.replace(".0", "")):
        return "date", None
    return "number", None


def _whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0


def unescaped(text: str) -> str:
    """Spreadsheets write characters that XML cannot hold as _x000D_; half a character comes out as a lost one."""
    if "_x" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match.group(1), 16)), text)
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


_columns: dict[str, int] = {}


def column_of(letters: str) -> int:
    index = _columns.get(letters)
    if index is None:
        if not (letters.isascii() and letters.isalpha() and len(letters) <= 3):
            raise Unusable("workbook_broken", {"part": letters[:10] or "?"})
        index = 0
        for letter in letters.upper():
            index = index * 26 + ord(letter) - 64
        index -= 1
        _columns[letters] = index
    return index


def rows_of(chunks: Iterable[bytes], part: str, strings: list[str], styles: Styles) -> Iterator[tuple[int, list]]:
    """(row number, cells) of a sheet; cells as long as the last one that holds anything."""
    reading = _Reading(part, strings, styles)
    parser = reading.parser
    try:
        for data in chunks:
            parser.Parse(data, False)
            if reading.rows:
                yield from reading.rows
                reading.rows.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise Unusable("workbook_broken", {"part": part}) from error
    yield from reading.rows


class _Reading:
    """The state of one sheet being parsed."""

    def __init__(self, part: str, strings: list[str], styles: Styles):
        self.part, self.strings, self.styles = part, strings, styles
        self.rows: list[tuple[int, list]] = []
        self._number = 0
        self._cells: list = []
        self._column = -1
        self._type: str | None = None
        self._style: str | None = None
        self._formula = self._has_value = self._taking = self._spoken = False
        self._pieces: list[str] = []
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._root
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = self._doctype

    def _doctype(self, *_arguments) -> None:
        raise Unusable("xml_doctype")

    def _broken(self) -> Unusable:
        return Unusable("workbook_broken", {"part": self.part})

    def _root(self, name: str, _attributes: dict[str, str]) -> None:
        prefix, colon, local = name.rpartition(":")
        if local != "worksheet":
            raise self._broken()
        space = prefix + colon
        cell, value, text, row = f"{space}c", f"{space}v", f"{space}t", f"{space}row"
        formula, spoken, data = f"{space}f", f"{space}rPh", f"{space}sheetData"

        def start(name: str, attributes: dict[str, str]) -> None:
            if name == cell:
                self._start_cell(attributes)
            elif name == value:
                self._has_value = self._taking = True
            elif name == text:
                self._taking = not self._spoken
                self._has_value = True
            elif name == row:
                self._start_row(attributes)
            elif name == formula:
                self._formula = True
            elif name == spoken:
                self._spoken = True

        def end(name: str) -> None:
            if name in (value, text):
                self._taking = False
            elif name == cell:
                self._end_cell()
            elif name == row:
                self.rows.append((self._number, self._cells))
            elif name == spoken:
                self._spoken = False
            elif name == data:
                # What follows is not heeded, but read: that a part is damaged shows at its end, by its checksum.
                self.parser.StartElementHandler = self.parser.EndElementHandler = None
                self.parser.CharacterDataHandler = None

        self.parser.StartElementHandler, self.parser.EndElementHandler = start, end
        self.parser.CharacterDataHandler = self._characters

    def _characters(self, data: str) -> None:
        if self._taking:
            self._pieces.append(data)

    def _start_row(self, attributes: dict[str, str]) -> None:
        written = attributes.get("r")
        number = self._number + 1 if written is None else _whole(written)
        if not self._number < number <= ROWS_LIMIT:
            raise self._broken()
        self._number, self._cells, self._column = number, [], -1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        place = attributes.get("r")
        column = self._column + 1 if place is None else column_of(place.rstrip("0123456789"))
        if column <= self._column:
            raise self._broken()
        self._column = column
        self._type, self._style = attributes.get("t"), attributes.get("s")
        self._formula = self._has_value = self._taking = False
        self._pieces.clear()

    def _end_cell(self) -> None:
        value = self._value()
        if value == "":
            return
        column, cells = self._column, self._cells
        if column >= COLUMNS_LIMIT:
            raise Unusable("too_many_columns", {"limit": COLUMNS_LIMIT})
        if len(cells) < column:
            cells.extend([""] * (column - len(cells)))
        cells.append(value)

    def _value(self) -> Any:
        text, kind = "".join(self._pieces), self._type
        if len(text) > _CELL_LIMIT:
            raise Unusable("cell_too_large", {"row": self._number, "limit": _CELL_LIMIT})
        if kind is None or kind == "n":
            if text:
                return self.styles.value(text.strip(), self._style)
            return Flaw("formula_empty", "=") if self._formula else ""
        if kind == "s":
            index = _whole(text.strip()) if text.strip().isdigit() else -1
            if not text:
                return ""
            if not 0 <= index < len(self.strings):
                raise self._broken()
            return unescaped(self.strings[index])
        if kind in ("str", "inlineStr"):
            if self._formula and not self._has_value:
                return Flaw("formula_empty", "=")
            return unescaped(text)
        if kind == "b":
            return {"1": True, "0": False, "true": True, "false": False}.get(text.strip(), "")
        if kind == "e":
            return Flaw("formula_error", text[:20], {"error": text[:20]})
        return text  # "d": a date in ISO form
