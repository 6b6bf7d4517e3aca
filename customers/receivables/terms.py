"""What was agreed with each customer, and what it put in: the one place where this slice asks for it.

These are facts of the profile. Whoever has no such fact is missing from the answers: no limit known is not a limit
of 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from django.conf import settings
from django.utils.module_loading import import_string

from customers.receivables.recovering import Recovery, recovery_at


def _numbers(field: str, customer_ids: Iterable[int]) -> dict[int, Decimal]:
    """settings.FACT_NUMBERS names who knows: `numbers(field, customer_ids)`. Where it is empty nobody does."""
    return import_string(settings.FACT_NUMBERS)(field, list(customer_ids)) if settings.FACT_NUMBERS else {}


def credit_limits(customer_ids: Iterable[int]) -> dict[int, Decimal]:
    """How much may be owed at most."""
    return _numbers("credit_limit", customer_ids)


def payment_days(customer_ids: Iterable[int]) -> dict[int, int]:
    """Days from an invoice to its due day."""
    return {pk: int(days) for pk, days in _numbers("payment_days", customer_ids).items()}


def investments(customer_ids: Iterable[int]) -> dict[int, Decimal]:
    """What was spent to open the shop."""
    return _numbers("opening_investment", customer_ids)


def monthly_profits(customer_ids: Iterable[int]) -> dict[int, Decimal]:
    """What a usual month leaves."""
    return _numbers("monthly_profit", customer_ids)


def recoveries(months_open: dict[int, int | None]) -> dict[int, Recovery]:
    """{customer: how much of its opening investment is back}; months_open: full months since each opened."""
    ids: Sequence[int] = list(months_open)
    put_in, profits = investments(ids), monthly_profits(ids)
    return {pk: recovery_at(put_in.get(pk), profits.get(pk), months) for pk, months in months_open.items()}
