"""What a new plan begins with: what the customer would sell anyway, and what the tier takes off materials."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal

from crm.clock import today
from crm.periods import months_between, shift_month
from customers.profile.models import Customer
from customers.sales.reading import monthly, months_in_reach
from customers.support.entitlements import entitlement_of
from customers.support.entitling import MATERIALS
from promotions.calculator.baseline import Baseline, baseline
from promotions.calculator.refusing import Refused, half_up

MONTHS = 36


@dataclass(frozen=True, slots=True)
class Known:
    """baseline: None where too little is known to reckon one. price: what a unit brought in the last twelve months.
    discount: percent off materials.
    """

    baseline: Baseline | None
    price: Decimal | None
    discount: Decimal


def known_of(user, customer: Customer, starts_on: datetime.date, days: int) -> Known:
    """Of a customer that came through `visible_to`: units that it would sell of everything. A few statements."""
    last = shift_month(today().replace(day=1), -1)
    rows = monthly(customer, MONTHS, last)
    own = [Decimal(row.units) if row.net is not None and row.days else None for row in rows]
    network = [row.net for row in months_in_reach(user, MONTHS, last)]
    return Known(_baseline(own, network, last, starts_on, days), _price(rows[-12:]), _discount(customer))


def _baseline(own, network, last: datetime.date, starts_on: datetime.date, days: int) -> Baseline | None:
    if months_between(last, starts_on.replace(day=1)) < 1 or not any(own):
        return None
    try:
        return baseline(_trimmed(own), network, last, starts_on, days)
    except Refused:
        return None


def _trimmed(own: list[Decimal | None]) -> list[Decimal | None]:
    """From the first month with a report on."""
    first = next((n for n, value in enumerate(own) if value is not None), len(own))
    return own[first:]


def _price(rows) -> Decimal | None:
    units = sum(row.units or 0 for row in rows)
    gross = sum((row.gross or Decimal(0) for row in rows), Decimal(0))
    return half_up(gross / units) if units > 0 and gross > 0 else None


def _discount(customer: Customer) -> Decimal:
    given = entitlement_of(customer).of(MATERIALS)
    return given.amount if given else Decimal(0)
