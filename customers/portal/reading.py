"""What a dealer sees of their own shop. Every function reads rows of the account's customer and of no other.

Left out on purpose: notes, facts of the profile, observations, scores and what a manager judged by them, the rank, and
the sales of whoever stands at the border.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Case, When
from django.utils import formats

from crm.accounts.models import User
from crm.periods import month_of
from customers.issues.models import UNSOLVED, Issue, IssueStep, Origin
from customers.issues.models import State as IssueState
from customers.people.models import Person, PersonRole
from customers.portal.models import PortalAccount, PortalLink
from customers.profile.models import Customer, Responsibility, StandIn
from customers.promises.models import Commitment
from customers.receivables import reading as books
from customers.receivables.models import OpenItem, Promise
from customers.sales.reading import monthly
from customers.support.models import SupportRequest
from customers.tiers.models import StandingState

ITEMS = 20
REQUESTS = 8
ISSUES = 100


def figures_until(today: datetime.date) -> datetime.date:
    """The day up to which sales are known; one query."""
    day = StandingState.objects.filter(figures_as_of__isnull=False).values_list("figures_as_of", flat=True).first()
    return day or today


@dataclass(frozen=True, slots=True)
class Sales:
    """points: the twelve months of the year for `bars`. so_far: this year's; before: last year's same months, each
    None without a report."""

    year: int
    points: list[dict[str, Any]]
    so_far: Decimal | None
    before: Decimal | None


def sales(customer: Customer, until: datetime.date) -> Sales:
    """This year by month against last year; one query."""
    december = until.replace(month=12, day=1)
    found = monthly(customer, 24, december)
    last, now = found[:12], found[12:]
    open_month = month_of(until)
    points = [
        {
            "label": str(one.month.month),
            "title": formats.date_format(one.month, "YEAR_MONTH_FORMAT"),
            "value": one.net,
            "reference": old.net,
            "part": one.month == open_month,
        }
        for one, old in zip(now, last, strict=True)
    ]
    through = until.month
    return Sales(until.year, points, _sum(now[:through]), _sum(last[:through]))


def _sum(rows) -> Decimal | None:
    known = [one.net for one in rows if one.net is not None]
    return sum(known, Decimal("0.00")) if known else None


@dataclass(frozen=True, slots=True)
class Owed:
    account: books.Account
    items: list[OpenItem]
    more: bool
    to_pay: list[Promise]
    promises: list[Commitment]


def owed(customer: Customer, day: datetime.date) -> Owed:
    """The books of this customer, and of what was promised what is open, the next due first; four queries."""
    rows = list(OpenItem.objects.owed().filter(customer=customer).order_by("due_on", "pk")[: ITEMS + 1])
    to_pay = Promise.objects.open().to_pay().filter(customer=customer).order_by("due_on", "pk")
    promises = Commitment.objects.open().filter(customer=customer).order_by("due_on", "pk")
    account = books.account(customer, day)
    return Owed(account, rows[:ITEMS], len(rows) > ITEMS, list(to_pay[:ITEMS]), list(promises[:ITEMS]))


def support(customer: Customer) -> list[SupportRequest]:
    """What they asked for, the latest first; one query. Answers and reasons are words among ourselves."""
    rows = SupportRequest.objects.live().filter(customer=customer).select_related("category")
    return list(rows.order_by("-asked_on", "-pk")[:REQUESTS])


def manager(customer: Customer, day: datetime.date) -> User | None:
    """Who is in charge today; one query."""
    held = Responsibility.objects.in_force(day).filter(customer=customer).select_related("user").first()
    return held.user if held is not None else None


def stand_in(manager: User | None, day: datetime.date) -> StandIn | None:
    """Who is there while the manager is away, and until when; one query."""
    if manager is None:
        return None
    return StandIn.objects.in_force(day).filter(absent=manager).select_related("stand_in").order_by("pk").first()


# --- issues: what they told us; what we found by ourselves is ours to work on ---------------------------------------


def issues(customer: Customer) -> list[Issue]:
    """Those they are asked about first, then what is open, then the others, the latest first. One query."""
    order = Case(When(state=IssueState.SOLVED, then=0), When(state__in=UNSOLVED, then=1), default=2)
    return list(Issue.objects.filter(customer=customer, origin=Origin.TOLD).order_by(order, "-pk")[:ISSUES])


def issue(customer: Customer, pk: int) -> Issue | None:
    return Issue.objects.filter(customer=customer, origin=Origin.TOLD, pk=pk).select_related("owner").first()


def steps(told: Issue) -> list[IssueStep]:
    """What they may read of its history, oldest first; one query."""
    return list(IssueStep.objects.told().filter(issue=told).select_related("by").order_by("pk"))


def standing_person(account: PortalAccount) -> Person | None:
    """The account's person, while they stand with the customer."""
    if account.person_id is None:
        return None
    roles = PersonRole.objects.filter(person_id=account.person_id, customer_id=account.customer_id)
    return account.person if roles.exists() else None


# --- for our own side -----------------------------------------------------------------------------------------------


def open_link(account: PortalAccount) -> PortalLink | None:
    """That may be shown; of an account that came through `editable_by`."""
    return PortalLink.objects.open().filter(account=account).first() if account.is_active else None


def open_links(accounts: list[PortalAccount]) -> dict[int, PortalLink]:
    """{account id: its open link}; one query."""
    rows = PortalLink.objects.open().filter(account__in=accounts)
    return {one.account_id: one for one in rows}
