"""What the OpenAPI document says beyond the views themselves."""

_REFUSALS = {
    "400": "Refused: the body says which field and why.",
    "401": "No valid token.",
    "403": "In reach, but not allowed.",
    "404": "Not there, or not yours.",
    "405": "Not a method of this address.",
    "429": "Too many requests.",
}


def document_refusals(result, generator, request, public):
    """Every operation may answer these; drf-spectacular documents only successes by itself."""
    for path in result.get("paths", {}).values():
        for method, operation in path.items():
            if method in ("get", "post", "put", "patch", "delete"):
                for status, text in _REFUSALS.items():
                    operation["responses"].setdefault(status, {"description": text})
    return result
