"""Decide the tiers of a day."""

import json

from django.db import transaction

from crm.audit.actions import record
from crm.command import OurCommand
from customers.tiers import actions, asking
from customers.tiers.jobs import summary


class Command(OurCommand):
    help = (
        "Decide the tiers of a day: compute_tiers [--as-of DATE] [--policy CODE] [--json]. Today under the adopted "
        "policy brings the standing of every customer up to date; another day or policy is kept under its own run."
    )

    # The checks load every page; this process stays small, whatever the number of customers.
    requires_system_checks = ()

    def add_arguments(self, parser):
        asking.add_arguments(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        as_of, policy = asking.asked(options)
        with transaction.atomic():
            run = actions.run(as_of=as_of, policy=policy)
            record(action="tier_run.command", target=run, changes={"as_of": run.as_of, "policy": run.policy.code})
        found = summary(run)
        if options["json"]:
            self.stdout.write(json.dumps(found))
        else:
            self.stdout.write(
                f"As of {run.as_of}, {run.policy}: A {run.a}, B {run.b}, C {run.c}; {run.changed} changed, "
                f"{run.seconds:.1f} s (run {run.pk})."
            )

    def nothing(self, options):
        named = {"run": None, "as_of": options["as_of"], "policy": options["policy"]}
        return {**named, "A": 0, "B": 0, "C": 0, "changed": 0, "seconds": 0.0}
