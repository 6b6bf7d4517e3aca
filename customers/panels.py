"""What the customer's page shows: each panel gathers what one slice knows. settings.CUSTOMER_PANELS names them."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.duplicates import history
from customers.facts import reading
from customers.facts.fields import ASKABLE, SENSITIVE
from customers.files.models import Attachment
from customers.pages.changes import told
from customers.pages.chart import chart_of
from customers.pages.explained import Explained, explained
from customers.pages.profile import QUESTIONS, address_of, tier_of
from customers.profile.models import Customer, Datum
from customers.relationship.models import Observation

CHANGES = 6
PHOTOS, DOCUMENTS = 6, 4  # PHOTOS is the larger
HISTORY = 8
SEEN = 4


def _explained(customer: Customer) -> Explained | None:
    """Worked out once for all panels of one page."""
    if not hasattr(customer, "_explained"):
        customer._explained = explained(customer)
    return customer._explained


def tier(request, *, customer: Customer, **context) -> list[Panel]:
    """Four tiles, and the card that says why, by what evidence, and what would lift the customer."""
    found = _explained(customer)
    if found is None:
        return [Panel("customers/_tier_pending.html", {"customer": customer}, "main")]
    last = customer.standing.last_sold_on
    values = {
        "customer": customer,
        "tier": found,
        "known": found.known,
        "last_sold_on": last,
        "days_ago": (today() - last).days if last else None,
        "may_write": request.user.may_write,
    }
    return [Panel("customers/_kpis.html", values, "kpi"), Panel("customers/_tier.html", values, "main")]


def sales(request, *, customer: Customer, **context) -> Panel:
    found = _explained(customer)
    chart = chart_of(customer, "month", found.known.as_of if found else today())
    return Panel("customers/_sales.html", {"customer": customer, "chart": chart}, "main")


def tier_history(request, *, customer: Customer, **context) -> Panel | None:
    found = _explained(customer)
    if found is None or not found.history:
        return None
    values = {"history": found.history[:HISTORY], "more": len(found.history) > HISTORY}
    return Panel("customers/_tier_history.html", values, "main")


def changes(request, *, customer: Customer, **context) -> Panel | None:
    """Whoever sees the row sees what was done to it, by whomever: `customer` came through `visible_to`.

    And to those that were merged into it, under their own numbers.
    """
    entries = list(history.entries_of(customer)[:CHANGES])
    return Panel("customers/_changes.html", {"entries": told(entries, request.user)}, "main") if entries else None


def completeness(request, *, customer: Customer, **context) -> Panel:
    """How much of the profile is known, and what is worth asking next."""
    found = reading.current(customer)
    complete = reading.completeness(customer, tier_of(customer), found, today())
    gaps = [gap for gap in complete.gaps if gap.key in ASKABLE and gap.key not in SENSITIVE][:QUESTIONS]
    values = {
        "customer": customer,
        "complete": complete,
        "questions": [(ASKABLE[gap.key], address_of(customer, gap.key)) for gap in gaps],
        "may_write": request.user.may_write,
    }
    return Panel("customers/facts/_panel.html", values, "side")


def facts(request, *, customer: Customer, supplier: Customer | None = None, **context) -> Panel:
    """supplier: who is upstream, where this person may see it."""
    values = {
        "customer": customer,
        "supplier": supplier,
        "datum": Datum(customer.datum).label,
        "may_write": request.user.may_write,
    }
    return Panel("customers/_facts.html", values, "side")


def files(request, *, customer: Customer, **context) -> Panel:
    """The newest photos and documents, and how many there are of each: one statement."""
    rows = list(Attachment.objects.filter(customer=customer).live().newest_of_each_kind(PHOTOS))
    photos, documents = [one for one in rows if one.is_photo], [one for one in rows if not one.is_photo]
    values = {
        "customer": customer,
        "photos": photos[:PHOTOS],
        "documents": documents[:DOCUMENTS],
        "photo_count": photos[0].of_kind if photos else 0,
        "document_count": documents[0].of_kind if documents else 0,
        "total": sum(group[0].of_kind for group in (photos, documents) if group),
        "may_write": request.user.may_write,
    }
    return Panel("customers/files/_panel.html", values, "side")


def observations(request, *, customer: Customer, **context) -> Panel:
    rows = list(Observation.objects.filter(customer=customer).select_related("seen_by")[: SEEN + 1])
    found = _explained(customer)
    values = {
        "customer": customer,
        "observations": rows[:SEEN],
        "more": len(rows) > SEEN,
        "scores": [found.known.cooperation, found.known.loyalty] if found else [],
        "may_write": request.user.may_write,
    }
    return Panel("customers/_observations.html", values, "side")


def responsibilities(request, *, customer: Customer, held=(), **context) -> Panel:
    """held: the customer's responsibilities, newest first, as the page has read them."""
    values = {"customer": customer, "responsibilities": list(held), "may_write": request.user.may_write}
    return Panel("customers/_responsibilities.html", values, "side")
