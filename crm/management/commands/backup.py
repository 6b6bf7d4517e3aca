"""Everything into one file."""

import sys
from pathlib import Path

from django.core.management.base import BaseCommand

from crm import backup


class Command(BaseCommand):
    help = "Write database and uploads into one file: backup FILE"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        try:
            manifest = backup.backup(options["file"])
        except (backup.Unusable, OSError) as refusal:
            self.stderr.write(str(refusal))
            sys.exit(2)
        size = options["file"].stat().st_size
        self.stderr.write(f"{len(manifest['files'])} files, {size:,} bytes: {options['file']}")
