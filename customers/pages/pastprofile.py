"""The customer's own row as it was on a day: today's, with what the log says was changed since taken back."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from crm.accounts.models import Region
from crm.audit.actions import snapshot
from crm.audit.models import AuditEntry
from customers.pages.changes import word_of
from customers.profile.actions import FIELDS
from customers.profile.models import Customer, Responsibility
from customers.tiers.models import TierDecision

_ATTNAMES = [Customer._meta.get_field(name).attname for name in FIELDS]


@dataclass(frozen=True, slots=True)
class Line:
    label: Any
    value: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Basics:
    """lines: the row's fields on that day; there: whether Qiao knew the customer by then."""

    lines: Sequence[Line]
    there: bool
    manager: str
    tier: str


def basics_on(customer: Customer, day: datetime.date, user) -> Basics:
    """Four queries. Suppliers beyond this person's reach stay unnamed."""
    end = timezone.make_aware(datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time.min))
    present: dict[str, Any] = {name: _plain(value) for name, value in snapshot(customer, _ATTNAMES).items()}
    past = dict(present)
    later = AuditEntry.objects.of(customer).filter(at__gte=end, action__in=("customer.change", "customer.create"))
    for entry in later.order_by("-pk"):
        if entry.action == "customer.create":
            break
        for name, value in entry.changes.items():
            name = f"{name}_id" if name in ("region", "upstream") else name
            if name in past and isinstance(value, list) and len(value) == 2:
                past[name] = value[0]
    names = {
        "region_id": dict(Region.objects.filter(pk__in=[past["region_id"]]).values_list("pk", "name")),
        "upstream_id": dict(
            Customer.objects.visible_to(user).filter(pk__in=[past["upstream_id"] or 0]).values_list("pk", "name")
        ),
    }
    lines = [
        Line(Customer._meta.get_field(name).verbose_name, word_of(name, past[name], names), past[name] != present[name])
        for name in _ATTNAMES
        if name != "datum" and (past[name] not in (None, "") or present[name] not in (None, ""))
    ]
    held = Responsibility.objects.in_force(day).filter(customer=customer).select_related("user").first()
    decided = TierDecision.objects.filter(customer=customer, as_of__lte=day).order_by("-as_of", "-pk").first()
    return Basics(lines, customer.created_at < end, str(held.user) if held else "", decided.tier if decided else "")


def _plain(value: Any) -> Any:
    """As the log keeps it, so that the two can be compared."""
    return value if value is None or isinstance(value, int | str) else str(value)
