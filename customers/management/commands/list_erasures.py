"""The erasures done so far, to be done again after a restore."""

from pathlib import Path

from crm.command import OurCommand, written_whole
from customers.privacy import replaying


class Command(OurCommand):
    help = "Write the list of erasures done so far: list_erasures FILE. Keep it beside the backups, not in them."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)

    def handle(self, *args, **options):
        with written_whole(options["file"]) as part:
            rows = replaying.write(part)
        self.stderr.write(f"{rows} erasures written to {options['file']}.")
