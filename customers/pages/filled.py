"""What the business block of a profile fills in by itself, from the ledgers."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from customers.facts.models import Fact
from customers.profile.models import Customer


@dataclass(frozen=True, slots=True)
class Filled:
    """form says how the template writes the value: money, growth, text."""

    label: Any
    value: Any
    form: str
    source: str


def filled_in(customer: Customer, facts: dict[str, Fact]) -> list[Filled]:
    """Sales and growth of the last 12 full months, from the standing that came along with the customer."""
    standing = getattr(customer, "standing", None)
    if standing is None or (not standing.w0 and not standing.w1):
        return []
    source = _("from the sales ledger")
    found = [
        Filled(_("Sales, last 12 full months"), standing.w0, "money", source),
        Filled(_("The 12 months before"), standing.w1, "money", source),
    ]
    if standing.growth is not None:
        found.append(Filled(_("Growth"), Decimal(standing.growth) / 10000, "growth", source))
    return found
