"""Everything into one file."""

from pathlib import Path

from crm import backup
from crm.command import OurCommand


class Command(OurCommand):
    help = "Write database and uploads into one file: backup FILE"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        manifest = backup.backup(options["file"])
        size = sum(one["size"] for one in manifest["files"].values())
        self.stderr.write(f"{len(manifest['files'])} files, {size:,} bytes: {options['file']}")
