"""What the customer's page and Today show of notes, special care, stand-ins and handovers."""

from __future__ import annotations

import datetime

from django.db.models import Q

from crm.clock import today
from crm.panels import Panel
from customers.care.forms import NoteForm
from customers.care.models import Handover, Note
from customers.care.views import told
from customers.profile.models import Customer, SpecialCare, StandIn

LATEST = 5
AHEAD = datetime.timedelta(days=7)
"""So long before it begins, a spell of standing in is told of."""


def notes(request, *, customer: Customer, **context) -> Panel:
    """One statement: customer came through `visible_to`."""
    rows = Note.objects.filter(customer=customer).readable_by(request.user).live().select_related("written_by")
    found = list(rows[: LATEST + 1])
    values = {
        "customer": customer,
        "notes": told(found[:LATEST], request.user),
        "more": len(found) > LATEST,
        "may_write": request.user.may_write,
    }
    if request.user.may_write:
        values["form"] = NoteForm(auto_id="note-%s")
    return Panel("customers/care/_notes.html", values, "main")


def special(request, *, customer: Customer, care: SpecialCare | None = None, **context) -> Panel | None:
    """care: what holds or is to come, as the page has read it. No statement."""
    if care is None:
        return None
    values = {
        "customer": customer,
        "care": care,
        "is_due": care.review_on <= today(),
        "may_write": request.user.may_write,
    }
    return Panel("customers/care/_special.html", values, "side")


def today_panel(request) -> Panel | None:
    """Stand-ins that concern this person, reviews that are due, handovers to read. Three statements."""
    user, day = request.user, today()
    spells = StandIn.objects.visible_to(user).filter(Q(absent=user) | Q(stand_in=user))
    due = SpecialCare.objects.visible_to(user).open().filter(review_on__lte=day)
    if not (user.is_head or user.is_admin):
        due = due.filter(user=user)
    values = {
        "stand_ins": list(
            spells.not_over(day)
            .filter(since__lte=day + AHEAD)
            .select_related("absent", "stand_in")
            .order_by("since")[:5]
        ),
        "due": list(due.select_related("customer", "user").order_by("review_on", "pk")[:5]),
        "handovers": list(
            Handover.objects.visible_to(user).unread_by(user).select_related("done_by").order_by("pk")[:5]
        ),
        "today": day,
        "user": user,
    }
    if not (values["stand_ins"] or values["due"] or values["handovers"]):
        return None
    return Panel("customers/care/_today.html", values, "main")
