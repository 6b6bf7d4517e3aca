"""What the OpenAPI document says beyond the views themselves."""

from __future__ import annotations

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter

from crm.api.views import MAY_BE_EMPTY

_REFUSALS = {
    "400": "Refused: the body says which field and why.",
    "401": "No valid token.",
    "403": "In reach, but not allowed.",
    "404": "Not there, or not yours.",
    "405": "Not a method of this address.",
    "406": "Only JSON is spoken here.",
    "429": "Too many requests.",
}
_ON_WRITE = {"415": "Not a media type of this address."}
_ON_POST = {
    "409": "A request with this Idempotency-Key is still at work.",
    "422": "This Idempotency-Key was used for another request.",
}
_ON_EDIT = {
    "412": "Somebody else has changed the row: the ETag is no longer its own.",
    "428": "Changing a row needs If-Match.",
}
_REFUSAL = {
    "type": "object",
    "description": "`detail`, or words by field.",
    "properties": {"detail": {"type": "string"}},
    "additionalProperties": True,
}
SPARSE = OpenApiParameter("fields", str, description="Only these fields, separated by commas.")
KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="The same key again within 24 hours is answered with the first answer and changes nothing.",
)
IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description="The ETag of the version you saw."
)


class Schema(AutoSchema):
    """Adds the parameters every view takes, so that no view has to repeat them."""

    def get_override_parameters(self):
        found = list(super().get_override_parameters())
        if self.method == "GET" and getattr(self.view, "sparse", True):
            found.append(SPARSE)
        if self.method == "POST":
            found.append(KEY)
        return found

    def _get_paginator(self):
        return super()._get_paginator() if self.method == "GET" and self.view.is_paged() else None


def say_what_is_strict(result, generator, request, public):
    """Parameters are not empty, and a question holds no fields but its own."""
    for path in result.get("paths", {}).values():
        for operation in path.values():
            for parameter in operation.get("parameters", []):
                schema = parameter["schema"]
                if (
                    parameter["in"] == "query"
                    and schema.get("type") == "string"
                    and not {"enum", "format"} & schema.keys()
                    and parameter["name"] not in MAY_BE_EMPTY
                ):
                    schema.setdefault("minLength", 1)
    for name, schema in result.get("components", {}).get("schemas", {}).items():
        if name.endswith("Request") and "properties" in schema:
            schema.setdefault("additionalProperties", False)
    return result


def document_refusals(result, generator, request, public):
    """Every operation may answer these; drf-spectacular documents only successes by itself."""
    for path in result.get("paths", {}).values():
        for method, operation in path.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            refusals = dict(_REFUSALS)
            if method != "get":
                refusals |= _ON_WRITE
            if method == "post":
                refusals |= _ON_POST
            if any(p["name"] == "If-Match" for p in operation.get("parameters", [])):
                refusals |= _ON_EDIT
            operation["responses"].setdefault("414", {"description": "The address is longer than the server takes."})
            for status, text in refusals.items():
                operation["responses"].setdefault(
                    status, {"description": text, "content": {"application/json": {"schema": _REFUSAL}}}
                )
    return result
