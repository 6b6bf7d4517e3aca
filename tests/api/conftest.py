"""Programs and people at the API, and a few customers on either side."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from rest_framework.test import APIClient


@pytest.fixture
def shops(cast, regions):
    """Two customers in East, one in West."""
    from customers.profile.actions import create_customer

    def make(code, region, **more):
        return create_customer(code=code, name=f"店 {code}", kind="franchisee", region=region, **more)

    return SimpleNamespace(
        own=make("E1", regions.jiangsu, phone="0571-8888 1234", city="南京"),
        other=make("E2", regions.zhejiang),
        foreign=make("W1-SECRET", regions.sichuan, phone="028-CANARY"),
        make=make,
    )


@pytest.fixture
def api(cast):
    """api("bot", "write") -> a client with a token of that person; `api.get(...)` is Bot's with a write token."""
    from crm.accounts.actions import create_token

    def client(who="bot", scope="write") -> APIClient:
        _token, text = create_token(user=getattr(cast, who), scope=scope)
        found = APIClient()
        found.credentials(HTTP_AUTHORIZATION=f"Token {text}")
        return found

    return client


@pytest.fixture
def bot(api):
    return api("bot", "write")
