"""Work out cooperation and loyalty of a day."""

import datetime
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.clock import today
from crm.command import OurCommand, Refused
from customers.profile.models import Customer
from customers.scores import actions, reading, telling
from customers.scores.jobs import summary
from customers.scores.terms import TRAITS


class Command(OurCommand):
    help = (
        "Work out cooperation and loyalty of a day: compute_scores [--as-of DATE] [--customer CODE] [--json]. Only "
        "scores that changed are written; a past day is kept beside the present, which it does not change."
    )

    # The checks load every page; this process stays small, whatever the number of customers.
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--as-of", help="day to work out, such as 2021-12-31 (today)")
        parser.add_argument("--customer", help="print the components of this customer's scores on that day")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        as_of = today() if options["as_of"] is None else _day(options["as_of"])
        customer = None
        if options["customer"] is not None:
            customer = Customer.objects.filter(code=options["customer"]).first()
            if customer is None:
                raise Refused(_("No customer has the code “%(code)s”.") % {"code": options["customer"]})
        with transaction.atomic():
            found = summary(actions.compute(as_of=as_of))
        if customer is not None:
            found["customer"] = {"code": customer.code, **_told(customer, as_of)}
        if options["json"]:
            self.stdout.write(json.dumps(found, ensure_ascii=False))
            return
        self.stdout.write(
            f"As of {found['as_of']}: {found['examined']} customers, {found['changed']} scores changed, "
            f"{found['seconds']:.1f} s."
        )
        for trait in TRAITS:
            one = found[trait]
            self.stdout.write(f"{trait}: {one['known']} known, {one['high']} high, mean {one['mean']}.")
        if customer is not None:
            for trait in TRAITS:
                self._print(found["customer"][trait])

    def _print(self, one):
        self.stdout.write(f"{one['trait']} {one['points']}: {one['verdict']}")
        for part in one["components"]:
            self.stdout.write(f"  {part['label']}: {part['points']} of {part['most']} ({part['kept']})")

    def nothing(self, options):
        none = {"known": 0, "high": 0, "mean": None}
        return {"as_of": options["as_of"], "examined": 0, "changed": 0, **dict.fromkeys(TRAITS, none), "seconds": 0.0}


def _day(text):
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError({"as_of": _("Enter a date such as 2021-12-31.")}, code="invalid") from error


def _told(customer, as_of):
    told = {}
    for trait, one in reading.told(customer, as_of).items():
        row = one.row
        told[trait] = {
            "trait": trait,
            "points": telling.points(row.value) if row is not None else None,
            "at_least": telling.points(row.lower) if row is not None and row.lower is not None else None,
            "events": row.events if row is not None else 0,
            "high": row is not None and row.high,
            "enough": row is not None and row.enough,
            "verdict": telling.verdict(row),
            "components": [
                {
                    "kind": part.kind,
                    "label": str(telling.KINDS[part.kind]),
                    "weight": part.weight,
                    "n": part.n,
                    "points": telling.points(part.points),
                    "most": telling.points(part.most),
                    "kept": telling.kept_of(part),
                }
                for part in one.parts
            ],
        }
    return told
