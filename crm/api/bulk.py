"""Rows sent as JSON take the way of every file: the same importer, the same checks and words, one undo."""

from __future__ import annotations

import csv
import os
import tempfile
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions

from crm.api.serializers import WriteSerializer
from crm.imports.actions import import_file
from crm.imports.models import ImportRun
from crm.tables.messages import describe

MOST = 1000


class RowsRefused(exceptions.APIException):
    """A 400 that names rows by index; its details stay numbers and words, as they are."""

    status_code = 400

    detail: Any

    def __init__(self, errors: list[dict]):
        super().__init__()
        self.detail = {"errors": errors}  # type: ignore[dict-item]


def check_shape(data, serializer_class: type[WriteSerializer], context: dict) -> list[dict]:
    """Rows of the right shape, or a 400 that names each wrong one by its index."""
    if not isinstance(data, list):
        raise exceptions.ValidationError({"non_field_errors": [_("Send a list of rows.")]})
    if not 1 <= len(data) <= MOST:
        raise exceptions.ValidationError({"non_field_errors": [_("Send 1 to %(most)d rows at once.") % {"most": MOST}]})
    rows, wrong = [], []
    for index, row in enumerate(data):
        shape = serializer_class(data=row, context=context)
        if shape.is_valid():
            rows.append(shape.validated_data)
        else:
            wrong += [
                {"index": index, "field": field, "message": str(message)}
                for field, messages in shape.errors.items()
                for message in (messages if isinstance(messages, list) else [messages])
            ]
    if wrong:
        raise RowsRefused(wrong[:200])
    return rows


def take(*, kind: str, rows: Sequence[dict], columns: Sequence[str], by) -> ImportRun:
    """Import the rows, all or nothing. Refused rows raise a 400 with index, field and reason of each."""
    used = [name for name in columns if any(name in row for row in rows)]
    handle, path = tempfile.mkstemp(prefix="api-", suffix=".csv")
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(used)
            for row in rows:
                writer.writerow([_cell(row.get(name)) for name in used])
        run = import_file(kind=kind, path=path, by=by, via="api", options={"date_order": "ymd"})
    finally:
        os.unlink(path)
    if run.state != ImportRun.State.DONE:
        raise RowsRefused([_refusal(error) for error in run.errors] or [_problem(run)])
    return run


def _cell(value) -> str:
    """One line, whatever was sent: a row's number in the report is then its index."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return " ".join(str(value).split())


def _refusal(error: dict) -> dict:
    return {
        "index": error["row"] - 2,  # the head is row 1
        "field": error["column"],
        "value": error["value"],
        "code": error["code"],
        "message": str(describe(error["code"], error["params"])),
    }


def _problem(run: ImportRun) -> dict:
    code = run.problem.get("code", "")
    return {"code": code, "message": str(describe(code, run.problem.get("params", {}))) if code else str(run.state)}
