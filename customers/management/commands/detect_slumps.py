"""Find the slumps of a day."""

import datetime
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.audit.actions import record
from crm.command import OurCommand
from customers.slumps import detecting
from customers.slumps.jobs import summary
from customers.slumps.words import sentence


class Command(OurCommand):
    help = (
        "Find slumps in daily sales, and shops without reports: detect_slumps [--as-of DATE] [--full] [--json]. Alerts "
        "are brought up to the day; a day before the last run is worked out and told, and nothing is written."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--as-of", metavar="DATE", help="the day at whose close things are judged; default: today")
        parser.add_argument("--full", action="store_true", help="learn all days of the ledger anew")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        with transaction.atomic():
            found = detecting.detect(as_of=_day(options["as_of"]), full=options["full"])
            if found.written:
                record(action="slumps.command", target=detecting.setting(), changes={"as_of": [None, found.as_of]})
        told = summary(found)
        if not options["json"]:
            self.stdout.write(
                f"As of {told['as_of']}: {told['examined']} examined, {told['opened']} opened, {told['closed']} closed,"
                f" {told['open']} open, {told['silent']} silent; {told['seconds']:.1f} s."
            )
            return
        told["written"] = found.written
        told["alerts"] = [
            {
                "customer": one.customer.code,
                "kind": one.kind,
                "first_day": one.first_day.isoformat(),
                "third_day": one.third_day.isoformat(),
                "depth": None if one.depth is None else float(one.depth),
                "lost": str(one.lost),
                "days": one.days,
                "expected": None if one.expected is None else str(one.expected),
                "got": None if one.got is None else str(one.got),
                "sigma": None if one.swing is None else float(one.swing),
                "sentence": sentence(one),
            }
            for one in found.alerts
        ]
        self.stdout.write(json.dumps(told, ensure_ascii=False))

    def nothing(self, options):
        counts = dict.fromkeys(("examined", "opened", "closed", "open", "silent"), 0)
        return {"as_of": options["as_of"], **counts, "alerts": [], "seconds": 0.0}


def _day(text: str | None) -> datetime.date | None:
    if not text:
        return None
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Enter a date such as 2021-12-31.")) from error
