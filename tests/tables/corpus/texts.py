"""Text files: encodings, delimiters, line ends, headers, quotes, rows of the wrong width, and what is no table."""

from __future__ import annotations

import codecs
import gzip
import random

from tests.tables.corpus.making import GOOD, GOOD_ROW, HEADER, Case, raw, sales, text

CHINESE = ("客户编码", "销售日期", "销售额(元)", "备注")
TRADITIONAL = ("客戶編碼", "銷售日期", "銷售額(元)", "備註")
REMARK = "晨光便利店，南京东路"
REMARK_TRADITIONAL = "晨光便利商店，臺北市中正區"


def _encodings() -> list[Case]:
    found = []
    for name, encoding, bom, traditional in (
        ("utf8", "utf-8", b"", False),
        ("utf8_bom", "utf-8", codecs.BOM_UTF8, False),
        ("utf16_le_bom", "utf-16-le", codecs.BOM_UTF16_LE, False),
        ("utf16_be_bom", "utf-16-be", codecs.BOM_UTF16_BE, False),
        ("utf16_le", "utf-16-le", b"", False),
        ("utf16_be", "utf-16-be", b"", False),
        ("gb18030", "gb18030", b"", False),
        ("gb18030_traditional", "gb18030", b"", True),
        ("big5", "big5", b"", True),
        ("utf8_traditional", "utf-8", b"", True),
    ):
        header, remark = (TRADITIONAL, REMARK_TRADITIONAL) if traditional else (CHINESE, REMARK)
        for sign, delimiter in (("comma", ","), ("semicolon", ";"), ("tab", "\t"), ("pipe", "|")):
            found.append(
                sales(
                    f"encoding_{name}_{sign}",
                    [(*GOOD, remark)],
                    header=header,
                    encoding=encoding,
                    bom=bom,
                    delimiter=delimiter,
                    end="\r\n" if sign in ("comma", "pipe") else "\n",
                )
            )
    for name, end in (("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")):
        for encoding in ("utf-8", "utf-16", "gb18030"):
            found.append(
                sales(f"line_end_{name}_{encoding}", [(*GOOD, REMARK)], header=CHINESE, encoding=encoding, end=end)
            )
    return found


def _gb18030(words: str, name: str) -> Case:
    rows = [(*GOOD, words)]
    return sales(name, rows, header=CHINESE, encoding="gb18030")


_LATE = "\n".join(f"K1001,2023-{day // 28 + 1:02d}-{day % 28 + 1:02d},1.00," for day in range(300))
_LATE_TAKEN = tuple(("K1001", f"2023-{day // 28 + 1:02d}-{day % 28 + 1:02d}", 100) for day in range(300))

ENCODINGS = [
    *_encodings(),
    _gb18030("㐂䶮𠮷🙂", "gb18030_four_bytes"),
    _gb18030("€ ¥ ① ㈱", "gb18030_signs"),
    _gb18030("龑龘靐", "gb18030_rare_names"),
    sales("gb18030_only_rare_name", [(*GOOD, "龑")], header=(*HEADER, "note"), encoding="gb18030"),
    raw(
        "gb18030_only_on_the_last_row",
        f"customer_code,date,amount,note\n{_LATE}\nK1001,2024-03-05,1234.50,".encode() + "南京店\n".encode("gb18030"),
        (*_LATE_TAKEN, GOOD_ROW),
    ),
    raw(
        "gb18030_beyond_the_first_block",
        lambda: (
            (
                "customer_code,date,amount,note\nK1001,2024-03-05,1234.50,\n" + " " * 10 + "\n" + ",,,\n" * 60_000
            ).encode()
            + "K1001,2024-03-06,1,上海店\n".encode("gb18030")
        ),
        (GOOD_ROW, ("K1001", "2024-03-06", 100)),
    ),
    raw("double_bom", b"\xef\xbb\xbf\xef\xbb\xbf" + text([GOOD]), (GOOD_ROW,)),
    raw(
        "bom_before_a_quote",
        b'\xef\xbb\xbf"customer_code","date","amount"\n' + b",".join(c.encode() for c in GOOD),
        (GOOD_ROW,),
    ),
    raw(
        "utf8_one_bad_byte",
        text([(*GOOD, REMARK)] * 1, CHINESE) + b"K1001,2024-03-06,1,\xff\n",
        unusable="encoding_broken",
    ),
    raw("utf8_cut_in_a_character", text([(*GOOD, REMARK)], CHINESE, last=False)[:-1], unusable="encoding_broken"),
    raw(
        "utf8_overlong", text([(*GOOD, REMARK)], CHINESE) + b"K1001,2024-03-06,1,\xc0\xaf\n", unusable="encoding_broken"
    ),
    raw(
        "utf8_surrogate",
        text([(*GOOD, REMARK)], CHINESE) + b"K1001,2024-03-06,1,\xed\xa0\x80\n",
        unusable="encoding_broken",
    ),
    raw(
        "utf8_bom_but_gb18030",
        codecs.BOM_UTF8 + text([(*GOOD, REMARK)], CHINESE, encoding="gb18030"),
        unusable="encoding_broken",
    ),
    raw(
        "utf16_bom_but_utf8",
        codecs.BOM_UTF16_LE + text([(*GOOD, "x")], CHINESE) + b"\x00\xd8",
        unusable="encoding_broken",
    ),
    raw(
        "utf16_odd_length", codecs.BOM_UTF16_LE + text([GOOD], encoding="utf-16-le") + b"x", unusable="encoding_broken"
    ),
    raw(
        "utf16_lone_surrogate",
        codecs.BOM_UTF16_LE + text([GOOD], encoding="utf-16-le") + b"\x00\xd8\x0a\x00",
        unusable="encoding_broken",
    ),
    raw("utf32_le", text([GOOD], encoding="utf-32"), unusable="encoding_unknown"),
    raw("utf32_be", codecs.BOM_UTF32_BE + text([GOOD], encoding="utf-32-be"), unusable="encoding_unknown"),
    raw(
        "latin1",
        text([(*GOOD, "Café à la crème, Zürich")], (*HEADER, "note"), delimiter=";", encoding="latin-1"),
        unusable="encoding_unknown",
    ),
    raw(
        "shift_jis",
        text([(*GOOD, "ファミリーマート渋谷店")], (*HEADER, "備考"), encoding="shift_jis"),
        unusable="encoding_unknown",
    ),
    raw(
        "mixed_utf8_and_gb18030",
        text([(*GOOD, REMARK)], CHINESE, encoding="gb18030") + "K1001,2024-03-06,1,上海南京西路便利店\n".encode(),
        unusable="encoding_mixed",
    ),
    raw(
        "mixed_gb18030_and_a_line_of_utf8_that_decodes",
        text([(*GOOD, REMARK)] * 1, CHINESE, encoding="gb18030") + "K1001,2024-03-06,1,上海便利\n".encode(),
        unusable="encoding_mixed",
    ),
    raw(
        "mixed_utf8_and_a_line_of_gb18030",
        text([(*GOOD, REMARK)] * 5, CHINESE) + "K1001,2024-03-06,1,上海便利店\n".encode("gb18030"),
        unusable="encoding_broken",
    ),
    raw(
        "windows_1252_euro",
        text([(*GOOD, "x")], (*HEADER, "note")) + b"K1001,2024-03-06,1,\x80\n",
        unusable="encoding_unknown",
    ),
]


def _header(name: str, header, taken=None, row=GOOD, **how) -> Case:
    return sales(f"header_{name}", [row], taken, header=header, **how)


TITLES = "销售月报\n编制：张三,2024-03-31\n\n"
HEADERS = [
    _header("chinese", ("客户编码", "日期", "金额")),
    _header("traditional", ("客戶編碼", "日期", "金額")),
    _header("english_words", ("Customer Code", "Sales Date", "Sales Amount")),
    _header("upper", ("CUSTOMER_CODE", "DATE", "AMOUNT")),
    _header("full_width", ("ＣＵＳＴＯＭＥＲ＿ＣＯＤＥ", "ＤＡＴＥ", "ＡＭＯＵＮＴ")),
    _header("spaced", ("  customer code ", " date ", "\u3000amount\u3000")),
    _header("inner_spaces", ("客 户 编 码", "日 期", "金 额")),
    _header("starred", ("*客户编码", "*日期", "*金额")),
    _header("colons", ("客户编码：", "日期：", "金额：")),
    _header("quoted", ('"customer_code"', '"date"', '"amount"')),
    _header("with_yuan", ("客户编码", "日期", "金额（元）")),
    _header("with_remark", ("客户编码(必填)", "日期(yyyy-mm-dd)", "金额[CNY]")),
    _header(
        "ten_thousand",
        ("客户编码", "日期", "销售额(万元)"),
        [("K1001", "2024-03-05", 1_2345000)],
        ("K1001", "2024-03-05", "12.345"),
    ),
    _header(
        "ten_thousand_traditional",
        ("客戶編碼", "日期", "銷售額（萬元）"),
        [("K1001", "2024-03-05", 1_2345000)],
        ("K1001", "2024-03-05", "12.345"),
    ),
    _header(
        "ten_thousand_suffix",
        ("客户编码", "日期", "销售额万元"),
        [("K1001", "2024-03-05", 5000000)],
        ("K1001", "2024-03-05", "5"),
    ),
    _header(
        "thousand",
        ("客户编码", "日期", "销售额(千元)"),
        [("K1001", "2024-03-05", 500000)],
        ("K1001", "2024-03-05", "5"),
    ),
    _header(
        "unit_twice",
        ("客户编码", "日期", "销售额(万元)"),
        row=("K1001", "2024-03-05", "5万"),
        refused={2: "number_unit_twice"},
    ),
    _header(
        "unit_contradicted",
        ("客户编码", "日期", "销售额(万元)"),
        row=("K1001", "2024-03-05", "50000元"),
        refused={2: "number_unit_twice"},
    ),
    _header(
        "unit_not_exact",
        ("客户编码", "日期", "销售额(万元)"),
        row=("K1001", "2024-03-05", "1.2345678"),
        refused={2: "number_decimals"},
    ),
    _header("dollars", ("customer_code", "date", "amount (USD)"), unusable="column_currency"),
    _header("dollars_chinese", ("客户编码", "日期", "金额（美元）"), unusable="column_currency"),
    _header("hong_kong_dollars", ("客户编码", "日期", "金额(HK$)"), unusable="column_currency"),
    _header("footnotes", ("金额¹", "日期*", "客户编码③"), row=("1234.50", "2024-03-05", "K1001")),
    _header("numbered", ("1.客户编码", "2、日期", "③金额")),
    _header("in_brackets", ("【客户编码】", "[日期]", "（金额）")),
    _header("two_languages", ("客户编码/Customer code", "日期 Date", "金额Amount")),
    _header("two_languages_remark", ("客户编码 (code)", "日期|Date", "金额/Sales amount（元）")),
    _header("two_meanings", ("客户编码", "日期", "金额/数量"), unusable="columns_missing"),
    _header("ratio", ("客户编码", "日期", "金额/客流"), unusable="columns_missing"),
    _header("columns_swapped", ("amount", "customer_code", "date"), row=("1234.50", "K1001", "2024-03-05")),
    _header("unknown_column_too", ("序号", "customer_code", "date", "amount"), row=("1", *GOOD)),
    _header("index_without_name", ("", "customer_code", "date", "amount"), row=("0", *GOOD)),
    _header("blank_columns_at_end", ("customer_code", "date", "amount", "", ""), row=(*GOOD, "", "")),
    _header(
        "blank_column_between", ("customer_code", "", "date", "amount"), row=("K1001", "", "2024-03-05", "1234.50")
    ),
    _header(
        "value_below_no_name",
        ("customer_code", "date", "amount", ""),
        row=("K1001", "2024-03-05", "1", "234.00"),
        refused={2: "cell_without_header"},
    ),
    _header(
        "same_name_twice", ("customer_code", "date", "amount", "amount"), row=(*GOOD, "5"), unusable="column_twice"
    ),
    _header(
        "two_names_of_one_thing", ("customer_code", "date", "amount", "金额"), row=(*GOOD, "5"), unusable="column_twice"
    ),
    _header("exact_name_wins_over_remark", ("customer_code", "date", "amount", "amount (incl. tax)"), row=(*GOOD, "5")),
    _header(
        "optional_twice",
        ("customer_code", "date", "amount", "units", "数量"),
        row=(*GOOD, "5", "6"),
        unusable="column_twice",
    ),
    _header(
        "no_amount", ("customer_code", "date", "units"), unusable="columns_missing", row=("K1001", "2024-03-05", "5")
    ),
    _header("unknown_words", ("foo", "bar", "baz"), unusable="columns_missing"),
    _header("only_header", ("customer_code", "date", "amount"), (), row=()),
    raw("header_without_rows_or_end", b"customer_code,date,amount"),
    raw("header_none", text([GOOD, GOOD], None), unusable="no_header"),
    raw("header_below_titles", (TITLES + "客户编码,日期,金额\nK1001,2024-03-05,1234.50\n").encode(), (GOOD_ROW,)),
    raw(
        "header_below_titles_gb18030",
        (TITLES + "客户编码,日期,金额\nK1001,2024-03-05,1234.50\n").encode("gb18030"),
        (GOOD_ROW,),
    ),
    raw(
        "header_below_wide_title",
        ("2024年3月销售日报,,\n" + "客户编码,日期,金额\n" + ",".join(GOOD)).encode(),
        (GOOD_ROW,),
    ),
    raw("header_below_blank_lines", b"\n\n,,\n" + text([GOOD]), (GOOD_ROW,)),
    raw("header_told_by_sep", b"sep=;\n" + text([GOOD], delimiter=";"), (GOOD_ROW,)),
    raw("header_told_by_sep_pipe", b"sep=|\r\n" + text([GOOD], delimiter="|", end="\r\n"), (GOOD_ROW,)),
    sales(
        "header_repeated_within",
        [GOOD, HEADER, ("K1001", "2024-03-06", "1")],
        [GOOD_ROW, ("K1001", "2024-03-06", 100)],
        refused={3: "repeated_header"},
    ),
    sales(
        "header_repeated_in_other_case",
        [GOOD, ("Customer_Code", "DATE", "Amount")],
        [GOOD_ROW],
        refused={3: "not_a_date"},
    ),
    raw(
        "header_unit_row_below",
        "客户编码,日期,金额\n,,元\n".encode() + text([GOOD], None),
        [GOOD_ROW],
        refused={2: "required"},
    ),
    raw("delimiter_in_decimals", b"customer_code;date;amount\nK1001;2024-03-05;1234,5\n", refused={2: "number_comma"}),
    raw(
        "delimiter_thousands_within_semicolons", b"customer_code;date;amount\nK1001;2024-03-05;1,234.50\n", (GOOD_ROW,)
    ),
    raw("delimiter_spaces", b"customer_code date amount\nK1001 2024-03-05 1234.50\n", unusable="no_header"),
]

ROWS = [
    raw("null_in_the_header", b"customer_code,da\x00te,amount\nK1001,2024-03-05,1\n", unusable="columns_missing"),
    raw("null_below_unknown_words", b"foo,bar,baz\nK1001\x00,2024-03-05,1\n", unusable="columns_missing"),
    raw(
        "row_unquoted_thousands",
        b"customer_code,date,amount,note\nK1001,2024-03-05,1,234.00,\n",
        refused={2: "too_many_cells"},
    ),
    raw(
        "row_unquoted_thousands_short",
        b"customer_code,date,amount\nK1001,2024-03-05,1,234.50\n",
        refused={2: "too_many_cells"},
    ),
    raw(
        "row_unquoted_thousands_named",
        "客户编码,日期,金额,备注\n晨光便利店,2024-03-05,1,234.00,\n".encode(),
        refused={2: "too_many_cells"},
    ),
    raw("row_trailing_comma", text([(*GOOD, "")]), refused={2: "too_many_cells"}),
    raw("row_only_separators", text([GOOD, ("", "", ""), ("", "", "", "", "")]), (GOOD_ROW,)),
    raw(
        "row_blank_lines_between",
        text([GOOD]) + b"\n\n  \n" + text([("K1001", "2024-03-06", "1")], None),
        (GOOD_ROW, ("K1001", "2024-03-06", 100)),
    ),
    raw(
        "row_numbers_count_blank_lines",
        text([GOOD]) + b"\n\nK1001,2024-03-06,x\n",
        (GOOD_ROW,),
        refused={5: "not_a_number"},
    ),
    raw("row_short_required", text([("K1001", "2024-03-05"), GOOD]), (GOOD_ROW,), refused={2: "required"}),
    raw(
        "row_short_optional",
        text(
            [("K1001", "2024-03-05", "1234.50"), ("K1001", "2024-03-06", "1", "5", "1")], (*HEADER, "units", "orders")
        ),
        (GOOD_ROW, ("K1001", "2024-03-06", 100)),
    ),
    raw(
        "row_last_cut_off",
        text([(*GOOD, "5"), ("K1001", "2024-03-06", "12")], (*HEADER, "units"), last=False),
        unusable="file_cut_off",
    ),
    raw("row_no_line_end_at_end", text([GOOD], last=False), (GOOD_ROW,)),
    raw("row_total_at_end", text([GOOD, ("合计", "", "1234.50")]), (GOOD_ROW,), refused={3: "total_row"}),
    raw("row_total_in_date_column", text([GOOD, ("", "合计", "1234.50")]), (GOOD_ROW,), refused={3: "required"}),
    raw("row_total_with_date", text([GOOD, ("总计", "2024-03-05", "1234.50")]), (GOOD_ROW,), refused={3: "total_row"}),
    raw("row_remark_at_end", text([GOOD, ("制表人：张三", "", "")]), (GOOD_ROW,), refused={3: "required"}),
    raw(
        "row_quoted_newline",
        text([(*GOOD, '"第一行\n第二行"'), ("K1001", "2024-03-06", "x", "")], (*HEADER, "note")),
        (GOOD_ROW,),
        refused={3: "not_a_number"},
    ),
    raw("row_quoted_quote", text([(*GOOD, '"5"" pipe"')], (*HEADER, "note")), (GOOD_ROW,)),
    raw("row_inch_mark_within", text([(*GOOD, '5" pipe')], (*HEADER, "note")), (GOOD_ROW,)),
    raw("row_quoted_delimiter", text([('"K1001"', '"2024-03-05"', '"1,234.50"')]), (GOOD_ROW,)),
    raw("row_all_quoted_with_spaces", text([('" K1001 "', '" 2024-03-05"', '"1234.50 "')]), (GOOD_ROW,)),
    raw("quote_never_closed", text([GOOD, ('"K1001', "2024-03-06", "1")]), unusable="broken_quote"),
    raw("quote_never_closed_first", text([('"K1001', "2024-03-06", "1"), GOOD]), unusable="broken_quote"),
    raw("quote_then_text", text([GOOD, ('"K1"001', "2024-03-06", "1")]), unusable="broken_quote"),
    raw(
        "quote_swallows_rows",
        text([GOOD, ('"K1001', "2024-03-06", "1"), ('"K1001', "2024-03-07", "1")]),
        unusable="broken_quote",
    ),
    raw("quote_in_header_never_closed", b'"customer_code,date,amount\n' + text([GOOD], None), unusable="no_header"),
    raw("null_in_a_row", text([GOOD, ("K1001", "2024-03-06", "1\x00")]), (GOOD_ROW,), refused={3: "not_a_number"}),
    raw("end_of_file_character", text([GOOD]) + b"\x1a", (GOOD_ROW,)),
    raw("cell_of_200_000", lambda: text([GOOD, ("K1001", "2024-03-06", "9" * 200_000)]), unusable="cell_too_large"),
    raw("cell_of_5_000", text([GOOD, ("K" * 5000, "2024-03-06", "1")]), (GOOD_ROW,), refused={3: "too_long"}),
    raw("line_of_3_000_000", lambda: text([GOOD]) + b"9" * 3_000_000, unusable="line_too_long"),
    raw("columns_600", lambda: text([GOOD], (*HEADER, *(f"c{n}" for n in range(600)))), unusable="too_many_columns"),
    raw("rows_of_one_cell", text([("K1001",), ("K1002",)], ("customer_code",)), unusable="columns_missing"),
]

NO_TABLES = [
    raw("empty", b"", unusable="empty_file"),
    raw("only_bom", codecs.BOM_UTF8, unusable="empty_file"),
    raw("only_bom_16", codecs.BOM_UTF16_LE, unusable="empty_file"),
    raw("only_blanks", b" \r\n\t\n \n", unusable="empty_file"),
    raw("only_separators", b",,\n,,\n", unusable="no_header"),
    raw("prose", "关于三月份促销活动的通知\n请各位加盟商按时提交数据。\n".encode(), unusable="no_header"),
    raw("json", b'[{"customer_code": "K1001", "amount": 5}]', unusable="not_a_table"),
    raw(
        "html",
        b"<html><body><table><tr><td>customer_code</td></tr></table></body></html>",
        unusable="not_a_table",
        file="sales.xls",
    ),
    raw("html_with_bom", codecs.BOM_UTF8 + b"\n<TABLE><tr><td>customer_code</td></tr></TABLE>", unusable="not_a_table"),
    raw(
        "xml_spreadsheet_2003",
        b'<?xml version="1.0"?><Workbook xmlns="urn:x"></Workbook>',
        unusable="not_a_table",
        file="sales.xls",
    ),
    raw("pdf", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", unusable="not_a_table"),
    raw("png", b"\x89PNG\r\n\x1a\n" + bytes(100), unusable="not_a_table"),
    raw("jpeg", b"\xff\xd8\xff\xe0" + bytes(100), unusable="not_a_table"),
    raw("sqlite", b"SQLite format 3\x00" + bytes(100), unusable="not_a_table"),
    raw("rar", b"Rar!\x1a\x07\x00" + bytes(100), unusable="not_a_table"),
    raw("seven_zip", b"7z\xbc\xaf\x27\x1c" + bytes(100), unusable="not_a_table"),
    raw("program", b"\x7fELF\x02\x01\x01" + bytes(100), unusable="not_a_table"),
    raw("zeros", bytes(5000), unusable="binary_file"),
    raw("noise", random.Random(5).randbytes(5000), unusable="binary_file"),
    raw(
        "old_xls",
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "Workbook".encode("utf-16-le") + bytes(600),
        unusable="old_workbook",
        file="sales.xls",
    ),
    raw(
        "old_xls_named_xlsx",
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "Workbook".encode("utf-16-le"),
        unusable="old_workbook",
        file="sales.xlsx",
    ),
    raw(
        "xlsx_with_password",
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
        unusable="encrypted_workbook",
        file="sales.xlsx",
    ),
    raw(
        "old_container_of_something",
        bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600),
        unusable="binary_file",
        file="sales.doc",
    ),
    raw("csv_named_xlsx", text([GOOD]), (GOOD_ROW,), file="sales.xlsx"),
    raw("csv_named_txt", text([GOOD], delimiter="\t"), (GOOD_ROW,), file="sales.txt"),
    raw("csv_without_extension", text([GOOD]), (GOOD_ROW,), file="sales"),
    raw("csv_with_an_evil_name", text([GOOD]), (GOOD_ROW,), file="..%2f..%2fetc%2fpasswd\u202e.csv"),
]

_PACKED = gzip.compress(text([GOOD]), mtime=0)
GZIPPED = [
    raw("gzip", _PACKED, (GOOD_ROW,), file="sales.csv.gz"),
    raw("gzip_named_csv", _PACKED, (GOOD_ROW,), file="sales.csv"),
    raw(
        "gzip_gb18030",
        gzip.compress(text([(*GOOD, REMARK)], CHINESE, encoding="gb18030")),
        (GOOD_ROW,),
        file="sales.csv.gz",
    ),
    raw(
        "gzip_two_members",
        gzip.compress(text([])) + gzip.compress(text([GOOD], None)),
        (GOOD_ROW,),
        file="sales.csv.gz",
    ),
    raw("gzip_cut_off", _PACKED[:-9], unusable="gzip_broken", file="sales.csv.gz"),
    raw(
        "gzip_wrong_checksum",
        _PACKED[:-8] + b"\x00\x00\x00\x00" + _PACKED[-4:],
        unusable="gzip_broken",
        file="sales.csv.gz",
    ),
    raw("gzip_damaged", _PACKED[:12] + b"\xff\xff\xff" + _PACKED[15:], unusable="gzip_broken", file="sales.csv.gz"),
    raw("gzip_only_head", _PACKED[:5], unusable="gzip_broken", file="sales.csv.gz"),
    raw("gzip_empty", gzip.compress(b""), unusable="empty_file", file="sales.csv.gz"),
    raw("gzip_in_gzip", gzip.compress(_PACKED), unusable="not_a_table", file="sales.csv.gz.gz"),
    raw("gzip_of_pdf", gzip.compress(b"%PDF-1.7\n"), unusable="not_a_table", file="sales.csv.gz"),
    raw("gzip_bomb_zeros", lambda: gzip.compress(bytes(30_000_000)), unusable="binary_file", file="sales.csv.gz"),
    raw(
        "gzip_bomb_lines",
        lambda: gzip.compress(text([GOOD]) + b",,\n" * 20_000_000, 9),
        unusable="gzip_ratio",
        file="sales.csv.gz",
    ),
]

GZIPPED.append(
    raw(
        "gzip_bomb_one_line",
        lambda: gzip.compress(text([GOOD]) + b"9" * 30_000_000),
        unusable="line_too_long",
        file="sales.csv.gz",
    )
)

CASES = [*ENCODINGS, *HEADERS, *ROWS, *NO_TABLES, *GZIPPED]
