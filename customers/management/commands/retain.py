"""Erase what was kept long enough, or say what that would be."""

import json

from crm.command import OurCommand
from customers.privacy import retention


class Command(OurCommand):
    help = "Carry out the rules of retention: retain [--dry-run]"

    def add_arguments(self, parser):
        parser.add_argument("--dry-run", action="store_true", help="count only")

    def handle(self, *args, **options):
        self.stdout.write(json.dumps(retention.tonight() if options["dry_run"] else retention.run()))
