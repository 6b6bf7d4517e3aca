"""What the customer's page and Today show of notes, special care, stand-ins and handovers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import Q

from crm.clock import today
from crm.panels import Panel
from customers.care.forms import NoteForm
from customers.care.models import Note
from customers.care.views import told
from customers.profile.models import Customer, SpecialCare, StandIn

LATEST = 5
MOST = 12
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


@dataclass(frozen=True, slots=True)
class Told:
    """A line of Today. kind: stand_in or absent; who: the other person."""

    kind: str
    pk: int
    first: datetime.date
    last: datetime.date
    who: str


def told_today(user, day: datetime.date) -> list[Told]:
    """Stand-ins that concern this person now or soon. One statement."""
    spells = StandIn.objects.visible_to(user).not_over(day).filter(since__lte=day + AHEAD)
    rows = spells.filter(Q(stand_in=user) | Q(absent=user)).select_related("absent", "stand_in").order_by("since", "pk")
    return [
        Told(
            "stand_in" if one.stand_in_id == user.pk else "absent",
            one.pk,
            one.since,
            one.last_day,
            str(one.absent if one.stand_in_id == user.pk else one.stand_in),
        )
        for one in rows[:MOST]
    ]


def today_panel(request) -> Panel | None:
    lines = told_today(request.user, today())
    return Panel("customers/care/_today.html", {"lines": lines}, "main") if lines else None
