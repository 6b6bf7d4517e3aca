"""What a variant of a plan costs the brand, as both sides see it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from promotions.calculator.economics import sheet
from promotions.calculator.kept import guess_of, plan_of


def brand_cost(terms: Mapping[str, Any], variant: int) -> Decimal:
    """What the brand bears of it at the uplift that was put in, at none where none was. Raises Refused."""
    plan = plan_of(terms, variant)
    return sheet(plan, plan.extra_at(guess_of(terms, variant) or Decimal(0))).brand.spend
