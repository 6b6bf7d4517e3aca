"""What the import commands have in common: one file, here and now, nothing else needs to run."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.imports import rejected
from crm.imports.actions import forget, import_file
from crm.imports.kinds import Stale, registry
from crm.imports.models import ImportRun
from crm.imports.opening import DATE_ORDERS
from crm.tables.messages import describe

TAKEN, SOME_REFUSED, UNUSABLE = 0, 1, 2
State = ImportRun.State


class ImportCommand(BaseCommand):
    """Exit 0: all rows taken; 1: rows refused; 2: the file cannot be used, nothing changed."""

    kind = ""

    def add_arguments(self, parser):
        parser.add_argument("file", help="CSV (also .gz) or XLSX")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument("--partial", action="store_true", help="take the good rows although others are refused")
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        parser.add_argument("--rejected", metavar="FILE", help="write the refused rows and their reasons to this file")
        parser.add_argument("--date-order", choices=DATE_ORDERS, help="how dates such as 05/03/2024 are to be read")

    def handle(self, *args, **options):
        name = options["file"]
        path = Path(name)
        if not path.is_file():
            self._unusable(name, "missing_file", {}, options["json"])
        if options["rejected"] and not _writable(Path(options["rejected"]), path):
            self._unusable(name, "rejected_unwritable", {"file": options["rejected"]}, options["json"])
        try:
            run = import_file(
                kind=self.kind,
                path=path,
                partial=options["partial"],
                dry_run=options["dry_run"],
                options={"date_order": options["date_order"]},
            )
        except PermissionError:
            self._unusable(name, "missing_file", {}, options["json"])
        except (DatabaseError, OSError, Stale) as error:
            # Exit 1 means rows were refused, which is what Python would answer for any error at all.
            self._unusable(name, "not_done", {"error": f"{type(error).__name__} {error}".strip()}, options["json"])
        if run.state == State.MAPPING:
            self._unusable(name, *self._unclear(run), options["json"], run)
        if run.state == State.UNUSABLE:
            self._unusable(name, run.problem["code"], run.problem["params"], options["json"], run)
        try:
            if options["rejected"]:
                self._write_rejected(run, options["rejected"])
        finally:
            if options["dry_run"]:
                forget(run)
        self._tell(name, run, options)
        sys.exit(SOME_REFUSED if run.rejected else TAKEN)

    def _unclear(self, run: ImportRun) -> tuple[str, dict[str, Any]]:
        lacking = [known for known in registry()[self.kind].fields if known.required and known.name not in run.mapping]
        return "columns_missing", {"columns": [str(known.label) for known in lacking]}

    def _unusable(self, name: str, code: str, params: dict, as_json: bool, run: ImportRun | None = None):
        reason = describe(code, params)
        self.stderr.write(f"{name}: {reason}")
        if as_json:
            error = {"row": 0, "column": "", "value": "", "reason": reason}
            self._print(name, run, [error])
        sys.exit(UNUSABLE)

    def _tell(self, name: str, run: ImportRun, options: dict[str, Any]) -> None:
        errors = [
            {
                "row": error["row"],
                "column": error["column"],
                "value": error["value"],
                "reason": describe(error["code"], error["params"]),
            }
            for error in run.errors
        ]
        for error in errors[:20]:
            self.stderr.write(
                _("Row %(row)s, %(column)s %(value)r: %(reason)s") % error
                if error["column"]
                else _("Row %(row)s: %(reason)s") % error
            )
        if len(errors) > 20 or run.rejected > len(errors):
            more = run.rejected
            text = ngettext("%(n)d row is refused in all.", "%(n)d rows are refused in all.", more)
            self.stderr.write(text % {"n": more})
        if any(error["code"] == "date_ambiguous" for error in run.errors):
            self.stderr.write(_("Say how the dates are written: --date-order dmy (day first) or mdy (month first)."))
        others = [sheet for sheet in run.shape.get("sheets", []) if sheet != run.shape["sheet"]]
        if others:
            self.stderr.write(
                _("Only the sheet %(sheet)s was read, not: %(others)s.")
                % {"sheet": run.shape["sheet"], "others": ", ".join(others)}
            )
        if run.state == State.REFUSED:
            self.stderr.write(_("Nothing was written: mend the rows, or take the good ones with --partial."))
        back = _("Import %(id)d; take it back with: undo_import %(id)d") % {"id": run.pk or 0}
        if options["json"]:
            self._print(name, run, errors)
            if run.state == State.DONE:
                self.stderr.write(back)
            return
        text = _("%(rows)d rows: %(created)d new, %(updated)d changed, %(unchanged)d unchanged, %(rejected)d refused.")
        figures = {key: getattr(run, key) for key in ("rows", "created", "updated", "unchanged", "rejected")}
        self.stdout.write(text % figures)
        if run.state == State.CHECKED:
            self.stdout.write(_("Nothing was written: this was a check."))
        elif run.state == State.DONE:
            self.stdout.write(back)

    def _print(self, name: str, run: ImportRun | None, errors: list[dict]) -> None:
        counts = {key: getattr(run, key, 0) for key in ("rows", "created", "updated", "unchanged", "rejected")}
        answer = {"file": name, **counts, "errors": errors, "seconds": getattr(run, "seconds", 0)}
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def _write_rejected(self, run: ImportRun, target: str) -> None:
        """Also without refused rows, so that a script finds the file it asked for: then only the header."""
        header = run.shape.get("header", [])
        with open(target, "w", encoding="utf-8", newline="") as handle:
            if run.rejected_file:
                with run.rejected_file.open("rb") as spool:
                    handle.writelines(rejected.lines(spool, header))
            else:
                handle.writelines(rejected.lines([], header))


def _writable(target: Path, source: Path) -> bool:
    """Asked before anything is imported: not the imported file itself, and a file made by asking does not stay."""
    there = target.exists()
    if there and target.samefile(source):
        return False
    try:
        with target.open("ab"):
            pass
        if not there:
            target.unlink()
    except OSError:
        return False
    return True
