"""A shop of East in Tao's charge, one of West; a plan with two variants; a dealer signed in."""

from __future__ import annotations

import copy
import datetime

import pytest
from django.core.cache import cache
from django.test import Client

from crm.clock import today
from customers.portal import actions as portal
from customers.portal import links, reading
from customers.profile.actions import assign, create_customer
from promotions.calculator.actions import show_plan, write_plan

SINCE = datetime.date(2026, 1, 1)
DAY = datetime.timedelta(days=1)
VARIANT = {
    "name": "减价",
    "guess": "150",
    "cut": "1.50",
    "cut_brand": "50",
    "materials": [{"name": "端架", "quantity": 4, "list_price": "120.00", "discount": "30", "brand": "50"}],
    "costs": {"staff": {"amount": "300.00", "brand": "0"}, "publicity": {"amount": "250.00", "brand": "60"}},
}
FREE = {"name": "买十送一", "guess": "40", "buy": 10, "get": 1, "free_brand": "100", "reach": 900}
TERMS = {
    "goods": {"name": "礼盒", "retail": "10.00", "wholesale": "6.00", "cost": "3.50"},
    "baseline": 200,
    "timing": {"days": 14, "settlement_days": 30},
    "budgets": {"customer": "", "brand": ""},
    "own": {"staff": "", "other": ""},
    "variants": [VARIANT, FREE],
}


def terms(**changes):
    return {**copy.deepcopy(TERMS), **changes}


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(autouse=True)
def fresh_counters(db):
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def shop(regions, cast):
    made = create_customer(code="E1", name="东店", kind="franchisee", region=regions.jiangsu)
    assign(customers=[made], user=cast.tao, since=SINCE)
    return made


@pytest.fixture
def west(regions, cast):
    return create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)


@pytest.fixture
def plan(shop, cast):
    return write_plan(
        customer=shop, title="春节联合促销", kind="mixed", starts_on=today() + 20 * DAY, terms=terms(), by=cast.tao
    )


@pytest.fixture
def shown(plan, cast):
    show_plan(plan=plan, by=cast.tao)
    plan.refresh_from_db()
    return plan


@pytest.fixture
def dealer(shop, cast):
    account = portal.invite(customer=shop, name="王", email="wang@shop.test", by=cast.tao)
    client = Client()
    client.post(links.address(reading.open_link(account), ""))
    return client
