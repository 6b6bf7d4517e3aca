"""What planning asks of the rhythm of visits: how often, since when, and which days are free."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable

from django.db.models import Max, Q

from crm.accounts.models import User
from crm.clock import today
from customers.profile.models import Customer
from customers.tiers.policies import cadence_of_tiers
from visits.plan.models import PlannedVisit, State
from visits.planning.wanting import Rule

LEAST, MOST = 0.7, 1.3


def rules_of(customers: Iterable[Customer], day: datetime.date) -> dict[int, Rule | None]:
    """How often each is visited; None: by no rhythm. customers: with their standing. One statement."""
    days = cadence_of_tiers()
    found: dict[int, Rule | None] = {}
    for one in customers:
        target = days.get(one.standing.tier) if hasattr(one, "standing") else None
        found[one.pk] = Rule(max(1, int(target * LEAST)), target, -int(-target * MOST // 1)) if target else None
    return found


def last_seen(ids: Collection[int], before: datetime.date) -> dict[int, datetime.date]:
    """The last visit made, or planned for a day before `before`. One statement."""
    soon = Q(state=State.PLANNED, day__gte=today(), day__lt=before)
    rows = PlannedVisit.objects.filter(Q(state=State.DONE) | soon, customer_id__in=ids).order_by()
    return dict(rows.values_list("customer_id").annotate(last=Max("day")))


def days_off(person: User, first: datetime.date, last: datetime.date) -> dict[datetime.date, str]:
    """{day: "day", "morning" or "afternoon"} on which somebody makes no visits."""
    return {}


def minutes_there(person: User) -> int:
    """So long a routine visit takes."""
    return 45
