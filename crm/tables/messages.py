"""Why a file or a cell cannot be taken: every reason has a code, kept in rows and JSON, and one sentence, told now.

Slices add reasons of their own with `register`. Codes are stable; sentences may be reworded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as now
from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """A code and what its sentence needs. Raised as one of the two below."""

    def __init__(self, code: str, params: dict[str, Any] | None = None):
        super().__init__(code, params or {})
        self.code = code
        self.params = params or {}

    def __str__(self):
        return describe(self.code, self.params)

    def __reduce__(self):
        return (type(self), (self.code, self.params))


class Unusable(Refusal):
    """The whole file cannot be read: nothing of it may be taken."""


class BadCell(Refusal):
    """One cell, or one row, cannot be taken; the rest of the file can be judged."""


FILE_REASONS = {
    "empty_file": _("The file is empty."),
    "missing_file": _("The file cannot be opened."),
    "file_too_large": _("The file is larger than %(limit)s MB."),
    "binary_file": _("This is not a table: the file holds binary data. Save it as CSV or XLSX."),
    "not_a_table": _("This is a file of the kind %(what)s, not a table. Save the table as CSV or XLSX."),
    "old_workbook": _("This is a workbook in the old .xls format. Save it as .xlsx or CSV."),
    "binary_workbook": _("This is a workbook in the binary .xlsb format. Save it as .xlsx or CSV."),
    "encrypted_workbook": _("The workbook is protected by a password. Save it without one."),
    "zip_broken": _("The workbook is damaged: its archive cannot be read."),
    "zip_encrypted": _("A part of the workbook is encrypted."),
    "zip_parts": _("The workbook has more than %(limit)s parts."),
    "zip_duplicate": _("The workbook holds the part %(part)s twice."),
    "zip_too_large": _("The workbook unpacks to more than %(limit)s MB."),
    "zip_ratio": _("A part of the workbook unpacks to more than %(limit)s times its size."),
    "zip_name": _("A part of the workbook has an unsafe name."),
    "xml_doctype": _("The workbook contains a document type or entities, which no spreadsheet needs."),
    "workbook_broken": _("The workbook is damaged: %(part)s cannot be read."),
    "no_sheet": _("The workbook has no sheet with a table."),
    "gzip_broken": _("The compressed file is damaged or cut off."),
    "gzip_too_large": _("The compressed file unpacks to more than %(limit)s MB."),
    "gzip_ratio": _("The compressed file unpacks to more than %(limit)s times its size."),
    "encoding_unknown": _("The file's character encoding is not known. Save it as UTF-8."),
    "encoding_broken": _("The text is damaged at byte %(position)s: it is not valid %(encoding)s."),
    "encoding_mixed": _("The file mixes character encodings (near line %(line)s). Save it as UTF-8."),
    "no_header": _("No header row was found. The first rows must name the columns."),
    "columns_missing": _("These columns are missing: %(columns)s."),
    "column_twice": _("The columns %(first)s and %(second)s both mean %(field)s. Rename or remove one."),
    "column_currency": _("The column %(column)s is in %(found)s, not in %(currency)s."),
    "too_many_columns": _("The table has more than %(limit)s columns."),
    "broken_quote": _("From row %(row)s on the quotation marks do not match."),
    "line_too_long": _("A line is longer than %(limit)s characters."),
    "cell_too_large": _("A cell in row %(row)s is longer than %(limit)s characters."),
    "rejected_unwritable": _("The refused rows cannot be written to %(file)s."),
    "not_done": _("The import could not be done, nothing was written: %(error)s"),
    "file_cut_off": _("The file ends in the middle of row %(row)s."),
}

CELL_REASONS = {
    "too_many_cells": _("The row has %(cells)s cells but the header has %(columns)s. Is a separator unquoted?"),
    "cell_without_header": _("Column %(column)s has a value but no header."),
    "repeated_header": _("The row repeats the header."),
    "total_row": _("This is a total, not a customer."),
    "required": _("A value is required."),
    "too_long": _("The text is longer than %(limit)s characters."),
    "control_character": _("The text contains the control character %(character)s."),
    "hidden_character": _("The text contains the hidden character %(character)s, which changes how it reads."),
    "damaged_text": _("The text is damaged: characters were lost when the file was saved."),
    "formula_error": _("The cell shows the error %(error)s."),
    "formula_empty": _("The cell holds a formula without a result. Open the workbook, recalculate and save it."),
    "not_text": _("Text is expected here."),
    "code_scientific": _("The code was turned into a number like 1.2E+11 and lost digits."),
    "code_not_whole": _("The code is not a whole number, so it cannot be told what it was."),
    "code_digits": _("The code has more than 15 digits and was stored as a number: its last digits are lost."),
    "code_is_date": _("The code was turned into a date."),
    "not_a_number": _("This is not a number."),
    "number_digits": _("Only the digits 0 to 9 are taken."),
    "number_percent": _("A percentage is not an amount."),
    "number_scientific": _("A number like 1.2E+06 may have lost digits. Write it out."),
    "number_separators": _("The thousands separators do not stand at every third digit."),
    "number_comma": _("The decimal point must be a point: it cannot be told what the comma means."),
    "number_sign": _("The number has more than one sign."),
    "number_unit_twice": _("The column's header already names the unit %(unit)s."),
    "number_currency": _("The amount is in another currency: %(found)s."),
    "number_decimals": _("The number has more than %(places)s decimals."),
    "number_too_large": _("The number is too large."),
    "number_is_date": _("The cell holds a date, not a number."),
    "not_whole": _("A whole number is expected."),
    "not_yes_or_no": _("Yes or no is expected."),
    "not_a_choice": _("This is none of: %(choices)s."),
    "not_a_date": _("This is not a date."),
    "no_such_date": _("There is no such day."),
    "date_ambiguous": _("It cannot be told which number is the day and which the month."),
    "date_two_digit_year": _("The year must have four digits."),
    "date_out_of_range": _("The date lies outside the years %(first)s to %(last)s."),
    "date_weekday": _("The day of the week does not fit the date."),
    "date_zone": _("The time has a time zone, so the day is uncertain."),
}

# Reasons of the importers above this floor, kept here so that all sentences can be read in one place.
ROW_REASONS = {
    "unknown_customer": _("There is no customer with this code."),
    "merged_customer": _("This customer was merged with %(code)s: use that code."),
    "not_yours": _("This is outside what you are in charge of."),
    "duplicate_row": _("The file already has this in row %(first)s."),
    "date_in_future": _("The date lies in the future."),
    "negative": _("The number must not be negative."),
    "out_of_range": _("The number must lie between %(least)s and %(most)s."),
    "unknown_region": _("There is no region with this code or name."),
    "unknown_user": _("There is no such user."),
    "unknown_upstream": _("There is no upstream customer with this code."),
    "upstream_loop": _("The upstream customers would form a loop."),
    "invalid": _("The value is not valid."),
}

_REASONS: dict[str, Any] = {**FILE_REASONS, **CELL_REASONS, **ROW_REASONS}


def register(reasons: Mapping[str, Any]) -> None:
    """Add reasons: {code: lazy sentence with named placeholders}."""
    _REASONS.update(reasons)


class _Params(dict):
    def __missing__(self, key):
        return "?"


def describe(code: str, params: Mapping[str, Any] | None = None) -> str:
    """The sentence of a reason, in the language active now. An unknown code still gets a sentence."""
    sentence = _REASONS.get(code)
    if sentence is None:
        return now("Refused (%(code)s).") % {"code": code}
    shown = _Params()
    for key, value in (params or {}).items():
        shown[key] = ", ".join(str(part) for part in value) if isinstance(value, list | tuple) else value
    return str(sentence) % shown
