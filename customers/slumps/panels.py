"""What a customer's page shows of slumps."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.profile.models import Customer
from customers.slumps import reading
from customers.slumps.words import sentence


def of_customer(request, *, customer: Customer, **context) -> Panel | None:
    """The alert that is on, else how long a customer that orders now and then has been silent. Two statements."""
    alert = reading.on_of(customer)
    if alert is not None:
        values = {"customer": customer, "alert": alert, "sentence": sentence(alert)}
        return Panel("customers/slumps/_customer.html", values, "main")
    if customer.state == "closed":
        return None
    silence = reading.order_silence(customer, today())
    if silence is None or silence.light not in ("amber", "red"):
        return None
    return Panel("customers/slumps/_silence.html", {"customer": customer, "silence": silence}, "main")
