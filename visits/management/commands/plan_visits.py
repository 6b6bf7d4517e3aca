"""Work out a draft of one person's visits."""

import datetime
import json

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.command import OurCommand
from customers.profile.models import Customer
from visits.planning import actions, proposing
from visits.planning.instances import NOTES
from visits.planning.models import PlanDraft
from visits.planning.words import remark_text


class Command(OurCommand):
    help = (
        "Write a draft plan: plan_visits --manager LOGIN --from DATE --to DATE [--seconds N] [--json]. Nothing is "
        "planned before somebody accepts the draft. Exit 1: some visits found no place, named in the output."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--manager", required=True, metavar="LOGIN", help="who goes")
        parser.add_argument("--from", required=True, dest="first", metavar="DATE", help="the first day")
        parser.add_argument("--to", required=True, dest="last", metavar="DATE", help="the last day")
        parser.add_argument("--seconds", type=int, default=actions.USUAL_SECONDS, help="how long to search")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        first, last = _day(options["first"]), _day(options["last"])
        visitor = User.objects.filter(username=options["manager"]).first()
        if visitor is None:
            raise ValidationError(_("There is no user %(login)s.") % {"login": options["manager"]})
        actions.check_visitor(visitor, None)
        actions.check_span(first, last)
        seconds = options["seconds"]
        actions.check_seconds(seconds)
        found = proposing.propose(PlanDraft(visitor=visitor, first=first, last=last, seconds=seconds))
        with transaction.atomic():
            draft = actions.ask(visitor=visitor, first=first, last=last, by=None, seconds=seconds, as_job=False)
            proposing.keep(draft, found)
        told = told_of(draft)
        if options["json"]:
            self.stdout.write(json.dumps(told, ensure_ascii=False))
        else:
            self.stdout.write(
                f"Draft {draft.pk}: {told['visits']} visits on {told['days']} days, {told['minutes']:.0f} min, "
                f"{told['km']:.0f} km; {told['moved']} moved, {told['new']} new, {told['dropped']} dropped."
            )
        for one in told["unserved"]:
            self.stderr.write(f"{one['customer']}: {one['reason']}")
        if told["unserved"]:
            raise SystemExit(1)

    def nothing(self, options):
        return {"draft": None, "manager": options["manager"], "from": options["first"], "to": options["last"]}


def told_of(draft) -> dict:
    """The draft as its JSON object."""
    found = draft.result
    codes = dict(draft.visits.values_list("customer_id", "customer__code"))
    ids = {one["customer_id"] for one in found["remarks"]}
    codes |= dict(_customers(ids - set(codes)))
    bad = [one for one in found["remarks"] if one["code"] not in NOTES]
    return {
        "draft": draft.pk,
        "manager": draft.visitor.username,
        "from": str(draft.first),
        "to": str(draft.last),
        "visits": found["same"] + found["moved"] + found["new"],
        **{name: found[name] for name in ("same", "moved", "new", "dropped", "left", "days", "minutes", "km")},
        "minutes_before": found["minutes_before"],
        "km_before": found["km_before"],
        "travel": found["travel"],
        "unserved": [{"customer": codes.get(one["customer_id"], ""), "reason": remark_text(one)} for one in bad],
        "seconds": found["took"],
    }


def _customers(ids):
    return Customer.objects.filter(pk__in=ids).values_list("pk", "code")


def _day(text: str) -> datetime.date:
    try:
        return datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Enter a date such as 2021-12-31.")) from error
