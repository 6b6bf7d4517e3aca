"""What the customer's page shows of the people around it. settings.CUSTOMER_PANELS names it."""

from __future__ import annotations

from crm.panels import Panel
from customers.people import reading
from customers.people.forms import PersonForm
from customers.profile.models import Customer

MOST = 8


def people(request, *, customer: Customer, **context) -> Panel:
    """One statement, whoever and however many they are."""
    rows = list(reading.people_of(request.user, customer)[: MOST + 1])
    values = {"customer": customer, "roles": rows[:MOST], "more": len(rows) > MOST, "may_write": request.user.may_write}
    if request.user.may_write:
        values["form"] = PersonForm(user=request.user, placed=True, auto_id="person-%s")
    return Panel("customers/people/_panel.html", values, "side")
