"""What was agreed with each customer, and what it put in: facts of the profile, read in one place.

What is not known is None: no limit known is not a limit of 0.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Subquery

from crm.money import CENT
from customers.facts import reading as facts
from customers.facts.models import Fact
from customers.receivables.recovering import Recovery, recovery_at

_FIELDS = ("credit_limit", "payment_days", "opening_investment", "monthly_profit")


@dataclass(frozen=True, slots=True)
class Terms:
    """credit_limit, investment (to open the shop), monthly_profit (of a usual month): money."""

    credit_limit: Decimal | None = None
    payment_days: int | None = None
    investment: Decimal | None = None
    monthly_profit: Decimal | None = None

    def recovery(self, months_open: int | None) -> Recovery:
        """months_open: full months since the shop opened."""
        return recovery_at(self.investment, self.monthly_profit, months_open)


UNKNOWN = Terms()


def terms_of(customer_ids: Collection[int]) -> dict[int, Terms]:
    """{customer: terms} of those of whom anything is known. One query."""
    found: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = Fact.objects.current().of_fields(_FIELDS).filter(customer_id__in=customer_ids, number__isnull=False)
    for customer_id, field, number in rows.values_list("customer_id", "field", "number"):
        found[customer_id][field] = number
    return {pk: _terms(values) for pk, values in found.items()}


def beside(customer_id: int) -> dict[str, Subquery]:
    """The same as annotations of another statement about one customer; `from_row` reads them."""
    rows = Fact.objects.current().filter(customer_id=customer_id, number__isnull=False)
    return {f"fact_{field}": Subquery(rows.filter(field=field).values("number")[:1]) for field in _FIELDS}


def from_row(row: dict[str, Decimal | None]) -> Terms:
    values = {field: row[f"fact_{field}"] for field in _FIELDS}
    return _terms({field: value for field, value in values.items() if value is not None})


def _terms(values: dict[str, Decimal]) -> Terms:
    def money(field: str) -> Decimal | None:
        return values[field].quantize(CENT) if field in values else None

    days = values.get("payment_days")
    return Terms(
        credit_limit=money("credit_limit"),
        payment_days=None if days is None else int(days),
        investment=money("opening_investment"),
        monthly_profit=money("monthly_profit"),
    )


def payment_days(customer_ids: Collection[int]) -> dict[int, int]:
    """Days from an invoice to its due day, of those who have such terms."""
    return {pk: int(days) for pk, days in facts.numbers("payment_days", customer_ids).items()}
