"""What Today and a customer's page show of support."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.profile.models import Customer
from customers.support import budgeting, reading
from customers.support.entitlements import entitlement_of
from customers.support.showing import lines_of

MOST = 6


def today_panel(request) -> Panel | None:
    """Requests that wait for this person's word, exceptions to agree to, and budgets that are exceeded."""
    user = request.user
    if not user.may_write or user.role == "api":
        return None
    day = today()
    waiting = reading.waiting_for(user, MOST + 1)
    exceptions = reading.exceptions_waiting(user, day, MOST)
    over = budgeting.over_budget(user, day)[:MOST]
    if not (waiting or exceptions or over):
        return None
    context = {
        "waiting": waiting[:MOST],
        "exceptions": exceptions,
        "over": over,
        "more": len(waiting) > MOST,
        "may_write": True,
    }
    return Panel("customers/support/_today.html", context, "main")


def card(request, *, customer: Customer, **context) -> Panel:
    """What the customer is entitled to now, and what is left. customer came through `visible_to`."""
    standing = getattr(customer, "standing", None)
    tier = standing.tier if standing is not None else ""
    values = {
        "customer": customer,
        "lines": lines_of(entitlement_of(customer, today(), tier)),
        "may_write": request.user.may_write,
    }
    return Panel("customers/support/_panel.html", values, "side")
