"""Promises as pages, briefs and scores read them; a few statements for however many customers."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from crm.listing.keyset import Order, Page, page
from customers.profile.models import Customer
from customers.promises.keeping import A_WEEK, Rate, Settled, rates
from customers.promises.models import Commitment, State

BY_DUE = Order("due", "due_on", form="date")
BY_SETTLED = Order("settled", "settled_on", form="date")


def rates_of(customer: Customer) -> dict[str, Rate]:
    """{side: rate} of what was decided. One statement."""
    rows = Commitment.objects.settled().filter(customer=customer).order_by()
    late = Case(When(settled_on__gt=F("due_on"), then=Value(1)), default=Value(0))
    counted = rows.values("side", "state").annotate(late=late).annotate(n=Count("pk"))
    found = counted.values_list("side", "state", "late", "n")
    return rates([Settled(side, state, bool(late), n) for side, state, late, n in found])


def open_of_many(ids: list[int], most: int) -> dict[int, list[Commitment]]:
    """The open ones of each, the next due first. One statement."""
    place = Window(RowNumber(), partition_by=["customer_id"], order_by=[F("due_on").asc(), F("pk").asc()])
    rows = Commitment.objects.open().filter(customer_id__in=ids).annotate(place=place).filter(place__lte=most)
    found: dict[int, list[Commitment]] = {}
    for one in rows.select_related("owner").order_by("customer_id", "place"):
        found.setdefault(one.customer_id, []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class Book:
    """Of one customer: its open promises by side, the next due first, and how both keep theirs."""

    open: list[Commitment] = field(default_factory=list)
    rates: dict[str, Rate] = field(default_factory=dict)
    more: bool = False


def book(customer: Customer, most: int) -> Book:
    """customer came through `visible_to`. One statement: one customer's promises are some dozens, and few texts."""
    rows = Commitment.objects.filter(customer=customer).exclude(state=State.TAKEN_BACK)
    found = list(rows.select_related("owner", "person").order_by("due_on", "pk"))
    still = [one for one in found if one.is_open]
    settled = [Settled(one.side, one.state, one.was_late) for one in found if not one.is_open]
    return Book(open=still[:most], rates=rates(settled), more=len(still) > most)


def narrowed(rows: QuerySet[Commitment], when: str, day: datetime.date) -> QuerySet[Commitment]:
    if when == "overdue":
        return rows.overdue(day)
    if when == "today":
        return rows.open().filter(due_on=day)
    if when == "week":
        return rows.open().filter(due_on__range=(day, day + A_WEEK))
    if when == "later":
        return rows.open().filter(due_on__gt=day + A_WEEK)
    return rows.settled() if when == "settled" else rows.open()


def listed(rows: QuerySet[Commitment], when: str, after: str, before: str, size: int = 50) -> Page:
    """A page: open ones by their day, settled ones the latest first."""
    rows = rows.select_related("customer__standing", "owner", "person")
    if when == "settled":
        return page(rows, BY_SETTLED, True, after=after, before=before, size=size)
    return page(rows, BY_DUE, False, after=after, before=before, size=size)


def counts(rows: QuerySet[Commitment], day: datetime.date) -> dict[str, int]:
    """How many are open by nearness. One statement."""
    wanted = {
        "overdue": Q(due_on__lt=day),
        "today": Q(due_on=day),
        "week": Q(due_on__range=(day, day + A_WEEK)),
        "later": Q(due_on__gt=day + A_WEEK),
    }
    return rows.filter(state=State.OPEN).aggregate(
        **{name: Count("pk", filter=where) for name, where in wanted.items()}
    )


def to_keep_now(user, day: datetime.date, most: int) -> list[Commitment]:
    """What is due or overdue and concerns this person, ours before theirs, the longest overdue first. One statement."""
    rows = Commitment.objects.visible_to(user).concerning(user, day).due_by(day)
    return list(rows.select_related("customer__standing", "owner").order_by("side", "due_on", "pk")[:most])
