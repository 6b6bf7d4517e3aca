"""Shops of East in Tao's charge, one of West, and Wei, a manager posted to Zhejiang, with few rights elsewhere."""

from __future__ import annotations

import datetime

import pytest

from crm.accounts.actions import create_user
from customers.models import Customer
from customers.profile.actions import assign, create_customer

DAY = datetime.date(2026, 1, 1)


@pytest.fixture
def wei(regions, cast):
    return create_user(
        username="wei",
        name="Wei",
        role="manager",
        region=regions.zhejiang,
        password="correct-horse-7",
        email="wei@qiao.test",
    )


@pytest.fixture
def shops(regions, cast, wei):
    made = [create_customer(code=f"E{n}", name=f"店{n}", kind="franchisee", region=regions.jiangsu) for n in range(3)]
    west = create_customer(code="W1", name="西", kind="franchisee", region=regions.sichuan)
    assign(customers=made, user=cast.tao, since=DAY)
    assign(customers=[west], user=cast.lin, since=DAY)
    return [*made, west]


def codes(user) -> set[str]:
    from crm.accounts.models import User

    return set(Customer.objects.visible_to(User.objects.get(pk=user.pk)).values_list("code", flat=True))
