"""Write the tiers of a day, with their evidence, to a CSV file."""

import sys
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from crm.clock import today
from customers.tiers.export import write_csv
from customers.tiers.jobs import read_input
from customers.tiers.models import TierPolicy


class Command(BaseCommand):
    help = (
        "Write the tiers of a day to a CSV file: export_tiers [--as-of DATE] [--policy CODE] --csv FILE. Worked out "
        "from the sales as they are known now; nothing in the database changes."
    )

    # The checks load every page; this process stays small, whatever the number of customers.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--as-of", help="day to decide, such as 2021-12-31 (today)")
        parser.add_argument("--policy", help="code of a policy, or code:version (the adopted one)")
        parser.add_argument("--csv", required=True, help="file to write")

    def handle(self, *args, **options):
        try:
            as_of, policy = read_input({"as_of": options["as_of"], "policy": options["policy"]})
            policy = policy or TierPolicy.objects.adopted()
            if policy is None:
                raise ValidationError(_("No tier policy is adopted."), code="policy")
            count = write_csv(Path(options["csv"]), as_of=as_of or today(), policy=policy)
        except ValidationError as refusal:
            self.stderr.write("; ".join(refusal.messages))
            sys.exit(2)
        except (OSError, ValueError) as problem:
            self.stderr.write(str(problem))
            sys.exit(2)
        self.stderr.write(f"{count} customers written to {options['csv']}.")
