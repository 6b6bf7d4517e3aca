"""What people and programs do with files of a customer: add, change, remove, bring back.

Whatever is brought is judged by content before a byte of it is kept: recognised, scanned, and, if it is a picture,
drawn anew.
"""

from __future__ import annotations

import datetime
import unicodedata
from typing import IO

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from crm import scanning
from crm.audit.actions import diff, record, snapshot
from crm.clock import now
from crm.imports.actions import clean_name
from customers.files.judging import digest_of, judged_of, recognised, stored
from customers.files.models import Attachment, Category, Scan
from customers.files.words import refusal
from customers.profile.models import Customer

KEPT = datetime.timedelta(days=30)
FIELDS = ("title", "category", "note")
# How the log names them: it speaks of the customer, who has a category and notes of its own.
_TOLD = {"title": "title", "category": "shows", "note": "file_note"}


def attach(
    *,
    customer: Customer,
    file: IO[bytes],
    name: str,
    by=None,
    title: str = "",
    category: str = Category.OTHER,
    note: str = "",
    keep_position: bool = False,
) -> Attachment:
    """Keep a file (seekable, opened for reading). Raises ValidationError keyed by field; then nothing is kept.

    keep_position: write down where the picture was taken, if it says so; the picture itself never does afterwards.
    What a scanner refused is written down in the audit log by name.
    """
    name = clean_name(unicodedata.normalize("NFC", name))
    words = _words(title=title or name.rpartition(".")[0].strip() or name, category=category, note=note)
    digest = digest_of(file, settings.FILE_MAX_BYTES)
    _refuse_twice(customer, digest)
    content = recognised(file)
    scanned = _scanned(file, customer, name, by)
    judged = judged_of(file, content, digest, keep_position)
    kept: list[str] = []
    try:
        kept.append(stored(judged.stream))
        if judged.thumbnail is not None:
            kept.append(stored(ContentFile(judged.thumbnail)))
        with transaction.atomic():
            Customer.objects.select_for_update().get(pk=customer.pk)  # two who bring the same file at once
            _refuse_twice(customer, digest)
            attachment = Attachment.objects.create(
                customer=customer,
                name=name,
                file=kept[0],
                thumbnail=kept[1] if len(kept) > 1 else "",
                scan=Scan.CLEAN if scanned else Scan.NONE,
                uploaded_by=by,
                uploaded_at=now(),
                **words,
                **judged.values,
            )
            facts = {"file": [None, attachment.title], "sha256": [None, digest]}
            record(action="file.add", target=customer, changes=facts, actor=by)
    except BaseException:
        for one in kept:
            default_storage.delete(one)
        raise
    return attachment


# --- judging --------------------------------------------------------------------------------------------------


def _words(*, title: str, category: str, note: str) -> dict[str, str]:
    title, note = " ".join(title.split())[:120], " ".join(note.split())
    wrong = {}
    if not title:
        wrong["title"] = _("Give the file a title.")
    if category not in Category.values:
        wrong["category"] = _("Choose what the file shows.")
    if len(note) > 300:
        wrong["note"] = _("A note has 300 characters at most.")
    if wrong:
        raise ValidationError(wrong)
    return {"title": title, "category": category, "note": note}


def _refuse_twice(customer: Customer, digest: str) -> None:
    same = Attachment.objects.live().filter(Q(sha256=digest) | Q(kept_sha256=digest), customer=customer).first()
    if same is not None:
        raise refusal("twice", title=same.title)


def _scanned(file: IO[bytes], customer: Customer, name: str, by) -> bool:
    try:
        return scanning.scan(file)
    except scanning.Infected as found:
        record(action="file.refuse", target=customer, changes={"file": [None, name]}, reason=found.name, actor=by)
        raise refusal("infected", name=found.name) from found
    except scanning.Unreachable as error:
        raise refusal("unscanned") from error


# --- changing -------------------------------------------------------------------------------------------------


def _held(attachment: Attachment, version: int | None = None) -> Attachment:
    """Locked and read anew. Raises ValidationError with the code `conflict` for another version than was seen."""
    held = Attachment.objects.select_for_update().get(pk=attachment.pk)
    if version is not None and held.version != version:
        text = _("Somebody else has changed this file in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    return held


@transaction.atomic
def change(*, attachment: Attachment, by, version: int | None = None, **values: str) -> Attachment:
    """values: some of title, category and note. The bytes of a file never change: another file is another file."""
    held = _held(attachment, version)
    if held.removed_at is not None:
        raise ValidationError(_("This file was removed; bring it back first."), code="removed")
    before = snapshot(held, list(FIELDS))
    words = _words(**{**before, **{name: value for name, value in values.items() if name in FIELDS}})
    changes = diff(before, words)
    if not changes:
        return held
    for field, value in words.items():
        setattr(held, field, value)
    held.version += 1
    held.save(update_fields=[*FIELDS, "version"])
    told = {"file": before["title"], **{_TOLD[name]: change for name, change in changes.items()}}
    record(action="file.change", target=held.customer, changes=told, actor=by)
    return held


@transaction.atomic
def remove(*, attachment: Attachment, by) -> Attachment:
    """Hide it; it can be brought back for 30 days. Removing what is removed changes nothing."""
    held = _held(attachment)
    if held.removed_at is None:
        held.removed_at, held.removed_by = now(), by
        held.version += 1
        held.save(update_fields=["removed_at", "removed_by", "version"])
        record(action="file.remove", target=held.customer, changes={"file": [held.title, None]}, actor=by)
    return held


@transaction.atomic
def restore(*, attachment: Attachment, by) -> Attachment:
    """Bring back what was removed, unless the same file was added anew meanwhile."""
    Customer.objects.select_for_update().get(pk=attachment.customer_id)
    held = _held(attachment)
    if held.removed_at is not None:
        _refuse_twice(held.customer, held.sha256)
        held.removed_at, held.removed_by = None, None
        held.version += 1
        held.save(update_fields=["removed_at", "removed_by", "version"])
        record(action="file.restore", target=held.customer, changes={"file": [None, held.title]}, actor=by)
    return held
