"""Bring in profiles from a file."""

from crm.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import profiles: import_profiles FILE [--dry-run] [--partial] [--json] [--rejected FILE]"
    kind = "profiles"
