"""Bring in invoices, credit notes and payments from a file."""

from crm.imports.command import ImportCommand


class Command(ImportCommand):
    help = "Import receivables: import_receivables FILE [--dry-run] [--partial] [--json] [--rejected FILE]"
    kind = "receivables"
