"""What the import commands have in common: one file, here and now, nothing else needs to run."""

from __future__ import annotations

import json
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Any

from django.db import DatabaseError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.command import COULD_NOT, OurCommand, written_whole
from crm.imports import rejected
from crm.imports.actions import forget, import_file
from crm.imports.kinds import Stale, registry
from crm.imports.models import ImportRun
from crm.imports.opening import DATE_ORDERS
from crm.tables.messages import describe

TAKEN, SOME_REFUSED = 0, 1
STDOUT = "-"
State = ImportRun.State


class ImportCommand(OurCommand):
    """Exit 0: all rows taken; 1: rows refused, or what is told of them could not be written; 2: nothing changed."""

    kind = ""
    run: ImportRun | None = None

    def add_arguments(self, parser):
        parser.add_argument("file", help="CSV (also .gz) or XLSX")
        parser.add_argument("--dry-run", action="store_true", help="check and count, write nothing")
        parser.add_argument("--partial", action="store_true", help="take the good rows although others are refused")
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
        parser.add_argument("--rejected", metavar="FILE", help="write the refused rows and their reasons to this file")
        parser.add_argument("--date-order", choices=DATE_ORDERS, help="how dates such as 05/03/2024 are to be read")

    def handle(self, *args, **options):
        self.run = None
        path, target = Path(options["file"]), options["rejected"]
        if not path.is_file():
            self._unusable(options, "missing_file")
        if target and not _writable(target, path, options["json"]):
            self._unusable(options, "rejected_unwritable", {"file": target})
        try:
            run = import_file(
                kind=self.kind,
                path=path,
                partial=options["partial"],
                dry_run=options["dry_run"],
                options={"date_order": options["date_order"]},
            )
        except PermissionError:
            self._unusable(options, "missing_file")
        except (DatabaseError, OSError, Stale) as error:
            # Exit 1 means rows were refused, which is what Python would answer for any error at all.
            self._unusable(options, "not_done", {"error": f"{type(error).__name__} {error}".strip()})
        self.run = run
        if run.state == State.MAPPING:
            self._unusable(options, *self._unclear(run))
        if run.state == State.UNUSABLE:
            self._unusable(options, run.problem["code"], run.problem["params"])
        written = True
        try:
            if target:
                self._write_rejected(run, Path(target))
        except OSError as error:
            written = False
            self.stderr.write(_not_written(run) % {"id": run.pk, "file": target, "error": error})
        finally:
            if options["dry_run"]:
                forget(run)
        self._tell(options["file"], run, options)
        sys.exit(SOME_REFUSED if run.rejected or not written else TAKEN)

    def _unclear(self, run: ImportRun) -> tuple[str, dict[str, Any]]:
        lacking = [known for known in registry()[self.kind].fields if known.required and known.name not in run.mapping]
        return "columns_missing", {"columns": [str(known.label) for known in lacking]}

    def _unusable(self, options: dict[str, Any], code: str, params: dict | None = None):
        self.refuse(describe(code, params or {}), options)

    def refuse(self, reason, options):
        if self.run is not None and self.run.state == State.DONE:
            # Whatever went wrong came after it, such as an output that nobody reads any more: not "nothing changed".
            self.stderr.write(_("Import %(id)d is booked, but: %(error)s") % {"id": self.run.pk, "error": reason})
            sys.exit(SOME_REFUSED)
        self.stderr.write(f"{options['file']}: {reason}")
        if options["json"]:
            error = {"row": 0, "column": "", "value": "", "reason": reason}
            self._print(options["file"], self.run, [error], reason=reason)
        sys.exit(COULD_NOT)

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

    def _print(self, name: str, run: ImportRun | None, errors: list[dict], **more: str) -> None:
        counts = {key: getattr(run, key, 0) for key in ("rows", "created", "updated", "unchanged", "rejected")}
        answer = {"file": name, **counts, "errors": errors, "seconds": getattr(run, "seconds", 0), **more}
        self.stdout.write(json.dumps(answer, ensure_ascii=False))

    def _write_rejected(self, run: ImportRun, target: Path) -> None:
        """Also without refused rows, so that a script finds the file it asked for: then only the header."""
        header = run.shape.get("header", [])
        with written_whole(target) as part, part.open("w", encoding="utf-8", newline="") as handle:
            if run.rejected_file:
                with run.rejected_file.open("rb") as spool:
                    handle.writelines(rejected.lines(spool, header))
            else:
                handle.writelines(rejected.lines([], header))


def _not_written(run: ImportRun) -> str:
    if run.state == State.DONE and run.rejected:
        return _(
            "The good rows are booked as import %(id)d, but the refused rows could not be written to %(file)s "
            "(%(error)s); fetch them from the page /imports/%(id)d/rejected/."
        )
    if run.state == State.DONE:
        return _("All rows are booked as import %(id)d, but %(file)s could not be written: %(error)s")
    if run.state == State.REFUSED:
        return _(
            "Nothing is booked, and the refused rows could not be written to %(file)s (%(error)s); fetch them from "
            "the page /imports/%(id)d/rejected/."
        )
    return _("This was a check; the refused rows could not be written to %(file)s: %(error)s")


def _writable(target: str, source: Path, as_json: bool) -> bool:
    """Asked before anything is imported: not the imported file itself, nor where the one JSON object goes."""
    if target == STDOUT:
        return not as_json
    path = Path(target)
    try:
        if path.exists():
            if path.samefile(source):
                return False
            with path.open("ab"):
                pass
            if not stat.S_ISREG(path.stat().st_mode):
                return True
        with tempfile.TemporaryDirectory(prefix=".part-", dir=Path(os.path.realpath(path)).parent):
            pass
    except OSError:
        return False
    return True
