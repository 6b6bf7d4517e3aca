"""Erase again, after a restore, what had been erased since the backup."""

import json
from pathlib import Path

from crm.command import OurCommand
from customers.privacy import replaying


class Command(OurCommand):
    help = "Erase again what a list says (list_erasures): replay_erasures FILE. Safe to run twice."

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path)
        parser.add_argument("--json", action="store_true", help="the counts as one JSON object")

    def handle(self, *args, **options):
        found = replaying.replay(replaying.read(options["file"]))
        if options["json"]:
            self.stdout.write(json.dumps(found))
        self.stderr.write(", ".join(f"{name}: {n}" for name, n in found.items()))
