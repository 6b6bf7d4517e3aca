"""ETag and If-Match: nobody overwrites what somebody else has changed since."""

from __future__ import annotations

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions, status

_TAG = re.compile(r'"(\d{1,18})-(\d{1,9})"', re.ASCII)


class Missing(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_detail = _("Say with If-Match which version you change: the ETag you were given.")
    default_code = "precondition_required"


class Changed(exceptions.APIException):
    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_detail = _("Somebody else has changed this in the meantime; read it again.")
    default_code = "precondition_failed"


def etag(row) -> str:
    return f'"{row.pk}-{row.version}"'


def version_wanted(request, row) -> int | None:
    """The version named by If-Match (None for `*`). Raises Missing and Changed."""
    given = request.headers.get("If-Match")
    if given is None:
        raise Missing
    if given.strip() == "*":
        return None
    for part in given.split(","):
        found = _TAG.fullmatch(part.strip())
        if found and int(found[1]) == row.pk and int(found[2]) == row.version:
            return row.version
    raise Changed


def as_changed(refusal: ValidationError) -> Exception:
    """An action's refusal because of its version, as this protocol says it; others as they are."""
    return Changed() if getattr(refusal, "code", None) == "conflict" else refusal
