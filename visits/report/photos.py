"""Photos that come with a report: judged and drawn anew like every file of a customer, then hung on the report."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.accounts.models import User
from customers.files.actions import attach, clean_name
from customers.files.models import Attachment, Category
from visits.report.actions import add_photos
from visits.report.models import VisitReport


def bring(*, report: VisitReport, files: Iterable, by: User) -> list[str]:
    """Each for itself; returns sentences about those that were refused. One that was brought before is only hung on."""
    kept, refused = [], []
    for file in files:
        try:
            kept.append(_kept(report, file, by))
        except ValidationError as refusal:
            name = clean_name(file.name or "")
            refused.append(_("%(name)s: %(why)s") % {"name": name, "why": " ".join(refusal.messages)})
    if kept:
        try:
            add_photos(report=report, photos=kept, by=by)
        except ValidationError as refusal:
            refused.extend(refusal.messages)
    return refused


def _kept(report: VisitReport, file, by: User) -> Attachment:
    customer = report.visit.customer
    try:
        return attach(customer=customer, file=file, name=file.name or "", by=by, category=Category.SHELF)
    except ValidationError as refusal:
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        there = Attachment.objects.live().filter(customer=customer, sha256=digest).first()
        if there is None:
            raise
        if not there.is_photo:
            raise ValidationError(_("These are no photos of this customer."), code="photo") from refusal
        return there
