"""Take an import back."""

import json
import sys

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from crm.imports.actions import undo
from crm.imports.models import ImportRun


class Command(BaseCommand):
    help = "Bring back exactly what was before an import: undo_import ID [--json]"

    def add_arguments(self, parser):
        parser.add_argument("id", type=int)
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *args, **options):
        run = ImportRun.objects.filter(pk=options["id"]).first()
        if run is None:
            self._refuse(options, _("There is no import %(id)d.") % {"id": options["id"]})
        try:
            brought = undo(run=run)
        except ValidationError as refusal:
            self._refuse(options, " ".join(refusal.messages))
        if options["json"]:
            self.stdout.write(json.dumps({"import": run.pk, "state": "undone", **brought}))
        else:
            text = _("Import %(id)d is undone: %(removed)d removed, %(restored)d restored.")
            self.stdout.write(text % {"id": run.pk, **brought})

    def _refuse(self, options, reason: str):
        self.stderr.write(reason)
        if options["json"]:
            answer = {"import": options["id"], "state": "refused", "removed": 0, "restored": 0, "reason": reason}
            self.stdout.write(json.dumps(answer, ensure_ascii=False))
        sys.exit(2)
