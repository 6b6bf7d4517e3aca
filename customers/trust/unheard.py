"""Customers of whom nothing was heard for a whole cadence, in one list: they are unknown, not content."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.timezone import localdate

from crm.clock import start_of
from customers.contacts.models import Contact
from customers.issues.models import Issue
from customers.profile.models import Customer, State
from customers.surveys.models import SurveyResponse
from customers.trust.reading import SPOKE
from customers.trust.silence import CADENCE

MOST = 300


class Unheard(NamedTuple):
    """days: since anything was heard; None: never."""

    customer: Customer
    tier: str
    days: int | None
    cadence: int


def unheard(
    customers: QuerySet[Customer], day: datetime.date, most: int = MOST, cadence: Mapping[str, int] | None = None
) -> list[Unheard]:
    """Of these customers, A before B before C, of a tier the largest first. Two statements: who, and since when.

    cadence: days by tier where they are not the usual ones.
    Open ones only; who opened within the cadence had no time to say anything.
    """
    rows = customers.exclude(state=State.CLOSED).filter(standing__isnull=False).select_related("standing")
    days_of = {**CADENCE, **(cadence or {})}
    silent = Q()
    for tier, days in days_of.items():
        first = day - datetime.timedelta(days=days)
        settled = Q(opened_on__isnull=True) | Q(opened_on__lt=first)
        silent |= Q(settled, ~_heard_since(first), standing__tier=tier)
    kept = list(rows.filter(silent).order_by("standing__tier", "-standing__w0", "pk")[:most])
    last = last_days([one.pk for one in kept]) if kept else {}
    found = []
    for one in kept:
        tier, heard = one.standing.tier, last[one.pk]
        found.append(Unheard(one, tier, (day - heard).days if heard else None, days_of.get(tier, days_of[""])))
    return found


def _told() -> QuerySet[Issue]:
    return Issue.objects.filter(customer=OuterRef("pk"), origin="told").order_by()


def _spoke() -> QuerySet[Contact]:
    return Contact.objects.open().filter(SPOKE, customer=OuterRef("pk")).order_by()


def _answered() -> QuerySet[SurveyResponse]:
    return SurveyResponse.objects.counting().filter(invitation__customer=OuterRef("pk")).order_by()


def _heard_since(first: datetime.date) -> Q:
    """The first such row is enough: nothing is summed up for customers that are not unheard."""
    moment = start_of(first)
    return Q(
        Exists(_told().filter(reported_on__gte=first))
        | Exists(_spoke().filter(happened_at__gte=moment))
        | Exists(_answered().filter(answered_at__gte=moment))
    )


def last_days(ids: list[int]) -> dict[int, datetime.date | None]:
    """When anything was last heard of these. One statement."""
    rows = Customer.objects.filter(pk__in=ids).order_by()
    rows = rows.annotate(
        told_on=Subquery(_told().values("customer").annotate(at=Max("reported_on")).values("at")),
        spoke_at=Subquery(_spoke().values("customer").annotate(at=Max("happened_at")).values("at")),
        answered_at=Subquery(_answered().values("invitation__customer").annotate(at=Max("answered_at")).values("at")),
    )
    found = {}
    for pk, told_on, *moments in rows.values_list("pk", "told_on", "spoke_at", "answered_at"):
        days = [told_on, *(moment and localdate(moment) for moment in moments)]
        found[pk] = max((one for one in days if one is not None), default=None)
    return found
