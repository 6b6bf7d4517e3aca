"""Three shops of East in Tao's charge, one of West in Lin's, and a few days to go there."""

from __future__ import annotations

import datetime

import pytest
from django.test import Client

from crm.clock import today
from crm.workdays import next_working_day
from customers.profile.actions import assign, create_customer
from visits.plan.actions import plan_visit

SINCE = datetime.date(2026, 1, 1)


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def ahead(n: int) -> datetime.date:
    """The nth working day after today."""
    day = today()
    for _n in range(n):
        day = next_working_day(day)
    return day


@pytest.fixture
def shops(regions, cast):
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(3)]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=SINCE)
    assign(customers=[west], user=cast.lin, since=SINCE)
    return [*made, west]


@pytest.fixture
def visit(shops, cast):
    return plan_visit(
        customer=shops[0], visitor=cast.tao, day=ahead(1), by=cast.tao, goals=["看库存", "谈陈列"], note="先打电话"
    )
