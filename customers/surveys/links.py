"""The address by which a customer answers: the invitation's number and a word of chance, signed with the server's key.

It holds until the round closes; whoever reads the database alone cannot build it.
"""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from customers.surveys.models import SurveyInvitation

_SIGNER = Signer(sep=".", salt="customers.surveys.link")


def new_nonce() -> str:
    return secrets.token_urlsafe(18)


def token_of(invitation: SurveyInvitation) -> str:
    return _SIGNER.sign(f"{invitation.pk}.{invitation.nonce}")


def invitation_of(token: str) -> SurveyInvitation | None:
    """Of a token that this server has signed; with its round and template. One query, none for what nobody signed."""
    try:
        number, _dot, nonce = _SIGNER.unsign(token[:200]).partition(".")
    except BadSignature:
        return None
    if not (number.isascii() and number.isdigit() and nonce):
        return None
    rows = SurveyInvitation.objects.counting().filter(pk=int(number))
    found = rows.select_related("survey__template").first()
    return found if found is not None and constant_time_compare(found.nonce, nonce) else None


def base_of(request) -> str:
    """Where customers find this server, without a slash at the end."""
    return settings.PUBLIC_URL or request.build_absolute_uri("/").rstrip("/")


def path_of(invitation: SurveyInvitation) -> str:
    return reverse("portal:survey", args=[token_of(invitation)])


def address(invitation: SurveyInvitation, base: str) -> str:
    return f"{base}{path_of(invitation)}"
