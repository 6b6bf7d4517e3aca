"""What Today and a customer's page show of slumps."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.profile.models import Customer
from customers.slumps import reading
from customers.slumps.models import Kind, State
from customers.slumps.words import sentence


def today_panel(request) -> Panel | None:
    """Whom to call tonight: those nobody has called, by money lost × tier. One statement."""
    rows = reading.rows_for(request.user).on().filter(kind=Kind.SLUMP, state=State.OPEN)
    found = list(reading.by_weight(rows)[: reading.MOST_TODAY + 1])
    if not found:
        return None
    shown = found[: reading.MOST_TODAY]
    values = {"alerts": shown, "more": len(found) > reading.MOST_TODAY, "may_write": request.user.may_write}
    return Panel("customers/slumps/_today.html", values, "main")


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
