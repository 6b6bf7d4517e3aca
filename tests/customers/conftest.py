"""Customers with standings, made without the slices above profile having to run."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest


@pytest.fixture
def make(regions):
    """make("S1", "张三鲜", region, w0=…) -> a customer, with a standing when a figure or tier is given."""
    from customers.models import TierStanding
    from customers.profile.actions import create_customer

    def customer(code, name=None, region=None, *, standing=True, **values):
        figures = {
            key: values.pop(key) for key in ("w0", "w1", "w2", "growth", "last_sold_on", "tier") if key in values
        }
        made = create_customer(
            code=code,
            name=name or f"Shop {code}",
            region=region or regions.jiangsu,
            kind=values.pop("kind", "franchisee"),
            **values,
        )
        if standing:
            TierStanding.objects.create(
                customer=made, kind=made.kind, region=made.region, open_now=made.state != "closed", **figures
            )
        return made

    return customer


@pytest.fixture
def mix(make, regions):
    """Twenty-three customers in East with ties, negative sales, missing growth, missing dates and no standing."""
    made = []
    for n in range(20):
        made.append(
            make(
                f"M{n:02}",
                f"店{n % 3}",
                regions.jiangsu if n % 2 else regions.zhejiang,
                w0=Decimal(n // 4 * 100 - 100),
                growth=None if n % 5 == 0 else (n % 4 - 1) * 1000,
                last_sold_on=None if n % 6 == 0 else datetime.date(2026, 1, 1 + n % 7),
                tier="ABC"[n % 3],
            )
        )
    made += [make(f"N{n}", f"新{n}", standing=False) for n in range(3)]
    return made
