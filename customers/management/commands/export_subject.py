"""All that is held about a customer or a person, into one file."""

from pathlib import Path

from django.utils.translation import gettext as _

from crm.audit.actions import record
from crm.command import OurCommand, Refused, written_whole
from crm.privacy import CUSTOMER, PERSON
from customers.people.models import Person
from customers.privacy.exporting import write
from customers.privacy.subjects import of
from customers.profile.models import Customer


class Command(OurCommand):
    help = "Write all that is held about one into a ZIP: export_subject --customer CODE | --person ID --out FILE"

    def add_arguments(self, parser):
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--customer", metavar="CODE")
        which.add_argument("--person", metavar="ID", type=int)
        parser.add_argument("--out", required=True, type=Path, metavar="FILE")
        parser.add_argument("--reason", default="", help="for whom and why; written in the audit log")

    def handle(self, *args, **options):
        row: Customer | Person | None
        if options["customer"] is not None:
            kind, row = CUSTOMER, Customer.objects.filter(code=options["customer"]).first()
        else:
            kind, row = PERSON, Person.objects.filter(pk=options["person"]).first()
        if row is None:
            raise Refused(_("There is no such row."))
        record(action="privacy.export", target=row, reason=options["reason"])
        with written_whole(options["out"]) as part:
            rows = write(of(kind, row.pk), str(part), why=options["reason"])
        self.stderr.write(f"{rows} rows written to {options['out']}.")
