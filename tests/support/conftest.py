"""Two shops of East (A and B) in Tao's charge, one of West (A), a policy with entitlements, and budgets."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest
from django.test import Client

from crm.clock import today
from customers.models import SupportCategory, TierStanding
from customers.profile.actions import assign, create_customer
from customers.support import actions, budgeting, setting
from customers.support.entitling import quarter_of

SINCE = datetime.date(2026, 1, 1)
A_DAY = datetime.timedelta(days=1)


def yuan(text) -> Decimal:
    return Decimal(text).quantize(Decimal("0.01"))


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def stand(customer, tier: str) -> None:
    TierStanding.objects.update_or_create(
        customer=customer, defaults={"tier": tier, "kind": customer.kind, "region": customer.region}
    )


@pytest.fixture
def shops(regions, cast, policy):
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(2)]
    west = create_customer(code="W1", name="西店", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=SINCE)
    for customer, tier in zip([*made, west], "ABA", strict=True):
        stand(customer, tier)
    return [*made, west]


@pytest.fixture
def entitled(shops, policy):
    """A: 12,000 promotion money and 3,000 operating support a quarter, 8 % off materials; B: 4,000 and nothing."""
    for tier, gives, amount, period in (
        ("A", "promotion", 12_000, "quarter"),
        ("A", "operating", 3_000, "quarter"),
        ("A", "materials", 8, ""),
        ("A", "visits", 7, ""),
        ("B", "promotion", 4_000, "quarter"),
    ):
        setting.set_entitlement(policy=policy, tier=tier, gives=gives, amount=yuan(amount), period=period, by=None)
    return policy


@pytest.fixture
def budgets(regions):
    """East may give 10,000 this quarter, Jiangsu in it 8,000."""
    quarter = quarter_of(today())
    return [
        budgeting.set_budget(region=region, quarter=quarter, amount=yuan(amount), by=None)
        for region, amount in ((regions.east, 10_000), (regions.jiangsu, 8_000))
    ]


def category(code: str = "publicity") -> SupportCategory:
    return SupportCategory.objects.get(code=code)


def asked(customer, by, amount="3400", code="publicity", **more):
    return actions.ask(
        customer=customer,
        category=category(code),
        what="国庆活动的物料",
        asked_amount=None if amount is None else yuan(amount),
        by=by,
        **more,
    )
