"""Sensitive values at rest: sealed (Fernet: AES-128-CBC with HMAC-SHA256), so that no dump shows them.

The keys are settings.FIELD_KEYS, newest first: the first seals, all open. With none set, one is derived from
SECRET_KEY. To change keys put the new one in front, run `manage.py rotate_keys`, then take the old one away.
"""

from __future__ import annotations

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

MARK = "qiao1:"


class Unreadable(Exception):
    """A sealed value that none of the keys opens: the key was lost, or the value altered."""


def derived_key(secret: str) -> str:
    """The key that follows from a secret, as FIELD_KEYS spells keys."""
    made = HKDF(algorithm=hashes.SHA256(), length=32, salt=b"qiao", info=b"sealed fields").derive(secret.encode())
    return base64.urlsafe_b64encode(made).decode()


@lru_cache(maxsize=8)
def _ring(keys: tuple[str, ...]) -> MultiFernet:
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError as error:
        raise ImproperlyConfigured("FIELD_KEYS: each key is 32 bytes in URL-safe base64.") from error


def ring() -> MultiFernet:
    return _ring(tuple(settings.FIELD_KEYS) or (derived_key(settings.SECRET_KEY),))


def seal(text: str) -> str:
    """A text no one reads without a key; sealing the same twice gives two different results."""
    return MARK + ring().encrypt(text.encode()).decode()


def is_sealed(stored: str) -> bool:
    return stored.startswith(MARK)


def unseal(stored: str) -> str:
    """What was sealed. Raises Unreadable."""
    if not is_sealed(stored):
        raise Unreadable
    try:
        return ring().decrypt(stored[len(MARK) :].encode()).decode()
    except InvalidToken as error:
        raise Unreadable from error


def reseal(stored: str) -> str:
    """The same value under the newest key. Raises Unreadable."""
    return seal(unseal(stored))


def is_newest(stored: str) -> bool:
    """Whether the newest key sealed it, so that a rotation has nothing to do."""
    keys = tuple(settings.FIELD_KEYS) or (derived_key(settings.SECRET_KEY),)
    try:
        Fernet(keys[0]).decrypt(stored[len(MARK) :].encode())
    except InvalidToken:
        return False
    return True
