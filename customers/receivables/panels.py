"""What home and a customer's page show of money and promises."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.profile.models import Customer
from customers.receivables import reading
from customers.receivables.models import Side
from customers.receivables.views import parts


def owed(request, *, customer: Customer, **context) -> Panel | None:
    """What is owed by age, headroom, and how the customer pays. One statement."""
    day = today()
    account = reading.account(customer, day)
    if not account.known:
        return None
    values = {
        "customer": customer,
        "account": account,
        "aged": account.ageing,
        "parts": parts(account.ageing),
        "day": day,
    }
    return Panel("customers/receivables/_owed.html", values, "main")


def promises(request, *, customer: Customer, **context) -> Panel:
    """The open promises, each to be ticked off, and how many each side kept. One statement."""
    found = reading.book(customer)
    values = {
        "customer": customer,
        "promises": found.open,
        "rates": [(side.label, found.rates[side]) for side in Side if found.rates[side].n],
        "today": today(),
        "may_write": request.user.may_write,
    }
    return Panel("customers/receivables/_promises.html", values, "side")
