"""What the customers list and the API's customers tell of tiers set by hand, beside what the rule says."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crm.api.serializers import ReadSerializer
from crm.templatetags.ui import tier
from customers.profile.extras import ListExtra, ListFilter
from customers.profile.listing import ListColumn
from customers.profile.models import Customer
from customers.tiers.models import OVERRIDE, TierStanding

_SHOWN = (("any", _("Any")), ("up", _("Higher than by the rule")), ("down", _("Lower than by the rule")))


class ByHandSerializer(ReadSerializer):
    """in_force: the tier that counts. computed: what the rule says. override: set by hand and in force, or empty."""

    in_force = serializers.CharField(allow_blank=True)
    computed = serializers.CharField(allow_blank=True)
    override = serializers.CharField(allow_blank=True)


def attach(customers: Sequence[Customer]) -> None:
    """No statement where the standings were read with the customers, as lists do."""
    cold = [one.pk for one in customers if "standing" not in one._state.fields_cache]
    rows = TierStanding.objects.in_bulk(cold) if cold else {}
    for one in customers:
        standing = rows.get(one.pk) if one.pk in rows else one._state.fields_cache.get("standing")
        one._by_hand = told_of(standing)  # type: ignore[attr-defined]


def told_of(standing: TierStanding | None) -> dict[str, str]:
    if standing is None:
        return {"in_force": "", "computed": "", "override": ""}
    override = standing.tier if standing.reason == OVERRIDE else ""
    return {"in_force": standing.tier, "computed": standing.computed_tier, "override": override}


def told(customer: Customer) -> dict[str, str]:
    if not hasattr(customer, "_by_hand"):
        attach([customer])
    return customer._by_hand


def by_hand(value: str) -> Q:
    """Customers whose tier was set by hand, and how it compares with the rule's."""
    held = Q(standing__reason=OVERRIDE)
    if value == "any":
        return held
    ups = Q(standing__tier="A", standing__rule_tier__in=["B", "C"]) | Q(standing__tier="B", standing__rule_tier="C")
    downs = Q(standing__rule_tier="A", standing__tier__in=["B", "C"]) | Q(standing__rule_tier="B", standing__tier="C")
    return held & (ups if value == "up" else downs)


def cell(name: str, customer: Customer) -> str:
    computed = told(customer)["computed"]
    return tier(computed) if computed else ""


EXTRA = ListExtra(
    name="tiers",
    columns=(ListColumn("computed", _("By the rule"), lambda one: told(one)["computed"], "text", shown=False),),
    filters=(ListFilter("override", _("Tier by hand"), _SHOWN, by_hand),),
    orders=(),
    attach=attach,
    told=told,
    serializer=ByHandSerializer,
    cell=cell,
)
