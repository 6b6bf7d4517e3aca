"""Writing rows as CSV or XLSX with flat memory, so that no cell can act as a formula."""

from __future__ import annotations

import csv
import datetime
import re
from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from crm.exports.kinds import Column

# What spreadsheet programs may take for the start of a formula, half and full width.
_DANGEROUS = tuple("=+-@\t\r\n\0＝＋－＠")
_PLAIN_NUMBER = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
# XML 1.0 has no room for these; xlsxwriter would write a file that no program opens.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
XLSX_ROWS = 1_048_576  # what a sheet holds, head included
_EXACT_DOUBLE = Decimal(10) ** 15


class TooLong(Exception):
    """More rows than a sheet holds."""


def defuse(text: str) -> str:
    """Text that no spreadsheet takes for a formula: a quote before its signs. Plain negative numbers stay."""
    if not text:
        return text
    if (text[0] in _DANGEROUS or text.lstrip()[:1] in _DANGEROUS[:4]) and not _PLAIN_NUMBER.fullmatch(text):
        return "'" + text
    return text


def _moment(value: datetime.datetime) -> datetime.datetime:
    return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value


def csv_cell(value: Any) -> str:
    """A value as CSV text: decimals in full, ISO dates in the company's time zone, text defused."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, datetime.datetime):
        return _moment(value).isoformat(sep=" ", timespec="seconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    return defuse(str(value)).replace("\0", "")


def write_csv(path: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], tick: Callable[[int], None]) -> int:
    """Write and count. UTF-8 with a byte order mark, or Excel reads Chinese as something else."""
    count = 0
    with open(path, "w", encoding="utf-8-sig", errors="replace", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow([csv_cell(str(column.label)) for column in columns])
        for row in rows:
            writer.writerow([csv_cell(value) for value in row])
            count += 1
            if count % 500 == 0:
                tick(count)
    return count


def write_xlsx(path: str, columns: Sequence[Column], rows: Iterable[Sequence[Any]], tick: Callable[[int], None]) -> int:
    """Write and count. Numbers are numbers, dates are dates, and whatever is text is forced to be text."""
    import xlsxwriter  # noqa: PLC0415 - slow to load; most processes make no file

    book = xlsxwriter.Workbook(
        path,
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_date_format": "yyyy-mm-dd",
        },
    )
    try:
        sheet = book.add_worksheet("Qiao")
        formats = {
            "head": book.add_format({"bold": True}),
            "number": book.add_format({"num_format": "#,##0"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "ratio": book.add_format({"num_format": "0.0%"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
        }
        for at, column in enumerate(columns):
            sheet.set_column(at, at, column.width)
            sheet.write_string(0, at, _xml(str(column.label)), formats["head"])
        sheet.freeze_panes(1, 0)
        count = 0
        for row in rows:
            count += 1
            if count >= XLSX_ROWS:
                raise TooLong
            for at, (column, value) in enumerate(zip(columns, row, strict=True)):
                _xlsx_cell(sheet, count, at, value, column.form, formats)
            if count % 500 == 0:
                tick(count)
    finally:
        book.close()
    return count


def _xml(text: str) -> str:
    return _NOT_XML.sub("", text)[:32767]


def _xlsx_cell(sheet, row: int, at: int, value: Any, form: str, formats: dict) -> None:
    if value is None or value == "":
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, at, value)
    elif isinstance(value, int | float | Decimal):
        # A sheet keeps doubles: beyond 15 digits the figure would change, so it goes in as text.
        if abs(Decimal(value)) >= _EXACT_DOUBLE or (isinstance(value, Decimal) and len(value.as_tuple().digits) > 15):
            sheet.write_string(row, at, csv_cell(value))
        else:
            sheet.write_number(row, at, value, formats.get(form))
    elif isinstance(value, datetime.datetime):
        sheet.write_datetime(row, at, _moment(value), formats["moment"])
    elif isinstance(value, datetime.date):
        if value.year >= 1900:
            sheet.write_datetime(row, at, value, formats["date"])
        else:
            sheet.write_string(row, at, value.isoformat())
    else:
        sheet.write_string(row, at, _xml(str(value)))


WRITERS: dict[str, Callable[..., int]] = {"csv": write_csv, "xlsx": write_xlsx}
