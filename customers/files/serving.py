"""Bytes on their way out: always through here, never by an address of the storage.

Only pictures that were drawn anew are shown inside a page. Everything else is a download that no browser opens as a
page: `attachment`, `nosniff` and a sandbox without rights.
"""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header

from customers.files.models import Attachment

_POLICY = "default-src 'none'; sandbox"


def send(request, attachment: Attachment, *, download: bool = False) -> HttpResponseBase:
    """What was brought (a picture as it was drawn anew). download: a picture, too, is to be kept by the browser."""
    as_download = download or not attachment.is_photo
    headers = {"Content-Disposition": content_disposition_header(as_download, attachment.download_name) or "inline"}
    return send_stored(request, attachment.file.name, attachment.content_type, headers, attachment.size)


def send_thumbnail(request, attachment: Attachment) -> HttpResponseBase:
    """404 for a document, which has none."""
    if not attachment.thumbnail:
        raise Http404
    return send_stored(request, attachment.thumbnail.name, "image/webp", {"Content-Disposition": "inline"})


def send_stored(request, name: str, content_type: str, headers: dict, size: int | None = None) -> HttpResponseBase:
    """What lies in the storage under a name, kept by `judging`. 404 where it is gone."""
    response: HttpResponseBase
    if request.method == "HEAD":
        response = HttpResponse(content_type=content_type)
        response["Content-Length"] = default_storage.size(name) if size is None else size
    else:
        try:
            response = FileResponse(default_storage.open(name, "rb"), content_type=content_type)
        except FileNotFoundError as error:
            raise Http404 from error
    for key, value in headers.items():
        response[key] = value
    response["Content-Security-Policy"] = _POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-store"
    return response
