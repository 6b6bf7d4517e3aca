"""Look through all customers for likely duplicates."""

import json
from dataclasses import asdict

from crm.command import OurCommand
from customers.duplicates import scanning


class Command(OurCommand):
    help = "Look through all customers for likely duplicates, as the nightly job does: find_duplicates [--json]"

    def add_arguments(self, parser):
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        found = scanning.scan()()
        if options["json"]:
            self.stdout.write(json.dumps(asdict(found)))
        else:
            self.stdout.write(
                f"{found.customers} customers, {found.compared} pairs compared: {found.open} to decide, "
                f"{found.new} new, {found.gone} gone."
            )

    def nothing(self, options):
        return {"customers": 0, "compared": 0, "open": 0, "new": 0, "gone": 0}
