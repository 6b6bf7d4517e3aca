"""Two shops of East in Tao's charge, one of West in Lin's, and an issue of the first."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from customers.issues.actions import open_issue
from customers.profile.actions import assign, create_customer

SINCE = datetime.date(2026, 1, 1)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def shops(regions, cast):
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(2)]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=SINCE)
    assign(customers=[west], user=cast.lin, since=SINCE)
    return [*made, west]


@pytest.fixture
def issue(shops, cast):
    return open_issue(customer=shops[0], title="到货少了两箱", category="supply", text="清点时少两箱", by=cast.tao)
