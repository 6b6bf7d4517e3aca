"""Where people find Qiao, for links in what is written without a request: letters, commands."""

from __future__ import annotations

from django.conf import settings

_HERE = ("127.0.0.1", "localhost", "[::1]")


def own_address() -> str:
    """PUBLIC_URL; where nothing is said, the first host that this server answers to; "" where that is none to reach."""
    if settings.PUBLIC_URL:
        return settings.PUBLIC_URL
    hosts = [one for one in settings.ALLOWED_HOSTS if one and "*" not in one and not one.startswith(".")]
    real = next((one for one in hosts if one not in _HERE), "")
    if real:
        return f"{'https' if settings.TLS else 'http'}://{real}"
    return "http://127.0.0.1:8000" if settings.DEBUG else ""
