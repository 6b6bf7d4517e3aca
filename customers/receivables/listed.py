"""What the customers list and the API's customers tell of money owed."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q, QuerySet, Sum
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from rest_framework import serializers

from crm.api.serializers import MoneyField, ReadSerializer
from crm.clock import today
from crm.listing.keyset import Order
from crm.templatetags.ui import amount, badge
from customers.profile.extras import ListExtra, ListFilter
from customers.profile.listing import ListColumn
from customers.profile.models import Customer
from customers.receivables import reading
from customers.receivables.ageing import Ageing
from customers.receivables.models import OpenItem, in_bucket

_OVERDUE = (
    ("any", _("Any")),
    ("d1_30", _("1–30 days")),
    ("d31_60", _("31–60 days")),
    ("d61_90", _("61–90 days")),
    ("d91", _("Over 90 days")),
)


class ReceivableSerializer(ReadSerializer):
    """Money owed as of today; overdue: the part whose due day has passed, oldest: days of the oldest such invoice."""

    owed = MoneyField()
    overdue = MoneyField()
    oldest = serializers.IntegerField()
    as_of = serializers.DateField(source="day")


def attach(customers: Sequence[Customer]) -> None:
    day = today()
    found = reading.ageings([one.pk for one in customers], day)
    for one in customers:
        one._ageing = found.get(one.pk, Ageing(day))  # type: ignore[attr-defined]


def _aged(customer: Customer) -> Ageing:
    if not hasattr(customer, "_ageing"):
        attach([customer])
    return customer._ageing


def overdue(value: str) -> Q:
    """Customers with an invoice that is late, by how much. One statement in the list's own."""
    day = today()
    late = OpenItem.objects.overdue(day) if value == "any" else OpenItem.objects.owed().filter(in_bucket(value, day))
    return Q(pk__in=late.order_by().values("customer_id"))


def owed_now(customers: QuerySet[Customer]) -> QuerySet:
    """{"pk", "owed_now"} of those who owe something, for a list in that order."""
    return _among(customers).filter(open_items__open_amount__gt=0).annotate(owed_now=Sum("open_items__open_amount"))


def overdue_now(customers: QuerySet[Customer]) -> QuerySet:
    late = Q(open_items__open_amount__gt=0, open_items__due_on__lt=today())
    return _among(customers).filter(late).annotate(overdue_now=Sum("open_items__open_amount"))


def _among(customers: QuerySet[Customer]) -> QuerySet:
    """Without what the list joins for its own columns and filters: a sum must not count a row twice."""
    return Customer.objects.filter(pk__in=customers.order_by().values("pk")).order_by().values("pk")


def cell(name: str, customer: Customer) -> str:
    aged = _aged(customer)
    if name == "owed":
        return amount(aged.owed) if aged.owed else ""
    if not aged.overdue:
        return ""
    days = ngettext("%(n)d day", "%(n)d days", aged.oldest) % {"n": aged.oldest}
    return format_html("{} {}", amount(aged.overdue), badge(days, "bad" if aged.oldest > 30 else "warn", ""))


EXTRA = ListExtra(
    name="receivable",
    columns=(
        ListColumn("owed", _("Owed"), lambda one: _aged(one).owed, "money", "owed", shown=False),
        ListColumn("overdue", _("Overdue"), lambda one: _aged(one).overdue, "money", "overdue", shown=False),
    ),
    filters=(ListFilter("overdue", _("Overdue"), _OVERDUE, overdue),),
    orders=(
        # Who owes nothing stands last, whichever way the list is turned.
        Order("owed", "owed_now", form="decimal", nullable=True, descending_first=True, ranked=owed_now),
        Order("overdue", "overdue_now", form="decimal", nullable=True, descending_first=True, ranked=overdue_now),
    ),
    attach=attach,
    told=_aged,
    serializer=ReceivableSerializer,
    cell=cell,
)
