"""A dozen shops with daily sales that swing a little, in East but one; days are told by files of the ledger."""

from __future__ import annotations

import datetime
from decimal import Decimal

import numpy as np
import pytest
from django.test import Client

from crm.imports.models import ImportRun
from customers.profile.actions import assign, create_customer
from customers.sales.models import MonthlySales, SaleLine

FIRST = datetime.date(2026, 1, 5)
DAYS = 200
LAST = FIRST + datetime.timedelta(days=DAYS - 1)
SWING = 0.06


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def day(n: int) -> datetime.date:
    return FIRST + datetime.timedelta(days=n)


def usual(n: int, days: int = DAYS, seed: int = 7) -> np.ndarray:
    """n shops × days: weekends sell more."""
    random = np.random.default_rng(seed)
    weekday = np.array([(FIRST + datetime.timedelta(days=d)).weekday() for d in range(days)])
    level = 1_000 * (1 + np.arange(n))[:, None] * np.where(weekday >= 5, 1.4, 1.0)[None]
    return np.round(level * np.exp(random.normal(0, SWING, (n, days))), 2)


def tell(customer, values, first: int = 0, run=None, is_open=None) -> None:
    """Lines of the ledger: None tells nothing of its day. A day told again is corrected."""
    run = run or ImportRun.objects.create(kind="sales", name="sales.csv", size=1, state=ImportRun.State.DONE)
    told = {day(first + n): value for n, value in enumerate(values) if value is not None and not np.isnan(value)}
    before = dict(SaleLine.objects.live().filter(customer=customer, sold_on__in=told).values_list("sold_on", "pk"))
    SaleLine.objects.filter(pk__in=before.values()).update(live=False)
    SaleLine.objects.bulk_create(
        [
            SaleLine(
                customer=customer,
                sold_on=when,
                gross=Decimal(f"{value:.2f}"),
                run=run,
                replaces=before.get(when),
                is_open=is_open,
            )
            for when, value in told.items()
        ]
    )
    for month in {when.replace(day=1) for when in told}:
        MonthlySales.objects.get_or_create(
            customer=customer, month=month, defaults={"gross": 1, "returns": 0, "net": 1, "days": 1}
        )


@pytest.fixture
def shops(regions, cast):
    """E0 to E10 in East, in Tao's charge; W1 in West, in Lin's."""
    since = datetime.date(2026, 1, 1)
    made = [
        create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu, phone="025 1234 5678")
        for n in range(11)
    ]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=since)
    assign(customers=[west], user=cast.lin, since=since)
    return [*made, west]


@pytest.fixture
def sales():
    """What would be sold: 12 × 200. E1 slumps by 40 % for five days from day 180 on, W1 by half on the last four."""
    values = usual(12)
    values[1, 180:185] *= 0.6
    values[11, 196:] *= 0.5
    return np.round(values, 2)


@pytest.fixture
def ledger(shops, sales):
    for shop, values in zip(shops, sales, strict=True):
        tell(shop, values)
    return sales
