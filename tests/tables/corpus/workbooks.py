"""Workbooks: honest ones written in every way programs write them, and dishonest ones."""

from __future__ import annotations

import io
import struct
import zipfile

from tests.tables.corpus.making import (
    GOOD,
    GOOD_ROW,
    HEADER,
    Case,
    book,
    book_parts,
    raw,
    sheet_xml,
    text,
    xlsx,
    zipped,
)

DATE, MOMENT, PADDED, PERCENT, MONEY = "yyyy\\-mm\\-dd", "yyyy/m/d h:mm", "00000", "0.00%", "[$$-409]#,##0.00"


def styled(value, style: int) -> str:
    return f'<c r="PLACE" s="{style}"><v>{value}</v></c>'


def error(code: str) -> str:
    return f'<c r="PLACE" t="e"><v>{code}</v></c>'


def formula(expression: str, value: str | None, kind: str = "") -> str:
    kind = f' t="{kind}"' if kind else ""
    return f'<c r="PLACE"{kind}><f>{expression}</f>' + ("" if value is None else f"<v>{value}</v>") + "</c>"


def one(name: str, cells, amount=None, *, refused="", **how) -> Case:
    """One row; amount None: that of the good row."""
    taken = None if amount is None else [("K1001", "2024-03-05", amount)]
    return xlsx(f"xlsx_{name}", [cells], taken, **({"refused": {2: refused}} if refused else {}), **how)


CELLS = [
    one("texts", GOOD),
    one("numbers", ("K1001", "2024-03-05", 1234.5)),
    one("date_by_format", ("K1001", styled(45356, 1), 1234.5), formats=[DATE]),
    one("date_chinese_format", ("K1001", styled(45356, 1), 1234.5), formats=['[$-804]yyyy"年"m"月"d"日";@']),
    one("date_with_time", ("K1001", styled(45356.75, 1), 1234.5), formats=[MOMENT]),
    one("date_as_serial", ("K1001", 45356, 1234.5)),
    one("date_as_compact_number", ("K1001", 20240305, 1234.5)),
    one("date_iso_cell", ("K1001", '<c r="PLACE" t="d"><v>2024-03-05</v></c>', 1234.5)),
    one("date_1904_by_format", ("K1001", styled(43894, 1), 1234.5), formats=[DATE], date1904=True),
    one("date_1904_as_serial", ("K1001", 43894, 1234.5), date1904=True),
    one("date_small_number", ("K1001", 5, 1234.5), refused="not_a_date"),
    one("date_time_only", ("K1001", styled(0.5, 1), 1234.5), formats=["h:mm:ss"], refused="not_a_date"),
    one("date_boolean", ("K1001", True, 1234.5), refused="not_a_date"),
    one("amount_binary_rest", ("K1001", "2024-03-05", '<c r="PLACE"><v>12.100000000000001</v></c>'), 1210),
    one("amount_of_a_sum", ("K1001", "2024-03-05", '<c r="PLACE"><v>0.30000000000000004</v></c>'), 30),
    one("amount_just_below", ("K1001", "2024-03-05", '<c r="PLACE"><v>1234.4999999999998</v></c>'), 123450),
    one("amount_integer", ("K1001", "2024-03-05", 7), 700),
    one("amount_exponent", ("K1001", "2024-03-05", '<c r="PLACE"><v>1.5E+3</v></c>'), 150000),
    one("amount_negative", ("K1001", "2024-03-05", -5.25), -525),
    one("amount_large", ("K1001", "2024-03-05", 12345678901234.56), 1234567890123456),
    one("amount_text", ("K1001", "2024-03-05", "¥1,234.50")),
    one("amount_three_decimals", ("K1001", "2024-03-05", 12.345), refused="number_decimals"),
    one("amount_tiny", ("K1001", "2024-03-05", 1e-7), refused="number_decimals"),
    one("amount_huge", ("K1001", "2024-03-05", 1e300), refused="number_too_large"),
    one("amount_boolean", ("K1001", "2024-03-05", True), refused="not_a_number"),
    one("amount_date", ("K1001", "2024-03-05", styled(45356, 1)), formats=[DATE], refused="number_is_date"),
    one("amount_percent", ("K1001", "2024-03-05", styled(0.05, 1)), formats=[PERCENT], refused="number_percent"),
    one("amount_dollars", ("K1001", "2024-03-05", styled(5, 1)), formats=[MONEY], refused="number_currency"),
    one("amount_yuan_format", ("K1001", "2024-03-05", styled(1234.5, 1)), formats=['"¥"#,##0.00;[Red]\\-"¥"#,##0.00']),
    one("amount_yuan_locale", ("K1001", "2024-03-05", styled(1234.5, 1)), formats=["[$¥-804]#,##0.00"]),
    one("amount_scaled_format", ("K1001", "2024-03-05", styled(1234.5, 1)), formats=['0!.0,"万"']),
    one("amount_not_a_number", ("K1001", "2024-03-05", '<c r="PLACE"><v>nan</v></c>'), refused="not_a_number"),
    one("amount_underscore", ("K1001", "2024-03-05", '<c r="PLACE"><v>1_000</v></c>'), refused="not_a_number"),
    one("amount_missing", ("K1001", "2024-03-05", None), refused="required"),
    one("amount_error", ("K1001", "2024-03-05", error("#N/A")), refused="formula_error"),
    one("amount_broken_link", ("K1001", "2024-03-05", error("#REF!")), refused="formula_error"),
    one("amount_divided_by_zero", ("K1001", "2024-03-05", error("#DIV/0!")), refused="formula_error"),
    one("code_error", (error("#NAME?"), "2024-03-05", 1234.5), refused="formula_error"),
    one("date_error", ("K1001", error("#VALUE!"), 1234.5), refused="formula_error"),
    raw(
        "xlsx_optional_error",
        lambda: book([(*HEADER, "units"), (*GOOD, error("#REF!"))]),
        refused={2: "formula_error"},
        file="sales.xlsx",
    ),
    one("formula", ("K1001", "2024-03-05", formula("A1*2", "1234.5"))),
    one("formula_text", (formula('"K"&amp;1001', "K1001", "str"), "2024-03-05", 1234.5)),
    one("formula_never_calculated", ("K1001", "2024-03-05", formula("1+1", None)), refused="formula_empty"),
    one("formula_empty_value", ("K1001", "2024-03-05", formula("1+1", "")), refused="formula_empty"),
    one("formula_empty_text", ("K1001", "2024-03-05", formula('""', "", "str")), refused="required"),
    one("formula_like_text", ("K1001", "2024-03-05", "=1+1"), refused="not_a_number"),
    xlsx("xlsx_code_number", [(1001, "2024-03-05", 1)], [("1001", "2024-03-05", 100)]),
    xlsx(
        "xlsx_code_number_with_zero",
        [('<c r="PLACE"><v>1001.0</v></c>', "2024-03-05", 1)],
        [("1001", "2024-03-05", 100)],
    ),
    xlsx(
        "xlsx_code_padded_by_format",
        [(styled(1001, 1), "2024-03-05", 1)],
        [("01001", "2024-03-05", 100)],
        formats=[PADDED],
    ),
    xlsx("xlsx_code_text_with_zeros", [("001001", "2024-03-05", 1)], [("001001", "2024-03-05", 100)]),
    xlsx(
        "xlsx_code_exponent", [('<c r="PLACE"><v>1.23456E+5</v></c>', "2024-03-05", 1)], [("123456", "2024-03-05", 100)]
    ),
    xlsx("xlsx_code_15_digits", [(123456789012345, "2024-03-05", 1)], [("123456789012345", "2024-03-05", 100)]),
    xlsx("xlsx_code_18_digits", [(123456789012345678, "2024-03-05", 1)], refused={2: "code_digits"}),
    xlsx("xlsx_code_fraction", [(1001.5, "2024-03-05", 1)], refused={2: "code_not_whole"}),
    xlsx("xlsx_code_date", [(styled(45356, 1), "2024-03-05", 1)], refused={2: "code_is_date"}, formats=[DATE]),
    xlsx("xlsx_code_boolean", [(True, "2024-03-05", 1)], refused={2: "not_text"}),
    xlsx("xlsx_code_escaped_character", [("K1001_x0007_", "2024-03-05", 1)], refused={2: "control_character"}),
    xlsx("xlsx_code_escaped_null", [("K1001_x0000_", "2024-03-05", 1)], refused={2: "control_character"}),
    xlsx("xlsx_code_half_a_character", [("K1001_xD83D_", "2024-03-05", 1)], refused={2: "damaged_text"}),
    xlsx("xlsx_code_two_halves", [("K_xD83D__xDE42_", "2024-03-05", 1)], [("K🙂", "2024-03-05", 100)]),
    xlsx("xlsx_code_escaped_return", [("K1001_x000D_\n", "2024-03-05", 1234.5)]),
    xlsx(
        "xlsx_total_row", [GOOD, ("合计", None, formula("SUM(C2:C2)", "1234.5"))], [GOOD_ROW], refused={3: "total_row"}
    ),
]


def _shared(strings, cells, **how) -> bytes:
    return book([HEADER, cells], strings=strings, **how)


def _of(number: int) -> str:
    return f'<c r="PLACE" t="s"><v>{number}</v></c>'


def _book(name: str, make, taken=(GOOD_ROW,), *, refused=None, unusable="", file="sales.xlsx") -> Case:
    return raw(f"xlsx_{name}", make, () if unusable else taken, refused=refused, unusable=unusable, file=file)


def _parts(sheets: dict, **how) -> bytes:
    return zipped(book_parts(sheets, **how))


_GOOD_SHEET = sheet_xml([HEADER, GOOD])
_OTHER_SHEET = sheet_xml([HEADER, ("K1001", "2024-03-09", 9)])
_MERGED = '<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>'
_PLAIN = "xl/worksheets/sheet1.xml"


def _changed(part: str, old: str, new: str) -> bytes:
    parts = book_parts({"Sheet1": _GOOD_SHEET})
    assert old in parts[part]
    return zipped(parts | {part: parts[part].replace(old, new)})


def _prefixed() -> bytes:
    xml = _GOOD_SHEET
    for name in ("worksheet", "sheetData", "row", "c", "is", "t"):
        xml = (
            xml.replace(f"<{name} ", f"<x:{name} ")
            .replace(f"<{name}>", f"<x:{name}>")
            .replace(f"</{name}>", f"</x:{name}>")
        )
    return zipped(book_parts({"Sheet1": xml.replace("xmlns=", "xmlns:x=")}))


def _sixteen() -> bytes:
    xml = _GOOD_SHEET.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    return zipped(book_parts({"Sheet1": ""}) | {_PLAIN: xml.encode("utf-16")})


def _absolute() -> bytes:
    return _changed(
        "xl/_rels/workbook.xml.rels", 'Target="worksheets/sheet1.xml"', 'Target="/xl/worksheets/sheet1.xml"'
    )


SHAPES = [
    _book("shared_strings", lambda: _shared(["K1001", "2024-03-05"], (_of(0), _of(1), 1234.5))),
    _book(
        "rich_text",
        lambda: _shared(["<si><r><t>K10</t></r><r><rPr><b/></rPr><t>01</t></r></si>"], (_of(0), "2024-03-05", 1234.5)),
    ),
    _book(
        "pronunciation_left_out",
        lambda: _shared(['<si><t>K1001</t><rPh sb="0" eb="1"><t>ケイ</t></rPh></si>'], (_of(0), "2024-03-05", 1234.5)),
    ),
    _book("shared_string_missing", lambda: _shared(["K1001"], (_of(7), "2024-03-05", 1)), unusable="workbook_broken"),
    _book("shared_string_negative", lambda: _shared(["K1001"], (_of(-1), "2024-03-05", 1)), unusable="workbook_broken"),
    _book("header_below_titles", lambda: book([("2024年3月销售",), (), ("客户编码", "日期", "金额"), GOOD])),
    _book("header_in_row_five", lambda: book([HEADER, GOOD], first=5)),
    _book("table_starts_in_column_c", lambda: book([(None, None, *HEADER), (None, None, *GOOD)])),
    _book(
        "blank_rows_between",
        lambda: book([HEADER, GOOD, (), (None, "", " "), ("K1001", "2024-03-06", 1)]),
        (GOOD_ROW, ("K1001", "2024-03-06", 100)),
    ),
    _book(
        "row_numbers_kept",
        lambda: book([HEADER, GOOD, (), (), ("K1001", "2024-03-06", "x")]),
        refused={5: "not_a_number"},
    ),
    _book("surplus_cell", lambda: book([HEADER, (*GOOD, 234)]), (), refused={2: "too_many_cells"}),
    _book("surplus_blank_cells", lambda: book([HEADER, (*GOOD, "", '<c r="PLACE" s="0"/>')])),
    _book("dimension_too_small", lambda: book([HEADER, GOOD], head='<dimension ref="A1"/>')),
    _book("dimension_too_large", lambda: book([HEADER, GOOD], head='<dimension ref="A1:XFD1048576"/>')),
    _book(
        "merged_cells_not_filled",
        lambda: book([HEADER, GOOD, (None, "2024-03-06", 1)], tail=_MERGED),
        refused={3: "required"},
    ),
    _book("no_places", lambda: _changed(_PLAIN, ' r="A2"', "")),
    _book("prefixed_names", _prefixed),
    _book("utf16_parts", _sixteen),
    _book("absolute_targets", _absolute),
    _book("stored_not_packed", lambda: zipped(book_parts({"Sheet1": _GOOD_SHEET}), method=zipfile.ZIP_STORED)),
    _book(
        "without_styles", lambda: zipped({k: v for k, v in book_parts({"S": _GOOD_SHEET}).items() if "styles" not in k})
    ),
    _book("empty_fill", lambda: _changed("xl/styles.xml", "<numFmts>", "<fills><fill/></fills><numFmts>")),
    _book(
        "second_sheet_has_the_table",
        lambda: _parts({"说明": sheet_xml([("填写说明",), ("请勿修改",)]), "数据": _GOOD_SHEET}),
    ),
    _book("first_of_two_tables", lambda: _parts({"三月": _GOOD_SHEET, "四月": _OTHER_SHEET})),
    _book("hidden_sheet_left_out", lambda: _parts({"old": _OTHER_SHEET, "new": _GOOD_SHEET}, states={"old": "hidden"})),
    _book(
        "very_hidden_sheet_left_out",
        lambda: _parts({"old": _OTHER_SHEET, "new": _GOOD_SHEET}, states={"old": "veryHidden"}),
    ),
    _book("only_hidden_sheets", lambda: _parts({"a": _GOOD_SHEET}, states={"a": "hidden"}), unusable="no_sheet"),
    _book("empty_sheet", lambda: book([]), unusable="no_sheet"),
    _book("no_header", lambda: book([GOOD, GOOD]), unusable="no_header"),
    _book("header_only", lambda: book([HEADER]), ()),
    _book(
        "macros_ignored",
        lambda: zipped(book_parts({"S": _GOOD_SHEET}) | {"xl/vbaProject.bin": b"\xd0\xcf\x11\xe0"}),
        file="sales.xlsm",
    ),
    _book(
        "external_links_ignored",
        lambda: _changed(
            "xl/_rels/workbook.xml.rels",
            "</Relationships>",
            '<Relationship Id="x" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"'
            ' TargetMode="External" Target="http://192.0.2.1/evil.xml"/></Relationships>',
        ),
    ),
    _book("named_csv", lambda: book([HEADER, GOOD]), file="sales.csv"),
    _book("columns_600", lambda: book([(*HEADER, *(f"c{n}" for n in range(600))), GOOD]), unusable="too_many_columns"),
    _book("cell_far_right", lambda: book([HEADER, GOOD, [*GOOD, *[None] * 16000, 5]]), unusable="too_many_columns"),
]

_DOCTYPE = '<!DOCTYPE x [<!ENTITY a "lol">]>'
_LAUGHS = (
    "<!DOCTYPE x ["
    + '<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(9))
    + "]>"
)
_OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


def _lying_sizes() -> bytes:
    """The directory says that the sheet is tiny; it unpacks to 40 MB."""
    data = bytearray(zipped(book_parts({"S": sheet_xml([HEADER, GOOD], tail=" " * 40_000_000)})))
    start = 0
    while (start := data.find(b"PK\x01\x02", start)) >= 0:
        size, length = struct.unpack_from("<I", data, start + 24)[0], struct.unpack_from("<H", data, start + 28)[0]
        if size > 10_000_000:
            struct.pack_into("<I", data, start + 24, 500)
        start += 46 + length
    return bytes(data)


def _encrypted() -> bytes:
    data = bytearray(zipped(book_parts({"S": _GOOD_SHEET})))
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(mark, start)) >= 0:
            data[start + at] |= 1
            start += 4
    return bytes(data)


def _twice() -> bytes:
    parts = list(book_parts({"S": _GOOD_SHEET}).items())
    return zipped([*parts, (_PLAIN, _OTHER_SHEET)])


def _overlapping() -> bytes:
    """Two names in the directory, one body: the trick of the bombs that need no nesting."""
    target = io.BytesIO(zipped(book_parts({"S": _GOOD_SHEET})))
    data = bytearray(target.getvalue())
    offsets = []
    start = 0
    while (start := data.find(b"PK\x01\x02", start)) >= 0:
        offsets.append(start)
        start += 46
    struct.pack_into("<I", data, offsets[-1] + 42, struct.unpack_from("<I", data, offsets[0] + 42)[0])
    return bytes(data)


def _wrong_sum() -> bytes:
    data = bytearray(zipped(book_parts({"S": _GOOD_SHEET}), method=zipfile.ZIP_STORED))
    at = data.find(b"1234.50")
    data[at : at + 7] = b"9234.50"
    return bytes(data)


_EXTRA = '<ext><row r="1"><c r="A1"><v>1</v></c></row></ext></extLst>'


def _wrong_sum_behind() -> bytes:
    data = bytearray(zipped(book_parts({"S": _GOOD_SHEET + " " * 300_000}), method=zipfile.ZIP_STORED))
    at = data.find(b"1234.50")
    data[at : at + 7] = b"9234.50"
    return bytes(data)


def _grid(cells: str) -> bytes:
    return zipped(book_parts({"S": sheet_xml([HEADER]).replace("</sheetData>", cells + "</sheetData>")}))


def _many(name: str, count: int) -> bytes:
    return zipped(book_parts({"S": _GOOD_SHEET}) | {f"{name}{n}.xml": "<x/>" for n in range(count)})


_GOOD_XML = '<row r="2"><c r="A2"><v>1001</v></c><c r="B2"><v>45356</v></c><c r="C2"><v>1</v></c></row>'
ATTACKS = [
    _book("doctype_in_sheet", lambda: book([HEADER, GOOD], before=_DOCTYPE), unusable="xml_doctype"),
    _book("billion_laughs", lambda: book([HEADER, GOOD], before=_LAUGHS), unusable="xml_doctype"),
    _book("outside_entity", lambda: book([HEADER, GOOD], before=_OUTSIDE), unusable="xml_doctype"),
    _book("doctype_in_workbook", lambda: book([HEADER, GOOD], workbook_before=_DOCTYPE), unusable="xml_doctype"),
    _book(
        "doctype_in_strings",
        lambda: zipped(book_parts({"S": _GOOD_SHEET}, strings=["a"]) | {"xl/sharedStrings.xml": _LAUGHS + "<sst/>"}),
        unusable="xml_doctype",
    ),
    _book(
        "doctype_utf16",
        lambda: zipped(
            book_parts({"S": ""})
            | {_PLAIN: f'<?xml version="1.0" encoding="UTF-16"?>{_LAUGHS}<worksheet/>'.encode("utf-16")}
        ),
        unusable="xml_doctype",
    ),
    _book("bomb_in_sheet", lambda: book([HEADER, GOOD], tail=" " * 40_000_000), unusable="zip_ratio"),
    _book(
        "bomb_in_picture",
        lambda: zipped(book_parts({"S": _GOOD_SHEET}) | {"xl/media/a.png": bytes(40_000_000)}),
        unusable="zip_ratio",
    ),
    _book(
        "bomb_in_strings",
        lambda: zipped(book_parts({"S": _GOOD_SHEET}, strings=["x" * 40_000_000])),
        unusable="zip_ratio",
    ),
    _book("directory_lies", _lying_sizes, unusable="zip_broken"),
    _book("parts_300", lambda: _many("xl/a", 300), unusable="zip_parts"),
    _book("part_twice", _twice, unusable="zip_duplicate"),
    _book(
        "part_twice_in_other_case",
        lambda: zipped([*book_parts({"S": _GOOD_SHEET}).items(), ("XL/Worksheets/Sheet1.xml", _OTHER_SHEET)]),
        unusable="zip_duplicate",
    ),
    _book("parts_overlap", _overlapping, unusable="zip_broken"),
    _book("encrypted_part", _encrypted, unusable="zip_encrypted"),
    _book(
        "path_upwards", lambda: zipped(book_parts({"S": _GOOD_SHEET}) | {"../../evil.txt": "x"}), unusable="zip_name"
    ),
    _book("path_absolute", lambda: zipped(book_parts({"S": _GOOD_SHEET}) | {"/etc/evil": "x"}), unusable="zip_name"),
    _book("cut_off", lambda: book([HEADER, GOOD])[:-40], unusable="zip_broken"),
    _book("only_magic", b"PK\x03\x04", unusable="zip_broken"),
    _book("empty_archive", b"PK\x05\x06" + bytes(18), unusable="not_a_table"),
    _book("damaged_body", _wrong_sum, unusable="zip_broken"),
    _book(
        "packed_otherwise",
        lambda: zipped(book_parts({"S": _GOOD_SHEET}), method=zipfile.ZIP_BZIP2),
        unusable="zip_broken",
    ),
    _book("sheet_cut_off", lambda: zipped(book_parts({"S": _GOOD_SHEET[:-60]})), unusable="workbook_broken"),
    _book(
        "sheet_cut_off_below_the_rows",
        lambda: zipped(book_parts({"S": _GOOD_SHEET[: -len("</worksheet>")]})),
        unusable="workbook_broken",
    ),
    _book("damaged_behind_the_rows", _wrong_sum_behind, unusable="zip_broken"),
    _book(
        "cells_behind_the_rows_not_heeded",
        lambda: zipped(book_parts({"S": _GOOD_SHEET.replace("</sheetData>", "</sheetData><extLst>" + _EXTRA)})),
    ),
    _book("sheet_not_xml", lambda: zipped(book_parts({"S": "customer_code,date,amount"})), unusable="workbook_broken"),
    _book(
        "sheet_missing",
        lambda: zipped({k: v for k, v in book_parts({"S": _GOOD_SHEET}).items() if k != _PLAIN}),
        unusable="workbook_broken",
    ),
    _book("sheet_of_another_kind", lambda: zipped(book_parts({"S": "<html/>"})), unusable="workbook_broken"),
    _book("no_sheets", lambda: zipped(book_parts({})), unusable="no_sheet"),
    _book(
        "cell_twice",
        lambda: _grid('<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>2</v></c></row>'),
        unusable="workbook_broken",
    ),
    _book("row_twice", lambda: _grid(_GOOD_XML + _GOOD_XML), unusable="workbook_broken"),
    _book(
        "row_beyond_the_last",
        lambda: _grid('<row r="99999999"><c r="A99999999"><v>1</v></c></row>'),
        unusable="workbook_broken",
    ),
    _book("place_nonsense", lambda: _grid('<row r="2"><c r="ÄÖ2"><v>1</v></c></row>'), unusable="workbook_broken"),
    _book("deeply_nested", lambda: _grid("<row>" * 50_000), unusable="workbook_broken"),
    _book("cell_of_200_000", lambda: book([HEADER, ("K" * 200_000, "2024-03-05", 1)]), unusable="cell_too_large"),
    _book(
        "binary_workbook",
        lambda: zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": "x"}),
        unusable="binary_workbook",
        file="sales.xlsb",
    ),
    _book(
        "word_document",
        lambda: zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "x"}),
        unusable="not_a_table",
        file="sales.docx",
    ),
    _book(
        "open_document",
        lambda: zipped({"mimetype": "application/vnd.oasis.opendocument.spreadsheet", "content.xml": "x"}),
        unusable="not_a_table",
        file="sales.ods",
    ),
    _book("zip_of_csv", lambda: zipped({"sales.csv": text([GOOD])}), unusable="not_a_table", file="sales.zip"),
]

CASES = [*CELLS, *SHAPES, *ATTACKS]
