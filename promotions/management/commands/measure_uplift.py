"""Measure what a promotion brought."""

import json

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.command import OurCommand
from promotions.rollout.models import Promotion
from promotions.uplift.measuring import measure_and_keep
from promotions.uplift.telling import after_sentence, sentence


class Command(OurCommand):
    help = (
        "Measure what a promotion that is over brought, against comparable shops: measure_uplift --promotion CODE "
        "[--json]. The result is kept with the promotion."
    )
    requires_system_checks = ()

    def add_arguments(self, parser):
        parser.add_argument("--promotion", metavar="CODE", required=True)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args, **options):
        found = Promotion.objects.filter(code=options["promotion"]).first()
        if found is None:
            raise ValidationError(_("There is no promotion with the code %(code)s.") % {"code": options["promotion"]})
        result = measure_and_keep(promotion=found)
        if options["json"]:
            told = {"promotion": found.code, **result, "sentence": sentence(result)}
            self.stdout.write(json.dumps(told, ensure_ascii=False))
            return
        self.stdout.write(sentence(result))
        if result["measurable"]:
            self.stdout.write(after_sentence(result["after"]))

    def nothing(self, options):
        return {"promotion": options["promotion"], "measurable": None}
