"""Three shops of East in Tao's charge, one of West in Lin's, and a promise of either side."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from crm.clock import today
from customers.people.actions import create_person
from customers.profile.actions import assign, create_customer
from customers.promises.actions import make_commitment

SINCE = datetime.date(2026, 1, 1)
A_DAY = datetime.timedelta(days=1)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def shops(regions, cast):
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(3)]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=SINCE)
    assign(customers=[west], user=cast.lin, since=SINCE)
    return [*made, west]


@pytest.fixture
def owner(shops, cast):
    return create_person(name="王老板", customer=shops[0], role={"role": "owner"}, by=cast.tao)


@pytest.fixture
def ours(shops, cast):
    return make_commitment(customer=shops[0], side="ours", text="补齐断码", due_on=today() + 3 * A_DAY, by=cast.tao)


@pytest.fixture
def theirs(shops, cast):
    return make_commitment(customer=shops[0], side="theirs", text="清掉夏款", due_on=today() + 5 * A_DAY, by=cast.tao)
