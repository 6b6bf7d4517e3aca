"""Idempotency-Key: the same POST sent twice takes effect once and is answered the same.

The row is inserted first and committed, so that of many at once exactly one goes on. The effect and the kept answer
then share a transaction: a process that dies in between leaves neither, and its claim runs out. Refusals are not kept.
"""

from __future__ import annotations

import datetime
import hashlib
import json

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder

from crm.api.models import IdempotencyKey
from crm.clock import now
from crm.jobs.kinds import JobKind

HEADER = "Idempotency-Key"
KEPT = datetime.timedelta(hours=24)
# Longer than any request may take; after it a claim without an answer belongs to a process that died.
CLAIM = datetime.timedelta(minutes=5)
_HEADERS = ("ETag", "Location")


class InProgress(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_detail = _("A request with this Idempotency-Key is still at work; ask again in a moment.")
    default_code = "in_progress"


class OtherRequest(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_detail = _("This Idempotency-Key was used for another request.")
    default_code = "other_request"


def key_of(request) -> str | None:
    """The header, checked: 1 to 255 visible ASCII characters."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not (1 <= len(key) <= 255 and key.isascii() and key.isprintable()):
        raise exceptions.ValidationError({HEADER: [_("A key has 1 to 255 visible ASCII characters.")]})
    return key


def fingerprint(request) -> str:
    """Of method, address and body; of uploaded files their content."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    files = getattr(request, "FILES", None) or {}
    data = request.data
    if files:
        data = {name: data.getlist(name) for name in data if name not in files}
    digest.update(json.dumps(data, cls=JSONEncoder, sort_keys=True).encode())
    for name in sorted(files):
        for file in files.getlist(name):
            digest.update(f"\n{name} {file.name}\n".encode("utf-8", "surrogatepass"))
            for chunk in file.chunks():
                digest.update(chunk)
            file.seek(0)
    return digest.hexdigest()


def once(handler, key: str):
    """The handler, run at most once for a key."""

    def run(request, *args, **kwargs):
        entry = _claim(request, key)
        if entry.status is not None:
            return _replay(entry)
        try:
            with transaction.atomic():
                response = handler(request, *args, **kwargs)
                if response.status_code >= 400:
                    transaction.set_rollback(True)
                elif not _keep(entry, response):
                    raise InProgress
        except BaseException:
            _forget(entry)
            raise
        if response.status_code >= 400:
            _forget(entry)
        return response

    return run


def _claim(request, key: str) -> IdempotencyKey:
    mark, moment = fingerprint(request), now()
    mine = IdempotencyKey(principal=request.user, key=key, fingerprint=mark, claimed_at=moment)
    try:
        with transaction.atomic():
            mine.save(force_insert=True)
        return mine
    except IntegrityError:
        there = IdempotencyKey.objects.filter(principal=request.user, key=key).first()
    if there is None:  # forgotten in this very moment
        raise InProgress
    if there.created_at < moment - KEPT:
        there.delete()
        return _claim(request, key)
    if there.fingerprint != mark:
        raise OtherRequest
    if there.status is None:
        dead = there.claimed_at < moment - CLAIM
        if not dead or not _rows(there).update(claimed_at=moment):
            raise InProgress
        there.claimed_at = moment
    return there


def _rows(entry: IdempotencyKey):
    return IdempotencyKey.objects.filter(pk=entry.pk, claimed_at=entry.claimed_at, status__isnull=True)


def _keep(entry: IdempotencyKey, response: Response) -> bool:
    body = json.loads(json.dumps(response.data, cls=JSONEncoder))
    headers = {name: response[name] for name in _HEADERS if response.has_header(name)}
    return bool(_rows(entry).update(status=response.status_code, headers=headers, body=body))


def _forget(entry: IdempotencyKey) -> None:
    _rows(entry).delete()


def _replay(entry: IdempotencyKey) -> Response:
    return Response(entry.body, status=entry.status, headers={**entry.headers, "Idempotency-Replayed": "true"})


def purge(ctx=None) -> dict:
    gone, _kinds = IdempotencyKey.objects.filter(created_at__lt=now() - KEPT).delete()
    return {"purged": gone}


PURGE = JobKind(code="api.purge_keys", label=_("Forget old idempotency keys"), handler=purge)
