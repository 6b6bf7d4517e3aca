"""The list of who owes as a file."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from crm.clock import today
from crm.exports.kinds import Column, ExportKind
from customers.profile.listing import Filters, narrowed, rights, still_holds
from customers.profile.models import Customer
from customers.receivables import reading
from customers.receivables.ageing import BUCKETS
from customers.receivables.terms import UNKNOWN, terms_of
from customers.receivables.views import LABELS, bucket_of

AT_ONCE = 500

COLUMNS = [
    Column("code", _("Customer code")),
    Column("name", _("Customer"), width=32),
    Column("tier", _("Tier"), width=8),
    Column("owed", _("Owed"), "money"),
    Column("overdue", _("Overdue"), "money"),
    *(Column(name, LABELS[name], "money") for name in BUCKETS),
    Column("oldest", _("Oldest, days overdue"), "number"),
    Column("disputed", _("Disputed"), "money"),
    Column("limit", _("Credit limit"), "money"),
    Column("headroom", _("Headroom"), "money"),
    Column("as_of", _("As of"), "date"),
]


def _grouped(user, params):
    day = today()
    return reading.grouped_by_customer(narrowed(user, Filters.read(params)), user, day, bucket_of(params)), day


def rows(user, params) -> Iterator[list[Any]]:
    grouped, day = _grouped(user, params)
    at = 0
    while page := list(grouped[at : at + AT_ONCE]):
        at += AT_ONCE
        ids = [row["customer_id"] for row in page]
        people = Customer.objects.visible_to(user).select_related("standing").in_bulk(ids)
        agreed = terms_of(ids)
        for row in page:
            customer = people.get(row["customer_id"])
            if customer is None:
                continue
            aged = reading.as_ageing(row, day)
            limit = agreed.get(customer.pk, UNKNOWN).credit_limit
            yield [
                customer.code,
                customer.name,
                getattr(getattr(customer, "standing", None), "tier", ""),
                aged.owed,
                aged.overdue,
                *(aged.of(name) for name in BUCKETS),
                aged.oldest,
                aged.disputed,
                limit,
                None if limit is None else limit - aged.balance,
                day,
            ]


def count(user, params) -> int:
    grouped, _day = _grouped(user, params)
    return grouped.order_by().count()


EXPORT = ExportKind(
    code="receivables",
    label=_("Receivables"),
    columns=lambda user, params: COLUMNS,
    rows=rows,
    count=count,
    rights=rights,
    still_holds=still_holds,
)
