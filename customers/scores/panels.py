"""What a customer's page shows of its scores: each with why, in short: from the rows that the page has read."""

from __future__ import annotations

from crm.panels import Panel
from customers.profile.models import Customer
from customers.scores import reading, telling
from customers.scores.terms import TRAITS


def scores(request, *, customer: Customer, **context) -> Panel:
    rows = reading.present(customer)
    values = {
        "customer": customer,
        "may_write": request.user.may_write,
        "scores": [_told(trait, rows.get(trait)) for trait in TRAITS],
    }
    return Panel("customers/scores/_panel.html", values, "side")


def _told(trait: str, row) -> dict:
    components = reading.found_of(row).components if row is not None and row.value is not None else ()
    return {
        "label": telling.TRAITS[trait],
        "row": row,
        "points": telling.points(row.value) if row is not None else "—",
        "verdict": telling.verdict(row),
        "lines": [(telling.KINDS[one.kind], telling.kept_of(one)) for one in components],
    }
