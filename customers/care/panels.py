"""What the customer's page and Today show of notes, special care, stand-ins and handovers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from django.db.models import CharField, F, Value
from django.db.models.functions import Coalesce, NullIf

from crm.clock import today
from crm.panels import Panel
from customers.care.forms import NoteForm
from customers.care.models import Handover, Note
from customers.care.views import told
from customers.profile.models import Customer, SpecialCare, StandIn

LATEST = 5
MOST = 12
SPELLS = ("stand_in", "absent")
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
    """A line of Today. kind: stand_in, absent, handover or review; who: the other person or the customer."""

    kind: str
    pk: int
    first: datetime.date
    last: datetime.date
    who: str


def _name(path: str) -> Coalesce:
    return Coalesce(NullIf(f"{path}__name", Value("")), f"{path}__username", output_field=CharField())


def told_today(user, day: datetime.date) -> list[Told]:
    """Stand-ins that concern this person now or soon, handovers to read, reviews that are due. One statement."""
    spells = StandIn.objects.visible_to(user).not_over(day).filter(since__lte=day + AHEAD).order_by()
    due = SpecialCare.objects.visible_to(user).open().filter(review_on__lte=day).order_by()
    if not (user.is_head or user.is_admin):
        due = due.filter(user=user)
    unread = Handover.objects.visible_to(user).unread_by(user).order_by()

    def told(rows, kind: str, key: str, first: str, last: str, who):
        return rows.annotate(
            kind=Value(kind, CharField()), key=F(key), first=F(first), last=F(last), who=who
        ).values_list("kind", "key", "first", "last", "who")

    rows = told(unread, "1 handover", "pk", "since", "since", _name("done_by")).union(
        told(spells.filter(stand_in=user), "2 stand_in", "pk", "since", "until", _name("absent")),
        told(spells.filter(absent=user), "3 absent", "pk", "since", "until", _name("stand_in")),
        told(due, "4 review", "customer_id", "review_on", "review_on", F("customer__name")),
        all=True,
    )
    return [
        Told(kind[2:], pk, first, last - datetime.timedelta(days=1) if kind[2:] in SPELLS else last, who or "Qiao")
        for kind, pk, first, last, who in rows.order_by("kind", "first", "key")[:MOST]
    ]


def today_panel(request) -> Panel | None:
    lines = told_today(request.user, today())
    return Panel("customers/care/_today.html", {"lines": lines}, "main") if lines else None
