"""Shops of East with people who have an e-mail address, a phone, or neither; and dealers at their own door."""

from __future__ import annotations

import datetime

import pytest
from django.core.cache import cache
from django.test import Client

from customers.people.actions import create_person
from customers.portal import actions, links, reading
from customers.portal.models import PortalAccount
from customers.profile.actions import assign, create_customer
from customers.profile.models import Customer

DAY = datetime.date(2026, 1, 1)
BASE = "http://testserver"


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shop(regions, cast):
    made = create_customer(code="E1", name="东店", kind="franchisee", region=regions.jiangsu)
    assign(customers=[made], user=cast.tao, since=DAY)
    return made


@pytest.fixture
def owner(shop, cast):
    return create_person(
        name="王老板",
        email="wang@shop.test",
        phone="139 0000 1111",
        customer=shop,
        role={"role": "owner", "is_primary": True},
        by=cast.ada,
    )


@pytest.fixture
def account(shop, owner, cast):
    return actions.invite(customer=shop, person=owner, by=cast.tao)


@pytest.fixture
def other(regions, cast):
    """An account of a shop in West."""
    shop = create_customer(code="W1", name="西店 CANARY-B", kind="franchisee", region=regions.sichuan)
    return actions.invite(customer=shop, name="李老板", email="li@west.test", by=cast.lin)


@pytest.fixture
def shops(regions, cast, shop, owner):
    """With mail; a phone only; nobody; somebody without either; closed; with access already."""
    made = [shop]
    for n in range(2, 7):
        made.append(create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu))
    phone = create_person(name="只有电话", phone="137 1", customer=made[1], role={"role": "manager"}, by=cast.ada)
    create_person(name="什么都没有", customer=made[1], role={"role": "owner", "is_primary": True}, by=cast.ada)
    create_person(name="没有", customer=made[3], role={"role": "owner"}, by=cast.ada)
    create_person(name="关店老板", phone="1", customer=made[4], role={"role": "owner"}, by=cast.ada)
    Customer.objects.filter(pk=made[4].pk).update(state="closed")
    actions.invite(customer=made[5], name="已有", phone="1", by=cast.ada)
    assign(customers=made, user=cast.tao, since=DAY)
    return made, phone


def address_of(account: PortalAccount) -> str:
    """The path of the link that is out."""
    link = reading.open_link(account)
    assert link is not None
    return links.address(link, "")


def enter(account: PortalAccount, client: Client | None = None) -> Client:
    """Somebody who has come in by the link."""
    client = client or Client()
    answer = client.post(address_of(account))
    assert (answer.status_code, answer["Location"]) == (302, "/portal/")
    return client
