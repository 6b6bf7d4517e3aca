"""The cells of a small workbook, read from its XML: (type, value) by address. Types: s text, n number, b yes/no."""

from __future__ import annotations

import zipfile
from xml.etree import ElementTree

_NS = {"m": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def cells(path) -> dict[str, tuple[str, str]]:
    with zipfile.ZipFile(path) as parts:
        sheet = ElementTree.fromstring(parts.read("xl/worksheets/sheet1.xml"))
    found = {}
    for cell in sheet.iterfind(".//m:c", _NS):
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            kind, value = "s", "".join(text.text or "" for text in cell.iterfind(".//m:t", _NS))
        else:
            value = cell.findtext("m:v", namespaces=_NS) or ""
        found[cell.get("r")] = (kind, value)
    return found


def parts_of(path) -> bytes:
    with zipfile.ZipFile(path) as parts:
        return b"".join(parts.read(name) for name in parts.namelist())
