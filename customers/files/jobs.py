"""What the night takes away: files removed 30 days ago, and bytes that a crash left without a row."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy

from crm.audit.actions import record_many
from crm.clock import now
from crm.jobs.kinds import JobKind
from customers.files.actions import KEPT
from customers.files.integrity import STORED
from customers.files.models import Attachment

_AT_ONCE = 500


def purge(ctx) -> dict:
    """Rows first and bytes after: a crash in between leaves orphans, which the next night finds."""
    gone = 0
    while page := list(_over().select_related("customer")[:_AT_ONCE]):
        names = [name for one in page for name in (one.file.name, one.thumbnail.name) if name]
        with transaction.atomic():
            Attachment.objects.filter(pk__in=[one.pk for one in page]).delete()
            record_many(
                action="file.purge", targets=[(one.customer, {"file": [one.title, None]}) for one in page], actor=None
            )
        gone += len(page)
        for name in names:
            default_storage.delete(name)
    return {"purged": gone, "orphans": STORED.purge()}


def _over():
    return Attachment.objects.filter(removed_at__lte=now() - KEPT).order_by("pk")


PURGE = JobKind(
    code="files.purge",
    label=gettext_lazy("Delete files of customers removed 30 days ago"),
    handler=purge,
    whole_brand=True,
)
