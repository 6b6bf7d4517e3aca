"""Who is told a notice: by tier, kind and region, by what a list of customers shows, or by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Q, QuerySet
from django.http import QueryDict

from crm.accounts.models import Region, User
from customers.profile.actions import regions_open_to
from customers.profile.listing import NO_TIER, TIERS, filtered, in_tier
from customers.profile.models import Customer
from customers.profile.models import Kind as CustomerKind
from customers.profile.models import State as CustomerState

MOST_NAMED = 5000


@dataclass(frozen=True, slots=True)
class Audience:
    """tiers (A, B, C, none), kinds, regions (with all below them) and query (what a list of customers was asked for)
    narrow each other; named customers come on top. Nothing at all is everybody in reach; only named ones: just they.
    """

    tiers: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    regions: tuple[int, ...] = ()
    query: str = ""
    codes: tuple[str, ...] = ()
    everybody: bool = field(default=False)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Audience:
        lists = {name: tuple(kept.get(name, ())) for name in ("tiers", "kinds", "regions", "codes")}
        return cls(query=kept.get("query", ""), everybody=kept.get("everybody", False), **lists)

    def kept(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            name: list(getattr(self, name)) for name in ("tiers", "kinds", "regions", "codes") if getattr(self, name)
        }
        if self.query:
            found["query"] = self.query
        if self.everybody:
            found["everybody"] = True
        return found

    @property
    def narrows(self) -> bool:
        return bool(self.tiers or self.kinds or self.regions or self.query)

    @property
    def is_nobody(self) -> bool:
        return not (self.narrows or self.codes or self.everybody)


def flaw_of(audience: Audience, by: User) -> str | None:
    """A code: nobody, tier, kind, region, many or None. Two statements at most."""
    if audience.is_nobody:
        return "nobody"
    if set(audience.tiers) - set(TIERS):
        return "tier"
    if set(audience.kinds) - set(CustomerKind.values):
        return "kind"
    if audience.regions:
        known = regions_open_to(by).filter(pk__in=audience.regions).values_list("pk", flat=True)
        if set(audience.regions) - set(known):
            return "region"
    return "many" if len(audience.codes) > MOST_NAMED else None


def unknown_codes(codes: Iterable[str], by: User) -> list[str]:
    """Those that no customer in the person's reach has."""
    asked = list(codes)
    known = set(Customer.objects.editable_by(by).filter(code__in=asked).values_list("code", flat=True))
    return [code for code in asked if code not in known]


def customers_of(audience: Audience, by: User) -> QuerySet[Customer]:
    """Those in the sender's reach today, without closed ones; unsorted."""
    rows = Customer.objects.editable_by(by).exclude(state=CustomerState.CLOSED)
    wanted = Q(code__in=audience.codes) if audience.codes else Q(pk__in=[])
    if audience.narrows or audience.everybody:
        wanted |= _narrowed(audience, by)
    return rows.filter(wanted)


def _narrowed(audience: Audience, by: User) -> Q:
    found = Q(pk__isnull=False)
    if audience.tiers:
        tiers = Q(pk__in=[])
        for one in audience.tiers:
            tiers |= in_tier(one)
        found &= tiers
    if audience.kinds:
        found &= Q(kind__in=audience.kinds)
    if audience.regions:
        below = Q(pk__in=[])
        for path in Region.objects.filter(pk__in=audience.regions).values_list("path", flat=True):
            below |= Q(path__startswith=path)
        found &= Q(region__in=Region.objects.filter(below).order_by().values("pk"))
    if audience.query:
        listed = filtered(by, QueryDict(audience.query).dict())
        found &= Q(pk__in=listed.order_by().values("pk"))
    return found


__all__ = ["NO_TIER", "Audience", "customers_of", "flaw_of", "unknown_codes"]
