"""Papers of a notice: judged like every file that is brought, kept once, handed out as downloads."""

from __future__ import annotations

import unicodedata
from typing import IO

from django.core.exceptions import ValidationError
from django.core.files.storage import default_storage
from django.db import transaction
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from crm import scanning
from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now
from crm.imports.actions import clean_name
from crm.refusing import refusal_of
from customers.files import serving, sniffing
from customers.files.judging import digest_of, judged_of, recognised, stored
from customers.files.words import refusal
from promotions.policies.actions import draft_of, held_of
from promotions.policies.models import Notice, NoticeFile, State, storage_path

MOST_FILES = 10
MOST_BYTES = 20 * 1024 * 1024


def add_paper(*, notice: Notice, file: IO[bytes], name: str, by: User, title: str = "") -> NoticeFile:
    """To the version being written. Raises ValidationError keyed by field; then nothing is kept."""
    name = clean_name(unicodedata.normalize("NFC", name))
    title = " ".join(title.split())[:120] or name.rpartition(".")[0].strip() or name
    digest = digest_of(file, MOST_BYTES)
    content = recognised(file)
    _scan(file, notice, name, by)
    judged = judged_of(file, content, digest, False)
    kept = stored(judged.stream, storage_path(None, ""))
    try:
        with transaction.atomic():
            held = held_of(notice)
            if held.state == State.WITHDRAWN:
                raise ValidationError(_("This notice was withdrawn."), code="withdrawn")
            draft = draft_of(held, by)
            if draft.files.filter(sha256=judged.values["kept_sha256"]).exists():
                raise refusal_of("file", _("This file is there already."), "twice")
            if draft.files.count() >= MOST_FILES:
                raise refusal_of("file", _("%(most)d files at most.") % {"most": MOST_FILES}, "many")
            made = NoticeFile.objects.create(
                version=draft,
                title=title,
                name=name,
                content_type=content.type,
                size=judged.values["size"],
                sha256=judged.values["kept_sha256"],
                file=kept,
                added_by=by,
                added_at=now(),
            )
            record(action="notice.file", target=held, changes={"file": [None, title]}, actor=by)
    except BaseException:
        default_storage.delete(kept)
        raise
    return made


def _scan(file: IO[bytes], notice: Notice, name: str, by: User) -> None:
    try:
        scanning.scan(file)
    except scanning.Infected as found:
        record(action="file.refuse", target=notice, changes={"file": [None, name]}, reason=found.name, actor=by)
        raise refusal("infected", name=found.name) from found
    except scanning.Unreachable as error:
        raise refusal("unscanned") from error


@transaction.atomic
def drop_paper(*, paper: NoticeFile, by: User) -> None:
    """From the version being written; the bytes go when no version has them any more."""
    held = held_of(paper.version.notice)
    found = NoticeFile.objects.select_related("version").get(pk=paper.pk)
    if found.version.published_at is not None:
        raise ValidationError(_("It has gone out: this stays as it is."), code="sent")
    name = found.file.name
    record(action="notice.file", target=held, changes={"file": [found.title, None]}, actor=by)
    found.delete()
    if not NoticeFile.objects.filter(file=name).exists():
        transaction.on_commit(lambda: default_storage.delete(name))


def hand_out(request, paper: NoticeFile) -> HttpResponseBase:
    """Always a download: nothing that somebody brought is opened as a page."""
    ending = next(one.ending for one in sniffing.ALLOWED if one.type == paper.content_type)
    name = paper.name if paper.name.lower().endswith(f".{ending}") else f"{paper.name}.{ending}"
    headers = {"Content-Disposition": content_disposition_header(True, name) or "attachment"}
    return serving.send_stored(request, paper.file.name, paper.content_type, headers, paper.size)
