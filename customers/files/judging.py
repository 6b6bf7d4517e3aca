"""Files that are brought: recognised by content, and kept under a random name; a picture is drawn anew."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from typing import IO, Any

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage

from crm.clock import today
from customers.files import pictures, sniffing
from customers.files.models import Kind, storage_path
from customers.files.words import refusal, too_large, too_many_pixels

logger = logging.getLogger(__name__)
_CHUNK = 1 << 20


@dataclass(slots=True)
class Judged:
    """A file that may be kept. stream: what is kept of it, which is not what was brought if it is a picture."""

    values: dict[str, Any]
    stream: File
    thumbnail: bytes | None


def digest_of(file: IO[bytes], most: int) -> str:
    """SHA-256 of all of it; refuses what is empty or too large before anything else looks at it."""
    file.seek(0)
    size, digest = 0, hashlib.sha256()
    while chunk := file.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise too_large(most)
        digest.update(chunk)
    if not size:
        raise refusal("empty")
    return digest.hexdigest()


def recognised(file: IO[bytes]) -> sniffing.Content:
    try:
        return sniffing.recognise(file, most_unpacked=settings.FILE_MAX_UNPACKED)
    except sniffing.Refused as reason:
        raise refusal(reason.code, **(reason.params or {})) from reason


def judged_of(file: IO[bytes], content: sniffing.Content, digest: str, keep_position: bool) -> Judged:
    values: dict[str, Any] = {"content_type": content.type, "sha256": digest, "kept_sha256": digest}
    if not content.picture:
        file.seek(0, 2)
        values |= {"kind": Kind.DOCUMENT, "size": file.tell()}
        file.seek(0)
        return Judged(values, File(file), None)
    try:
        drawn = pictures.draw(file, content, most_pixels=settings.FILE_MAX_PIXELS, today=today())
    except sniffing.Refused as reason:
        raise refusal(reason.code) from reason
    except pictures.TooManyPixels as error:
        raise too_many_pixels(settings.FILE_MAX_PIXELS) from error
    values |= {
        "kind": Kind.PHOTO,
        "size": len(drawn.content),
        "kept_sha256": hashlib.sha256(drawn.content).hexdigest(),
        "width": drawn.width,
        "height": drawn.height,
        "taken_on": drawn.taken_on,
    }
    if keep_position:
        values |= {"latitude": drawn.latitude, "longitude": drawn.longitude}
    return Judged(values, ContentFile(drawn.content), drawn.thumbnail)


def stored(stream: File, name: str = "") -> str:
    """Under which name: one given, or a random one among the files of customers. A full disk and a store that is away
    are refusals like others.
    """
    try:
        return default_storage.save(name or storage_path(None, ""), stream)
    except Exception as error:
        logger.exception("the storage took no file")
        raise refusal("unstored") from error
