"""Where map tiles come from, as the content security policy must name it. Pure: settings read it."""

from __future__ import annotations

from urllib.parse import urlsplit


def source(template: str) -> str:
    """The origin of a tile address like https://{s}.tiles.example/{z}/{x}/{y}.png; '' for none or our own host.

    Raises ValueError for one that is neither http(s) nor a path of ours, or whose host is not told by it.
    """
    if not template or (template.startswith("/") and not template.startswith("//")):
        return ""
    parts = urlsplit(template.replace("{s}.", "*.", 1))
    host = parts.netloc
    if parts.scheme not in ("http", "https") or not host or set(host) & set("{}; ,'\"@"):
        raise ValueError(f"not the address of a tile server: {template!r}")
    return f"{parts.scheme}://{host}"
