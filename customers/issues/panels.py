"""What a customer's page shows of issues."""

from __future__ import annotations

from crm.panels import Panel
from customers.issues import reading
from customers.profile.models import Customer


def open_ones(request, *, customer: Customer, **context) -> Panel:
    """One statement: customer came through `visible_to`."""
    found = list(reading.open_of(request.user, customer)[: reading.LATEST + 1])
    values = {
        "customer": customer,
        "issues": found[: reading.LATEST],
        "more": len(found) > reading.LATEST,
        "may_write": request.user.may_write,
    }
    return Panel("customers/issues/_panel.html", values, "side")
