"""Compare everything that is kept twice, and say where it differs."""

import json
import sys
import time

from django.utils.translation import gettext as _

from crm import integrity
from crm.command import OurCommand


class Command(OurCommand):
    help = (
        "Check that ledger, sums, tiers and log agree: check_integrity [--json]. Changes nothing, works beside a "
        "running server. Exit 0: all agree; 1: something differs and is named; 2: could not look."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *args, **options):
        began = time.monotonic()
        looked = []
        for check, found in integrity.look():
            looked.append((check, found))
            if not options["json"]:
                self._tell(check, found)
        whole = not any(found.count for _check, found in looked)
        if options["json"]:
            answer = {
                "ok": whole,
                "checks": [
                    {"check": check.code, "wrong": found.count, "examples": found.examples, "notes": found.notes}
                    for check, found in looked
                ],
                "seconds": round(time.monotonic() - began, 3),
            }
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        sys.exit(0 if whole else 1)

    def _tell(self, check, found):
        verdict = _("%(n)d wrong") % {"n": found.count} if found.count else _("holds")
        self.stdout.write(f"{check.code}: {verdict} — {check.holds}")
        for example in found.examples:
            self.stdout.write(f"    {example}")
        for note in found.notes:
            self.stderr.write(note)

    def nothing(self, options):
        return {"ok": False, "checks": [], "seconds": 0.0}
