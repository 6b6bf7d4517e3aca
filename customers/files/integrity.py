"""Files of customers and their bytes belong together."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.integrity import Check
from crm.storedbytes import Stored
from customers.files.models import FOLDER, Attachment


def _wanted() -> dict[str, int]:
    found: dict[str, int] = {}
    for pk, file, thumbnail in Attachment.objects.order_by().values_list("pk", "file", "thumbnail").iterator():
        found[file] = pk
        if thumbnail:
            found[thumbnail] = pk
    return found


STORED = Stored(FOLDER, _wanted)
CHECKS = [
    Check("files", gettext_lazy("Every file of a customer has its bytes, and all bytes have a file."), STORED.look)
]
