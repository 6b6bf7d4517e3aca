"""Customers of whom nothing was heard for a whole cadence, in one list: they are unknown, not content."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Max, OuterRef, Q, QuerySet, Subquery
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
    """Of these customers, A before B before C, of a tier the largest first. One statement.

    cadence: days by tier where they are not the usual ones.
    Open ones only; who opened within the cadence had no time to say anything.
    """
    told = Issue.objects.filter(customer=OuterRef("pk"), origin="told").order_by().values("customer")
    spoke = Contact.objects.open().filter(SPOKE, customer=OuterRef("pk")).order_by().values("customer")
    answered = SurveyResponse.objects.counting().filter(invitation__customer=OuterRef("pk")).order_by()
    answered = answered.values("invitation__customer")
    rows = customers.exclude(state=State.CLOSED).filter(standing__isnull=False).select_related("standing")
    rows = rows.annotate(
        told_on=Subquery(told.annotate(at=Max("reported_on")).values("at")),
        spoke_at=Subquery(spoke.annotate(at=Max("happened_at")).values("at")),
        answered_at=Subquery(answered.annotate(at=Max("answered_at")).values("at")),
    )
    days_of = {**CADENCE, **(cadence or {})}
    silent = Q()
    for tier, days in days_of.items():
        first = day - datetime.timedelta(days=days)
        quiet = Q(standing__tier=tier) & (Q(opened_on__isnull=True) | Q(opened_on__lt=first))
        for name, edge in (("told_on", first), ("spoke_at", start_of(first)), ("answered_at", start_of(first))):
            quiet &= Q(**{f"{name}__isnull": True}) | Q(**{f"{name}__lt": edge})
        silent |= quiet
    found = []
    for one in rows.filter(silent).order_by("standing__tier", "-standing__w0", "pk")[:most]:
        last = max(
            (
                moment
                for moment in (
                    one.told_on,
                    one.spoke_at and localdate(one.spoke_at),
                    one.answered_at and localdate(one.answered_at),
                )
                if moment is not None
            ),
            default=None,
        )
        tier = one.standing.tier
        found.append(Unheard(one, tier, (day - last).days if last else None, days_of.get(tier, days_of[""])))
    return found
