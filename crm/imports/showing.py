"""What the pages tell of an import: its steps, the rows as understood, the reasons, how the file was read."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.imports.forms import DATE_ORDER_CHOICES
from crm.imports.kinds import ImportKind
from crm.imports.models import ImportRun
from crm.tables.messages import describe

State = ImportRun.State
TONES = {
    State.DONE: "ok",
    State.CHECKED: "info",
    State.MAPPING: "warn",
    State.REFUSED: "bad",
    State.UNUSABLE: "bad",
    State.CHECKING: "acc",
    State.RUNNING: "acc",
}
_DELIMITERS = {
    ",": gettext_lazy("comma"),
    ";": gettext_lazy("semicolon"),
    "\t": gettext_lazy("tab"),
    "|": gettext_lazy("vertical bar"),
}


def steps_of(run: ImportRun, active: bool, mapping: bool) -> list[dict[str, str]]:
    """File, columns, check, import: which are done and where it stands."""
    at = {
        State.UPLOADED: 1,
        State.MAPPING: 1,
        State.UNUSABLE: 0,
        State.CHECKING: 2,
        State.CHECKED: 3,
        State.REFUSED: 3,
        State.RUNNING: 3,
        State.DONE: 4,
        State.UNDONE: 4,
    }[State(run.state)]
    if mapping:
        at = 1
    labels = [_("File"), _("Columns"), _("Check"), _("Import")]
    return [
        {"label": label, "state": "done" if number < at else "now" if number == at else ""}
        for number, label in enumerate(labels)
    ]


def preview_of(run: ImportRun, kind: ImportKind | None) -> dict[str, Any] | None:
    """The first good rows as the check understood them: {"columns": labels, "rows": values in the same order}."""
    result = run.job.result if run.job is not None and run.state == State.CHECKED else None
    sample = result.get("sample") if isinstance(result, dict) else None
    if not sample or kind is None:
        return None
    names = [field.name for field in kind.fields if field.name in run.mapping]
    labels = {field.name: field.label for field in kind.fields}
    numbers = [all(_is_number(row.get(name)) for row in sample) for name in names]
    return {
        "columns": list(zip([labels[name] for name in names], numbers, strict=True)),
        "rows": [list(zip([_shown(row.get(name)) for name in names], numbers, strict=True)) for row in sample],
    }


def _is_number(value: Any) -> bool:
    if isinstance(value, bool):
        return False
    return value is None or isinstance(value, int) or (isinstance(value, str) and _numeric(value))


def _numeric(text: str) -> bool:
    return text.isascii() and text.lstrip("-").replace(".", "", 1).isdigit() and "." in text


def _shown(value: Any) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return str(value)


def reasons_of(run: ImportRun) -> list[dict[str, Any]]:
    """The first row errors, in words of the language in force."""
    return [
        {
            "row": error["row"],
            "column": error["column"],
            "value": error["value"],
            "reason": describe(error["code"], error["params"]),
        }
        for error in run.errors
    ]


def _column(header: str, field: str) -> str:
    return field if header.strip() == field else f"{header} → {field}"


def facts_of(run: ImportRun, kind: ImportKind | None) -> list[tuple[str, Any]]:
    """How the file was read."""
    shape = run.shape
    if not shape or kind is None:
        return []
    labels = {field.name: field.label for field in kind.fields}
    header = shape.get("header", [])
    found: list[tuple[str, Any]] = []
    if shape.get("format") == "xlsx":
        found.append((_("Sheet"), shape.get("sheet")))
    else:
        found.append((_("Encoding"), str(shape.get("encoding", "")).upper().removesuffix("-SIG")))
        delimiter = shape.get("delimiter") or ""
        found.append((_("Separator"), _DELIMITERS.get(delimiter, delimiter)))
    found.append((_("Header in row"), shape.get("header_row")))
    used = {index: name for name, index in run.mapping.items()}
    if used:
        found.append(
            (
                _("Columns taken"),
                _(", ").join(
                    _column(header[index], str(labels.get(name, name)))
                    for index, name in sorted(used.items())
                    if index < len(header)
                ),
            )
        )
    ignored = [word for index, word in enumerate(header) if index not in used and word]
    if ignored:
        found.append((_("Columns left out"), _(", ").join(ignored)))
    if run.options.get("date_order") in ("dmy", "mdy"):
        found.append((_("Dates"), dict(DATE_ORDER_CHOICES)[run.options["date_order"]]))
    return found
