"""What a customer's page, a visit's and the dealers' home show of notices."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.portal.models import PortalAccount
from customers.profile.models import Customer
from promotions.policies import reading
from visits.plan.models import PlannedVisit

MOST = 5


def of_customer(request, *, customer: Customer, **context) -> Panel | None:
    """What they have not answered yet, due first. One statement."""
    rows = reading.unread_of_many(request.user, [customer.pk]).get(customer.pk, [])
    return _panel(request, rows, "side") if rows else None


def of_visit(request, *, visit: PlannedVisit, **context) -> Panel | None:
    """To be passed on at the visit. One statement."""
    if not (visit.is_planned and visit.sees_customer):
        return None
    rows = reading.unread_of_many(request.user, [visit.customer_id]).get(visit.customer_id, [])
    return _panel(request, rows, "side") if rows else None


def _panel(request, rows, column: str) -> Panel:
    values = {
        "deliveries": rows[:MOST],
        "more": len(rows) > MOST,
        "today": today(),
        "may_write": request.user.may_write,
    }
    return Panel("promotions/policies/_waiting.html", values, column)


def for_dealer(request, *, account: PortalAccount, **context) -> Panel | None:
    """What waits for the dealer's answer, and what is still to be done. Two statements."""
    rows = list(reading.waiting_for(account.customer)[:MOST])
    to_do = list(reading.to_do_for(account.customer)[:MOST])
    if not rows and not to_do:
        return None
    return Panel("portal/_notices.html", {"deliveries": rows, "to_do": to_do, "today": today()}, "main")
