"""Bring in daily sales from a file."""

from crm.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import daily sales: import_sales FILE [--dry-run] [--partial] [--json] [--rejected FILE]"
    kind = "sales"
