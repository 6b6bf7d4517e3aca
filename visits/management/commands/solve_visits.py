"""Solve an instance of the neutral format and write the plan."""

import json
import sys
from pathlib import Path

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from crm.command import OurCommand, Refused, written_whole
from visits.plan import routing

A_PART = 1


class Command(OurCommand):
    help = (
        "Plan visits from a file: solve_visits INSTANCE.json --seconds N [--seed K] --out SOLUTION.json [--json]. The "
        "format is described in docs/routing.md; no table is read. Exit 0: every visit has its place; 1: some have "
        "none, and each is named with the reason (the plan is written all the same); 2: the instance makes no sense, "
        "nothing is written."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("instance", help="file with the instance; - is standard input")
        parser.add_argument("--seconds", type=float, default=20.0, help="CPU seconds to search (20)")
        parser.add_argument("--seed", type=int, default=0, help="another seed may find another plan (0)")
        parser.add_argument("--iterations", type=int, help="turns instead of seconds: the same plan on any machine")
        parser.add_argument("--balance", type=float, default=0.0, help="above 0: rather even days (0)")
        parser.add_argument("--out", required=True, help="file to write the plan to; - is standard output")
        parser.add_argument("--json", action="store_true", help="print one JSON object about the plan")

    def handle(self, *args, **options):
        seconds, turns = options["seconds"], options["iterations"]
        if not 0 <= seconds < float("inf"):
            raise Refused(_("Seconds are a number from 0."))
        if turns is not None and turns < 0:
            raise Refused(_("Iterations are a number from 0."))
        instance = _read(options["instance"])
        try:
            plan = routing.plan(
                instance, seconds, options["seed"], iterations=turns, balance=max(0.0, options["balance"])
            )
        except routing.InvalidInstance as wrong:
            raise Refused(
                _("The instance makes no sense: %(field)s: %(reason)s") % {"field": wrong.field, "reason": wrong.reason}
            ) from wrong
        broken = routing.check(instance, plan)
        with written_whole(Path(options["out"])) as part:
            part.write_text(json.dumps(plan.plain(), ensure_ascii=False) + "\n", encoding="utf-8")
        self._tell(plan, broken, options)
        if plan.unserved or broken:
            sys.exit(A_PART)

    def _tell(self, plan, broken, options):
        for one in plan.unserved:
            self.stderr.write(_unserved(one))
        for violation in broken:
            self.stderr.write(_("Broken: %(what)s") % {"what": violation})
        found = {
            "feasible": not broken and not plan.unserved,
            "routes": len(plan.routes),
            "distance": round(plan.distance, 6),
            "minutes": round(plan.minutes, 2),
            "moved": plan.moved,
            "unserved": len(plan.unserved),
            "turns": plan.turns,
            "cpu": round(plan.cpu, 2),
            "method": plan.method,
        }
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
        elif options["out"] != "-":
            self.stdout.write(
                f"{found['routes']} routes, {plan.distance:.2f} in all, {plan.minutes / 60:.1f} h; {found['unserved']} "
                f"visits without a place; {plan.turns} turns in {plan.cpu:.1f} CPU s."
            )

    def nothing(self, options):
        return {"feasible": False, "routes": 0, "distance": 0.0, "minutes": 0.0, "moved": 0, "unserved": 0}


def _read(path):
    try:
        text = sys.stdin.read() if path == "-" else Path(path).read_text(encoding="utf-8")
        return json.loads(text)
    except (UnicodeDecodeError, json.JSONDecodeError, RecursionError) as error:
        raise Refused(_("%(path)s is not JSON: %(error)s") % {"path": path, "error": error}) from error


def _unserved(one):
    who = {"customer": one.customer, "visit": one.visit}
    if one.reason == "no_days":
        text = _("Customer %(customer)s, visit %(visit)d: no set of days keeps the cadence.") % who
        if one.max_gap is not None:
            text += " " + _("Up to %(days)d days between visits would do.") % {"days": one.max_gap}
        elif one.frequency is not None:
            text += " " + _("%(number)d visits would do.") % {"number": one.frequency}
        return text
    if one.reason == "no_room":
        return _("Customer %(customer)s, visit %(visit)d: no room; day %(day)d lacks %(load)g.") % {
            **who,
            "day": one.day,
            "load": round(one.load, 3),
        }
    if one.reason == "late":
        return _("Customer %(customer)s, visit %(visit)d: missed by %(minutes)d minutes on day %(day)d.") % {
            **who,
            "day": one.day,
            "minutes": -int(-one.minutes // 1),
        }
    return _("Customer %(customer)s, visit %(visit)d: no time; needs %(minutes)d minutes more on day %(day)d.") % {
        **who,
        "day": one.day,
        "minutes": -int(-one.minutes // 1),
    }
