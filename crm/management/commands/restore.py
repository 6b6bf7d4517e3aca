"""Everything back from one file."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from crm import backup


class Command(BaseCommand):
    help = "Bring database and uploads back from a file that `backup` wrote: restore FILE"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        try:
            manifest = backup.restore(options["file"])
        except (backup.Unusable, OSError) as refusal:
            self.stderr.write(str(refusal))
            sys.exit(2)
        self.stderr.write(
            f"restored as of {manifest['made_at']}; now run: manage.py migrate && manage.py check_integrity"
        )
