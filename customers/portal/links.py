"""The address of a link: the row's number and a word of chance, signed with the server's key.

So it can be shown again until it is used, and nobody makes one of a copy of the database.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from customers.portal.models import PortalLink

_SIGNER = Signer(sep=".", salt="customers.portal.link")


def new_nonce() -> str:
    return secrets.token_urlsafe(18)


def token_of(link: PortalLink) -> str:
    return _SIGNER.sign(f"{link.pk}.{link.nonce}")


def read(token: str) -> tuple[int, str] | None:
    """(number, word of chance) of a token that this server has signed."""
    try:
        number, _dot, nonce = _SIGNER.unsign(token[:200]).partition(".")
    except BadSignature:
        return None
    return (int(number), nonce) if number.isascii() and number.isdigit() and nonce else None


def fits(link: PortalLink, nonce: str) -> bool:
    return constant_time_compare(link.nonce, nonce)


def base_of(request) -> str:
    """Where dealers find this server, without a slash at the end."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def address(link: PortalLink, base: str) -> str:
    return f"{base}{reverse('portal:enter', args=[token_of(link)])}"
