"""What the customers list filters by: who is due for a visit, late, or was never visited."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.serializers import ReadSerializer
from crm.clock import today
from customers.profile.extras import ListExtra, ListFilter
from customers.profile.models import Customer, State
from visits.plan import slipping

_CHOICES = (
    (slipping.DUE, _("due and late")),
    (slipping.LATE, _("late")),
    (slipping.NEVER, _("never visited")),
)


class CadenceListed(ReadSerializer):
    """Where a customer's rhythm is read: `customers/{id}/cadence/`."""

    cadence = serializers.CharField()


def attach(customers: Sequence[Customer]) -> None:
    """Nothing: no column of the list needs it."""


def told(customer: Customer) -> dict[str, str]:
    return {"cadence": f"/api/v1/customers/{customer.pk}/cadence/"}


def behind(value: str) -> Q:
    """Four statements for the condition; open customers only."""
    return slipping.behind(value, today(), slipping.scheme()) & Q(standing__isnull=False) & ~Q(state=State.CLOSED)


def cell(name: str, customer: Customer) -> str:
    return ""


EXTRA = ListExtra(
    name="rhythm",
    columns=(),
    filters=(ListFilter("visit", _("Visit"), _CHOICES, behind),),
    orders=(),
    attach=attach,
    told=told,
    serializer=CadenceListed,
    cell=cell,
)
