"""Builds the files of the corpus: text byte by byte, workbooks part by part, so that anything can be wrong."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

HEADER = ("customer_code", "date", "amount")
GOOD = ("K1001", "2024-03-05", "1234.50")
GOOD_ROW = ("K1001", "2024-03-05", 123450)


@dataclass(frozen=True)
class Case:
    """A file and what must come of it.

    taken: sales as (code, ISO date, minor units), customers as (code, name). refused: {row: code of the first reason}.
    unusable: code of a file that cannot be used (then nothing else). options: for the import, say a date order.
    """

    name: str
    data: Callable[[], bytes]
    file: str = "sales.csv"
    kind: str = "sales"
    taken: tuple = ()
    refused: dict[int, str] = field(default_factory=dict)
    unusable: str = ""
    options: dict = field(default_factory=dict)


def text(
    rows: Sequence[Sequence[str]], header=HEADER, *, encoding="utf-8", delimiter=",", end="\n", bom=b"", last=True
):
    """Delimited text without any quoting: what the cells hold is what stands in the file."""
    lines = [delimiter.join(cells) for cells in ([header] if header else []) + list(rows)]
    return bom + (end.join(lines) + (end if last else "")).encode(encoding)


def sales(name: str, rows, taken=None, *, refused=None, unusable="", options=None, file="sales.csv", **how) -> Case:
    """A text file of sales; taken=None: the one good row."""
    if taken is None:
        taken = () if unusable or refused else (GOOD_ROW,)
    return Case(name, lambda: text(rows, **how), file, "sales", tuple(taken), refused or {}, unusable, options or {})


def raw(
    name: str, data: bytes | Callable[[], bytes], taken=(), *, refused=None, unusable="", file="sales.csv", kind="sales"
):
    make = data if callable(data) else lambda: data
    return Case(name, make, file, kind, tuple(taken), refused or {}, unusable)


# --- workbooks ------------------------------------------------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def letters(index: int) -> str:
    found = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        found = chr(65 + rest) + found
    return found


def cell(value, place: str) -> str:
    """A cell's XML: text inline, numbers plain, XML (starting with <c) as it stands."""
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith("<c"):
        return value.replace("PLACE", place)
    if isinstance(value, bool):
        return f'<c r="{place}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"><v>{value!r}</v></c>'
    return f'<c r="{place}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'


def sheet_xml(rows, *, first=1, head="", tail="", before="") -> str:
    body = "".join(
        f'<row r="{number}">'
        + "".join(cell(value, f"{letters(at)}{number}") for at, value in enumerate(cells))
        + "</row>"
        for number, cells in enumerate(rows, first)
    )
    return f'{_XML}{before}<worksheet xmlns="{_MAIN}">{head}<sheetData>{body}</sheetData>{tail}</worksheet>'


def book_parts(
    sheets: dict[str, str], *, states=None, date1904=False, formats=(), strings=None, workbook_before=""
) -> dict:
    """The parts of a workbook as {name: XML}. sheets: {name: XML}. formats: number formats, style 1 being the first."""
    states = states or {}
    listed = "".join(
        f'<sheet name="{escape(name)}" sheetId="{number}" r:id="rId{number}"'
        + (f' state="{states[name]}"' if name in states else "")
        + "/>"
        for number, name in enumerate(sheets, 1)
    )
    links = "".join(
        f'<Relationship Id="rId{number}" Type="{_LINKS}/worksheet" Target="worksheets/sheet{number}.xml"/>'
        for number in range(1, len(sheets) + 1)
    )
    links += f'<Relationship Id="rIdS" Type="{_LINKS}/styles" Target="styles.xml"/>'
    if strings is not None:
        links += f'<Relationship Id="rIdT" Type="{_LINKS}/sharedStrings" Target="sharedStrings.xml"/>'
    codes = "".join(
        f'<numFmt numFmtId="{164 + at}" formatCode="{escape(code, {chr(34): "&quot;"})}"/>'
        for at, code in enumerate(formats)
    )
    styles = "".join(f'<xf numFmtId="{164 + at}"/>' for at in range(len(formats)))
    parts = {
        "[Content_Types].xml": f'{_XML}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}"><Relationship Id="r1" Type="{_LINKS}/officeDocument"'
        ' Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'{_XML}{workbook_before}<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">'
        + (f'<workbookPr date1904="{int(date1904)}"/>' if date1904 else "")
        + f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}">{links}</Relationships>',
        "xl/styles.xml": f'{_XML}<styleSheet xmlns="{_MAIN}"><numFmts>{codes}</numFmts>'
        f'<cellXfs><xf numFmtId="0"/>{styles}</cellXfs></styleSheet>',
    }
    if strings is not None:
        items = "".join(item if item.startswith("<si") else f"<si><t>{escape(item)}</t></si>" for item in strings)
        parts["xl/sharedStrings.xml"] = f'{_XML}<sst xmlns="{_MAIN}">{items}</sst>'
    for number, xml in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = xml
    return parts


def zipped(parts: dict | list, *, method=zipfile.ZIP_DEFLATED) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items() if isinstance(parts, dict) else parts:
            archive.writestr(name, content)
    return target.getvalue()


def book(rows, *, first=1, head="", tail="", before="", **how) -> bytes:
    return zipped(book_parts({"Sheet1": sheet_xml(rows, first=first, head=head, tail=tail, before=before)}, **how))


def xlsx(name: str, rows, taken=None, *, refused=None, unusable="", file="sales.xlsx", options=None, **how) -> Case:
    """A workbook of sales with one sheet, the header as its first row."""
    if taken is None:
        taken = () if unusable or refused else (GOOD_ROW,)
    make = lambda: book([HEADER, *rows], **how)
    return Case(name, make, file, "sales", tuple(taken), refused or {}, unusable, options or {})
