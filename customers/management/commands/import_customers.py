"""Bring in customers from a file."""

from crm.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import customers: import_customers FILE [--dry-run] [--partial] [--json] [--rejected FILE]"
    kind = "customers"
