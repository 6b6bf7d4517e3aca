"""What Today and the customer's page show of issues."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.issues import reading
from customers.profile.models import Customer


def today_panel(request) -> Panel | None:
    """One's own that are late or about to be, and for heads those that were escalated. One statement."""
    user, day = request.user, today()
    found = reading.for_today(user, day, reading.MOST + 1)
    if not found:
        return None
    values = {"issues": found[: reading.MOST], "more": len(found) > reading.MOST, "today": day}
    return Panel("customers/issues/_today.html", values, "main")


def open_ones(request, *, customer: Customer, **context) -> Panel:
    """One statement: customer came through `visible_to`."""
    found = list(reading.open_of(request.user, customer)[: reading.LATEST + 1])
    values = {
        "customer": customer,
        "issues": found[: reading.LATEST],
        "more": len(found) > reading.LATEST,
        "today": today(),
        "may_write": request.user.may_write,
    }
    return Panel("customers/issues/_panel.html", values, "side")
