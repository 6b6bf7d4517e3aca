"""What a customer's page shows of promises."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.profile.models import Customer
from customers.promises import reading
from customers.promises.models import Side
from customers.promises.views import told

OF_ONE = 5


def book(request, *, customer: Customer, **context) -> Panel:
    """Both sides' open promises and how they keep them. One statement: customer came through `visible_to`."""
    found, day = reading.book(customer, OF_ONE), today()
    values = {
        "customer": customer,
        "promises": told(found.open, day),
        "more": found.more,
        "rates": [(side, side.label, found.rates[side]) for side in Side if not found.rates[side].is_empty],
        "today": day,
        "may_write": request.user.may_write,
        "back": "detail",
    }
    return Panel("promises/_panel.html", values, "side")
