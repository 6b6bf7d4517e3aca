"""What a customer's page shows of support."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.profile.models import Customer
from customers.support.entitlements import entitlement_of
from customers.support.showing import lines_of


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
