"""The tier and the policy in force on a day, for many customers in a few statements."""

from __future__ import annotations

import datetime
from collections.abc import Collection

from django.utils import timezone

from crm.clock import today
from customers.tiers.models import TierDecision, TierPolicy, TierStanding


def policy_on(day: datetime.date) -> TierPolicy | None:
    """The policy adopted by the end of a day; before the first was adopted: the first. One statement."""
    adopted = list(TierPolicy.objects.filter(adopted_at__isnull=False).order_by("adopted_at", "pk"))
    before = [one for one in adopted if timezone.localdate(one.adopted_at) <= day]
    found = before or adopted[:1]
    return found[-1] if found else None


def tiers_on(ids: Collection[int], day: datetime.date, policy: TierPolicy | None) -> dict[int, str]:
    """{customer: its tier on a day}, '' for none. Today's from the standing, a past day's from the decisions."""
    found = dict.fromkeys(ids, "")
    if day >= today():
        return found | dict(TierStanding.objects.filter(pk__in=list(ids)).values_list("pk", "tier"))
    if policy is None:
        return found
    rows = TierDecision.objects.filter(customer_id__in=list(ids), policy=policy, as_of__lte=day)
    for customer, tier in rows.order_by("as_of", "pk").values_list("customer_id", "tier"):
        found[customer] = tier
    return found
