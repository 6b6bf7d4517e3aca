"""The names behind the flows: whose tier differs between an earlier run and now."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from crm.money import from_minor
from customers.profile.models import Customer
from customers.tiers import reading
from customers.tiers.models import TierRun
from customers.tiers.movements import move


@dataclass(frozen=True, slots=True)
class Mover:
    """before, after: A, B, C or '' (not in the result). direction: up, down, entered or left."""

    customer: Customer
    before: str
    after: str
    reason: str
    w0: Decimal
    direction: str


def movers(run_before: TierRun, user, limit: int = 30) -> list[Mover]:
    """Customers a person sees whose tier is another than in `run_before`, the largest first. Two queries.

    Cost: grows with the customers that changed since, unless `run_before` was made for a past day (then with all).
    """
    then, values = reading.tiers_at(run_before)
    seen, seen_values = reading.seen_by(user, "s.customer_id")
    if run_before.mode != TierRun.Mode.REPLAY:
        # Only who has a decision since can stand elsewhere now.
        later = "SELECT customer_id FROM customers_tierdecision WHERE run_id > %s"
        then = f"SELECT * FROM ({then}) t WHERE t.customer_id IN ({later})"
        values = (*values, run_before.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            f"""SELECT s.customer_id, coalesce(t.tier, ''), s.tier, s.reason, s.w0
            FROM customers_tierstanding s {"LEFT" if run_before.mode == TierRun.Mode.REPLAY else ""}
            JOIN ({then}) t ON t.customer_id = s.customer_id
            WHERE coalesce(t.tier, '') <> s.tier AND {seen} ORDER BY s.w0 DESC, s.customer_id LIMIT %s""",
            (*values, *seen_values, limit),
        )
        rows = cursor.fetchall()
    found = Customer.objects.visible_to(user).in_bulk([row[0] for row in rows])
    return [
        Mover(found[pk], before, after, reason, from_minor(w0), move(before or None, after or None))
        for pk, before, after, reason, w0 in rows
        if pk in found
    ]
