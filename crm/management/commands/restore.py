"""Everything back from one file."""

from pathlib import Path

from crm import backup
from crm.command import OurCommand


class Command(OurCommand):
    help = "Bring database and uploads back from a file that `backup` wrote: restore FILE"

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        manifest = backup.restore(options["file"])
        self.stderr.write(
            f"restored as of {manifest['made_at']}; now run: manage.py migrate && manage.py check_integrity"
        )
