"""Two customers side by side: field by field, with what differs marked and what would move counted."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import formats
from django.utils.translation import gettext as _

from customers.duplicates import merging, telling
from customers.duplicates.actions import TAKEABLE
from customers.duplicates.models import DuplicatePair
from customers.profile.models import Customer, Datum

FIRST, SECOND = "first", "second"


@dataclass(frozen=True, slots=True)
class Line:
    """A field of both. kept: the side offered."""

    name: str
    label: Any
    first: str
    second: str
    kept: str

    @property
    def differs(self) -> bool:
        return self.first != self.second


@dataclass(frozen=True, slots=True)
class Moving:
    """Rows of a table by side."""

    label: Any
    first: int
    second: int


def stays(pair: DuplicatePair, moving: list[Moving]) -> str:
    """The side offered as the one that stays: whose row has more hanging on it, else the older."""
    return SECOND if sum(one.second for one in moving) > sum(one.first for one in moving) else FIRST


def lines(pair: DuplicatePair, user, survivor: str) -> list[Line]:
    """One query for the suppliers: those beyond reach stay unnamed."""
    above = {one.upstream_id for one in (pair.first, pair.second) if one.upstream_id}
    seen = dict(Customer.objects.visible_to(user).filter(pk__in=above).values_list("pk", "name")) if above else {}
    found = []
    for name in TAKEABLE:
        first, second = (_shown(one, name, seen) for one in (pair.first, pair.second))
        kept = survivor
        if not first or not second:
            kept = FIRST if first else SECOND if second else survivor
        found.append(Line(name, _label(name), first, second, kept))
    return found


def counted(pair: DuplicatePair) -> list[Moving]:
    """One statement."""
    return [
        Moving(model._meta.verbose_name_plural, first, second)
        for model, first, second in merging.counts(pair.first_id, pair.second_id)
        if model._meta.label not in telling.UNTOLD
    ]


def _label(name: str):
    return _("Position") if name == "position" else Customer._meta.get_field(name).verbose_name


def _shown(customer: Customer, name: str, seen: dict[int, str]) -> str:
    if name == "position":
        if customer.latitude is None:
            return ""
        return f"{customer.latitude.normalize():f}, {customer.longitude.normalize():f} {Datum(customer.datum).label}"
    if name == "upstream":
        return seen.get(customer.upstream_id, _("a customer beyond your reach")) if customer.upstream_id else ""
    if name in ("kind", "state"):
        return str(getattr(customer, f"get_{name}_display")())
    value = getattr(customer, name)
    if value is None:
        return ""
    return formats.date_format(value, "DATE_FORMAT") if name.endswith("_on") else str(value)
