"""Doors as tests try them: addresses, signing in, second factors, and counters that no test before has used up."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from tests.conftest import PASSWORD
from tests.security.addresses import OTHERS, WORDS, address_of

LOGIN = "/accounts/login/"
ADDRESSES = sorted({address_of(route, 1) for route in OTHERS if all(n in str(WORDS) for n in route.parameters)})


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()
    yield
    cache.clear()


def try_in(client, who, password=PASSWORD, address="10.0.0.1", **extra):
    return client.post(LOGIN, {"login": who, "password": password}, REMOTE_ADDR=address, **extra)


def is_in(client) -> bool:
    return client.get("/profile/").status_code == 200


def with_factor(user) -> str:
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def code_of(secret) -> str:
    from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time

    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
