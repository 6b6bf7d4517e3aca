"""Take an import back."""

import json

from django.utils.translation import gettext as _

from crm.command import OurCommand, Refused
from crm.imports.actions import undo
from crm.imports.models import ImportRun


class Command(OurCommand):
    help = "Bring back exactly what was before an import: undo_import ID [--json]"

    def add_arguments(self, parser):
        parser.add_argument("id", type=int)
        parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")

    def handle(self, *args, **options):
        run = ImportRun.objects.filter(pk=options["id"]).first()
        if run is None:
            raise Refused(_("There is no import %(id)d.") % {"id": options["id"]})
        brought = undo(run=run)
        if options["json"]:
            self.stdout.write(json.dumps({"import": run.pk, "state": "undone", **brought}))
        else:
            text = _("Import %(id)d is undone: %(removed)d removed, %(restored)d restored.")
            self.stdout.write(text % {"id": run.pk, **brought})

    def nothing(self, options):
        return {"import": options["id"], "state": "refused", "removed": 0, "restored": 0}
