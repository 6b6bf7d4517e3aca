"""What the customers list and the API's customers tell of profiles: how complete each is, and which lack something."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.serializers import ReadSerializer
from crm.clock import today
from crm.templatetags.ui import bar
from customers.facts import reading
from customers.facts.completeness import Completeness
from customers.facts.fields import FIELDS
from customers.facts.models import Fact
from customers.profile.extras import ListExtra, ListFilter
from customers.profile.listing import ListColumn
from customers.profile.models import Customer

ASKED = (
    "funds",
    "connections",
    "values_most",
    "credit_limit",
    "contract_until",
    "monthly_profit",
    "rent_year",
    "personality",
)
"""The fields by whose absence the list can be narrowed: those that weigh most."""


class ProfileSerializer(ReadSerializer):
    """percent: how complete, weighted by tier; what is out of date counts half."""

    percent = serializers.IntegerField()
    known = serializers.IntegerField()
    stale = serializers.IntegerField()
    missing = serializers.IntegerField()


def attach(customers: Sequence[Customer]) -> None:
    found = reading.completeness_of_many([(one, _tier(one)) for one in customers], today())
    for one in customers:
        one._complete = found[one.pk]  # type: ignore[attr-defined]


def _tier(customer: Customer) -> str:
    standing = getattr(customer, "standing", None)
    return standing.tier if standing else ""


def _complete(customer: Customer) -> Completeness:
    if not hasattr(customer, "_complete"):
        attach([customer])
    return customer._complete


def lacking(field: str) -> Q:
    """Customers of whom a field is not known."""
    known = Fact.objects.current().filter(field=field).exclude(value="")
    return ~Q(pk__in=known.order_by().values("customer_id"))


def cell(name: str, customer: Customer) -> str:
    percent = _complete(customer).percent
    return format_html("{} {} %", bar(percent, 100, _("How complete")), percent)


EXTRA = ListExtra(
    name="profile",
    columns=(ListColumn("complete", _("Profile known"), lambda one: _complete(one).percent, "number", shown=False),),
    filters=(ListFilter("lacks", _("Not known"), tuple((key, FIELDS[key].label) for key in ASKED), lacking),),
    orders=(),
    attach=attach,
    told=_complete,
    serializer=ProfileSerializer,
    cell=cell,
)
