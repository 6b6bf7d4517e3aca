"""Decide the tiers of a day."""

import json
import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand

from customers.tiers import actions
from customers.tiers.jobs import read_input, summary


class Command(BaseCommand):
    help = (
        "Decide the tiers of a day: compute_tiers [--as-of DATE] [--policy CODE] [--json]. Today under the adopted "
        "policy brings the standing of every customer up to date; another day or policy is kept under its own run."
    )

    # The checks load every page; this process stays small, whatever the number of customers.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--as-of", help="day to decide, such as 2021-12-31 (today)")
        parser.add_argument("--policy", help="code of a policy, or code:version (the adopted one)")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        try:
            as_of, policy = read_input({"as_of": options["as_of"], "policy": options["policy"]})
            run = actions.run(as_of=as_of, policy=policy)
        except ValidationError as refusal:
            self.stderr.write("; ".join(refusal.messages))
            sys.exit(2)
        found = summary(run)
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(
                f"As of {run.as_of}, {run.policy}: A {run.a}, B {run.b}, C {run.c}; {run.changed} changed, "
                f"{run.seconds:.1f} s (run {run.pk})."
            )
