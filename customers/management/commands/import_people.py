"""Bring in people from a file."""

from crm.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import people around customers: import_people FILE [--dry-run] [--partial] [--json] [--rejected FILE]"
    kind = "people"
