"""What the customer's page shows: each panel gathers what one slice knows. settings.CUSTOMER_PANELS names them."""

from __future__ import annotations

from crm.audit.models import AuditEntry
from crm.panels import Panel
from customers.pages.card import figures_until
from customers.pages.changes import told
from customers.pages.chart import chart_of
from customers.profile.models import Customer, Datum, Responsibility
from customers.relationship.models import Observation

RECENT = 8


def sales(request, *, customer: Customer) -> Panel:
    return Panel(
        "customers/_sales.html", {"customer": customer, "chart": chart_of(customer, "month", figures_until())}, "main"
    )


def observations(request, *, customer: Customer) -> Panel:
    found = Observation.objects.filter(customer=customer).select_related("seen_by")[: RECENT + 1]
    rows = list(found)
    context = {
        "customer": customer,
        "observations": rows[:RECENT],
        "more": len(rows) > RECENT,
        "may_write": request.user.may_write,
    }
    return Panel("customers/_observations.html", context, "side")


def facts(request, *, customer: Customer) -> Panel:
    supplier = None
    if customer.upstream_id is not None:
        supplier = Customer.objects.visible_to(request.user).filter(pk=customer.upstream_id).only("name").first()
    context = {
        "customer": customer,
        "supplier": supplier,
        "datum": Datum(customer.datum).label,
        "may_write": request.user.may_write,
    }
    return Panel("customers/_facts.html", context, "side")


def responsibilities(request, *, customer: Customer) -> Panel:
    rows = Responsibility.objects.filter(customer=customer).select_related("user")[:RECENT]
    context = {"customer": customer, "responsibilities": list(rows), "may_write": request.user.may_write}
    return Panel("customers/_responsibilities.html", context, "side")


def changes(request, *, customer: Customer) -> Panel | None:
    """Whoever sees the row sees what was done to it, by whomever: `customer` came through `visible_to`."""
    entries = list(AuditEntry.objects.of(customer).order_by("-pk")[:RECENT])
    return Panel("customers/_changes.html", {"entries": told(entries, request.user)}, "main") if entries else None
