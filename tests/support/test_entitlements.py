"""What a tier's support costs in a year, for whoever weighs a tier policy."""

from __future__ import annotations

from decimal import Decimal

import pytest

from customers.support.entitlements import cost_of_tiers
from customers.tiers.labbing import support_cost

pytestmark = pytest.mark.django_db


def test_a_year_of_money_by_tier(entitled):
    # (12,000 + 3,000) × 4, 4,000 × 4; discounts and visits are no money
    found = {"A": Decimal(60_000), "B": Decimal(16_000), "C": Decimal(0)}
    assert cost_of_tiers() == found and support_cost() == found


def test_where_nothing_is_given_nothing_is_known(shops):
    assert cost_of_tiers() is None
