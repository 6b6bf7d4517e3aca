"""What is owed, how a customer pays and what was promised: a statement a page, whatever its number of customers."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import (
    Count,
    ExpressionWrapper,
    F,
    FilteredRelation,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce

from crm.money import MoneyField, from_minor
from customers.profile.models import Customer
from customers.receivables import ageing, paying, terms
from customers.receivables.ageing import BUCKETS, Ageing
from customers.receivables.models import NOTHING, Allocation, OpenItem, Payment, Promise, PromiseState, Side, in_bucket
from customers.receivables.paying import Paying, Settled, share_of, year_before
from customers.receivables.promising import KeptRate
from customers.receivables.terms import Terms

ZERO = from_minor(0)


def sums_by_age(day: datetime.date) -> dict[str, Any]:
    """Annotations for open items grouped by customer (or all together): each bucket, all that is overdue or owed."""
    late = Q(due_on__lt=day)
    return {
        **{name: Coalesce(Sum("open_amount", filter=in_bucket(name, day)), NOTHING) for name in BUCKETS},
        "overdue_sum": Coalesce(Sum("open_amount", filter=late), NOTHING),
        "owed_sum": Coalesce(Sum("open_amount"), NOTHING),
        "disputed_sum": Coalesce(Sum("open_amount", filter=Q(disputed=True)), NOTHING),
        "items_n": Count("pk"),
        "overdue_n": Count("pk", filter=late),
        "first_due": Min("due_on"),
    }


def as_ageing(sums: dict[str, Any], day: datetime.date, credit: Decimal = ZERO) -> Ageing:
    first = sums["first_due"]
    return Ageing(
        day,
        **{name: sums[name] for name in BUCKETS},
        credit=credit,
        items=sums["items_n"],
        overdue_items=sums["overdue_n"],
        disputed=sums["disputed_sum"],
        oldest=max(0, (day - first).days) if first else 0,
    )


def ageings(customer_ids: Iterable[int], day: datetime.date) -> dict[int, Ageing]:
    """What each owes; who owes nothing is missing. One statement. (Who owes has no unused money: `settling`.)"""
    rows = OpenItem.objects.owed().filter(customer_id__in=list(customer_ids)).order_by()
    return {row["customer_id"]: as_ageing(row, day) for row in rows.values("customer_id").annotate(**sums_by_age(day))}


def ageing_as_of(customer_id: int, day: datetime.date) -> Ageing:
    """What a customer owed at the end of a day, also a past one, as the books read now. Two statements."""
    rows = OpenItem.objects.as_of(day).filter(customer_id=customer_id).exclude(open_then=0)
    lines = list(rows.values_list("due_on", "open_then", "disputed"))
    came = Payment.objects.filter(customer_id=customer_id, paid_on__lte=day)
    used = Subquery(
        Allocation.objects.filter(payment=OuterRef("pk"), on__lte=day)
        .order_by()
        .values("payment")
        .annotate(total=Sum("amount"))
        .values("total")
    )
    credit = came.aggregate(credit=Sum(ExpressionWrapper(F("amount") - Coalesce(used, NOTHING), MoneyField())))[
        "credit"
    ]
    return ageing.age(lines, day, credit if credit is not None else ZERO)


# --- one customer ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Account:
    """What a customer's page tells. headroom: None where no credit limit is known."""

    ageing: Ageing
    paying: Paying
    company_share: Decimal | None
    terms: Terms
    headroom: Decimal | None
    known: bool  # there is at least one document or payment


def account(customer: Customer, day: datetime.date) -> Account:
    """One statement: the books, the company's figures beside them, and what was agreed."""
    since = year_before(day)
    wanted = ~Q(open_items__open_amount=0) | Q(open_items__settled_on__gt=since, open_items__settled_on__lte=day)
    unused = Payment.objects.filter(customer=customer).order_by().values("customer").annotate(total=Sum("unused"))
    company = OpenItem.objects.filter(settled_on__gt=since, settled_on__lte=day, amount__gt=0).order_by()
    rows = list(
        Customer.objects.filter(pk=customer.pk)
        .order_by()
        .annotate(
            unused=Coalesce(Subquery(unused.values("total")), NOTHING),
            all_n=_count(company),
            all_on_time=_count(company.filter(settled_on__lte=F("due_on"))),
            item=FilteredRelation("open_items", condition=wanted),
            **terms.beside(customer.pk),
        )
        .values(
            "unused",
            "all_n",
            "all_on_time",
            *terms.beside(customer.pk),
            *(f"item__{name}" for name in ("due_on", "amount", "open_amount", "settled_on", "disputed")),
        )
    )
    first, unused_sum = rows[0], rows[0]["unused"]
    lines, settled = [], []
    for row in rows:
        if row["item__amount"] is None:
            continue
        if row["item__settled_on"] is None:
            lines.append((row["item__due_on"], row["item__open_amount"], row["item__disputed"]))
        else:
            settled.append(Settled(row["item__amount"], row["item__due_on"], row["item__settled_on"]))
    company_share = share_of(first["all_on_time"] or 0, first["all_n"] or 0)
    aged = ageing.age(lines, day, unused_sum)
    agreed = terms.from_row(first)
    return Account(
        ageing=aged,
        paying=paying.paying(settled, day, company_share),
        company_share=company_share,
        terms=agreed,
        headroom=ageing.headroom(agreed.credit_limit, aged.balance),
        known=bool(lines or settled or unused_sum),
    )


def _count(rows: QuerySet) -> Subquery:
    """A whole number beside each row, worked out once: nothing in it hangs on the row."""
    counted = rows.annotate(one=Coalesce(NOTHING, NOTHING)).values("one").annotate(n=Count("pk")).values("n")
    return Subquery(counted, output_field=IntegerField())


@dataclass(slots=True)
class Book:
    """Promises of a customer: those still open, the first due first, and the rate kept by side."""

    open: list[Promise] = field(default_factory=list)
    rates: dict[str, KeptRate] = field(default_factory=dict)


def book(customer: Customer, limit: int = 5) -> Book:
    """One statement: the open promises (`limit` of them), each with the counts of those decided."""
    decided = Promise.objects.filter(customer=customer).order_by().values("customer")

    def count(side: str, *states: str):
        rows = decided.filter(made_by=side, state__in=states).annotate(n=Count("pk")).values("n")
        return Coalesce(Subquery(rows, output_field=IntegerField()), 0)

    counts = {
        f"{side}_{name}": count(side, *states)
        for side in Side.values
        for name, states in (("kept", ["kept"]), ("n", ["kept", "broken"]))
    }
    rows = list(
        Customer.objects.filter(pk=customer.pk)
        .annotate(
            **counts,
            promise=FilteredRelation("promises", condition=Q(promises__state=PromiseState.OPEN)),
        )
        .order_by("promise__due_on", "promise__pk")
        .values(
            *counts,
            *(f"promise__{name}" for name in ("id", "made_by", "what", "amount", "due_on", "made_on", "state")),
        )[:limit]
    )
    found = Book(rates={side: KeptRate(rows[0][f"{side}_kept"], rows[0][f"{side}_n"]) for side in Side.values})
    for row in rows:
        if row["promise__id"] is not None:
            values = {
                name: row[f"promise__{name}"] for name in ("id", "made_by", "what", "amount", "due_on", "made_on")
            }
            found.open.append(Promise(customer=customer, state=PromiseState.OPEN, **values))
    return found


# --- who owes -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Debtors:
    """A page of who owes, and the totals of the whole list."""

    rows: list[tuple[int, Ageing]]
    total: Ageing
    customers: int


def debtors(
    customers: QuerySet[Customer], user, day: datetime.date, *, bucket: str | None = None, at: int = 0, size: int = 50
) -> Debtors:
    """Who owes among these customers, the most overdue first, then by what is owed. Two statements.

    bucket: only those with something in it ("overdue": in any that is late); their other buckets are told all the same.
    """
    grouped = grouped_by_customer(customers, user, day, bucket)
    rows = [(row["customer_id"], as_ageing(row, day)) for row in grouped[at : at + size]]
    whole = OpenItem.objects.visible_to(user).owed().filter(customer__in=grouped.order_by().values("customer_id"))
    sums = whole.order_by().aggregate(**sums_by_age(day), customers_n=Count("customer_id", distinct=True))
    return Debtors(rows=rows, total=as_ageing(sums, day), customers=sums["customers_n"])


def grouped_by_customer(customers: QuerySet[Customer], user, day: datetime.date, bucket: str | None = None) -> QuerySet:
    """One row a customer who owes: `sums_by_age`, the most overdue first."""
    rows = OpenItem.objects.visible_to(user).owed().filter(customer__in=customers.order_by().values("pk"))
    found = rows.order_by().values("customer_id").annotate(**sums_by_age(day))
    if bucket == "overdue":
        found = found.filter(overdue_sum__gt=0)
    elif bucket in BUCKETS:
        found = found.filter(**{f"{bucket}__gt": 0})
    return found.order_by("-overdue_sum", "-owed_sum", "customer_id")


def last_payments(customer_ids: Iterable[int]) -> dict[int, datetime.date]:
    """The day money last came, by payment or by an invoice's own record. One statement."""
    ids = list(customer_ids)
    came = Payment.objects.filter(customer_id__in=ids).order_by().values("customer_id")
    stated = OpenItem.objects.filter(customer_id__in=ids, paid__gt=0).order_by().values("customer_id")
    rows = came.annotate(last=Max("paid_on")).union(stated.annotate(last=Max("paid_on")), all=True)
    found: dict[int, datetime.date] = {}
    for row in rows:
        found[row["customer_id"]] = max(row["last"], found.get(row["customer_id"], row["last"]))
    return found


@dataclass(frozen=True, slots=True)
class Late:
    """promised: the day until which they have promised to pay, if they have."""

    customer: Customer
    ageing: Ageing
    promised: datetime.date | None


def most_overdue(user, day: datetime.date, limit: int, among: Q | None = None) -> list[Late]:
    """Whose money is most overdue in a person's reach, perhaps only where a condition on the item holds.

    One statement, and one for their names where there are any.
    """
    items = OpenItem.objects.visible_to(user).owed()
    if among is not None:
        items = items.filter(among)
    grouped = items.order_by().values("customer_id").annotate(**sums_by_age(day))
    rows = list(grouped.filter(overdue_sum__gt=0).order_by("-overdue_sum", "customer_id")[:limit])
    if not rows:
        return []
    promised = Promise.objects.open().to_pay().filter(customer=OuterRef("pk")).order_by("due_on").values("due_on")[:1]
    people = Customer.objects.visible_to(user).select_related("standing").annotate(promised=Subquery(promised))
    found = people.in_bulk([row["customer_id"] for row in rows])
    return [
        Late(found[row["customer_id"]], as_ageing(row, day), found[row["customer_id"]].promised)
        for row in rows
        if row["customer_id"] in found
    ]
