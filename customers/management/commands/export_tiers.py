"""Write the tiers of a day, with their evidence, to a CSV file."""

from pathlib import Path

from django.utils.translation import gettext as _

from crm.clock import today
from crm.command import OurCommand, Refused
from customers.tiers import asking
from customers.tiers.export import write_csv
from customers.tiers.models import TierPolicy


class Command(OurCommand):
    help = (
        "Write the tiers of a day to a CSV file: export_tiers [--as-of DATE] [--policy CODE] --csv FILE. Worked out "
        "from the sales as they are known now; nothing in the database changes."
    )

    # The checks load every page; this process stays small, whatever the number of customers.
    requires_system_checks = ()

    def add_arguments(self, parser):
        asking.add_arguments(parser)
        parser.add_argument("--csv", required=True, type=Path, help="file to write; - is standard output")

    def handle(self, *args, **options):
        as_of, policy = asking.asked(options)
        policy = policy or TierPolicy.objects.adopted()
        if policy is None:
            raise Refused(_("No tier policy is adopted."))
        count = write_csv(options["csv"], as_of=as_of or today(), policy=policy)
        self.stderr.write(f"{count} customers written to {options['csv']}.")
