"""Which kinds of shops ran a promotion, as the learning library compares them: agent or franchisee with its tier, and
the region.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from customers.profile.models import Customer, Kind
from customers.tiers.models import TierDecision, TierRun

SHOP, REGION = "shop", "region"


def shop_label(kind: str, tier: str) -> str:
    """shop:agent, shop:franchisee:B; without a tier shop:franchisee: . Agents are all A: they are one kind."""
    return f"{SHOP}:{Kind.AGENT}" if kind == Kind.AGENT else f"{SHOP}:{kind}:{tier}"


def region_of(path: str) -> int | None:
    """The region below the root on the way to a region, or the root itself; paths spell ids from the root."""
    ids = [int(part) for part in path.split("/") if part.isdigit()]
    return ids[min(1, len(ids) - 1)] if ids else None


def labels_of(ids: Sequence[int], day: datetime.date) -> dict[int, tuple[str, ...]]:
    """{customer: labels} as they were on a day: tiers move, and some because of the promotion. Two statements.

    Whose tier was not decided by then counts by that of today.
    """
    rows = TierDecision.objects.filter(customer_id__in=ids, as_of__lte=day).exclude(run__mode=TierRun.Mode.REPLAY)
    then = dict(rows.order_by("as_of", "pk").values_list("customer_id", "tier"))
    found = {}
    shops = Customer.objects.filter(pk__in=ids).values_list("pk", "kind", "region__path", "standing__tier")
    for pk, kind, path, tier in shops:
        region = region_of(path or "")
        label = shop_label(kind, then.get(pk, tier) or "")
        found[pk] = (label, f"{REGION}:{region}") if region else (label,)
    return found
