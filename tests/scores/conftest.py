"""Shops with evidence written straight to the tables."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from customers.models import Customer, MonthlySales, Observation, OpenItem

DAY = datetime.date(2026, 6, 30)


@pytest.fixture
def shops(regions):
    return {
        code: Customer.objects.create(code=code, name=f"店{code}", kind="franchisee", region=region)
        for code, region in (("E1", regions.jiangsu), ("E2", regions.zhejiang), ("W1", regions.sichuan))
    }


def invoice(customer, number, due_on, settled_on=None, amount="100.00", **values):
    return OpenItem.objects.create(
        customer=customer,
        number=number,
        issued_on=due_on - datetime.timedelta(days=30),
        due_on=due_on,
        amount=Decimal(amount),
        open_amount=Decimal(amount) if settled_on is None else Decimal(0),
        settled_on=settled_on,
        **values,
    )


def seen(customer, kind, score, on=datetime.date(2026, 6, 1), trait="cooperation", **values):
    return Observation.objects.create(customer=customer, kind=kind, score=score, seen_on=on, trait=trait, **values)


def months(customer, first, nets, orders=2):
    """Purchases of months from the first on, in yuan; None: none."""
    year, month = first
    rows = []
    for at, net in enumerate(nets):
        if net is not None:
            day = datetime.date(year + (month - 1 + at) // 12, (month - 1 + at) % 12 + 1, 1)
            amount = Decimal(net)
            rows.append(
                MonthlySales(customer=customer, month=day, gross=amount, returns=0, net=amount, orders=orders, days=1)
            )
    MonthlySales.objects.bulk_create(rows)
