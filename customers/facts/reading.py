"""Reading facts, set-based: a profile now or as it was known on a day, the history of a field, figures for many."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.utils import timezone

from customers.facts.completeness import Completeness, Item, judge
from customers.facts.fields import FIELDS
from customers.facts.models import Fact
from customers.profile.models import Customer

# Of the customer's own row: what a profile cannot do without. They carry no date and do not age.
OWN = {"phone": (3, 3, 2), "address": (3, 3, 2), "latitude": (3, 2, 2), "opened_on": (2, 2, 1), "category": (1, 1, 1)}


def numbers(field: str, customer_ids: Collection[int]) -> dict[int, Decimal]:
    """{customer id: the figure known now} of a field that is a number and not sensitive. One query."""
    rows = Fact.objects.current().filter(field=field, customer_id__in=customer_ids, number__isnull=False)
    return dict(rows.values_list("customer_id", "number"))


def current(customer: Customer) -> dict[str, Fact]:
    """{field: what is known now}; fields that are not known (any more) are not in it. One query."""
    rows = Fact.objects.current().filter(customer=customer).exclude(value="").select_related("author")
    return {one.field: one for one in rows}


def known_on(customer: Customer, day: datetime.date) -> dict[str, Fact]:
    """{field: what was known at the end of a day}: of what was written by then, the latest noted. One query."""
    end = _end_of(day)
    found: dict[str, Fact] = {}
    rows = Fact.objects.filter(customer=customer, created_at__lt=end).select_related("author")
    for one in rows.order_by("noted_on", "pk"):
        found[one.field] = one
    return {field: one for field, one in found.items() if one.value}


def _end_of(day: datetime.date) -> datetime.datetime:
    following = day + datetime.timedelta(days=1)
    return timezone.make_aware(datetime.datetime.combine(following, datetime.time.min))


def history(customer: Customer, field: str) -> list[Fact]:
    """Every fact of a field, the one in force first. One query."""
    rows = Fact.objects.filter(customer=customer, field=field).select_related("author")
    return sorted(rows, key=lambda one: (one.is_current, one.noted_on, one.pk), reverse=True)


def items_for(tier: str) -> list[Item]:
    """Everything that a customer of a tier is judged by, the catalogue's fields and those of its own row."""
    at = {"A": 0, "B": 1}.get(tier, 2)
    own = [Item(name, weights[at]) for name, weights in OWN.items()]
    return [*own, *(Item(one.key, one.weight(tier), one.half_life) for one in FIELDS.values())]


def completeness(customer: Customer, tier: str, facts: dict[str, Fact], today: datetime.date) -> Completeness:
    """facts: of `current` or `known_on`."""
    return _judged(customer, tier, {key: one.noted_on for key, one in facts.items()}, today)


def completeness_of_many(customers: Iterable[tuple[Customer, str]], today: datetime.date) -> dict[int, Completeness]:
    """{customer id: completeness} of (customer, tier) pairs. One query."""
    pairs = list(customers)
    noted: dict[int, dict[str, datetime.date | None]] = defaultdict(dict)
    rows = Fact.objects.current().filter(customer_id__in=[one.pk for one, _tier in pairs]).exclude(value="")
    for customer_id, field, day in rows.values_list("customer_id", "field", "noted_on"):
        noted[customer_id][field] = day
    return {one.pk: _judged(one, tier, noted[one.pk], today) for one, tier in pairs}


def _judged(customer, tier, noted, today) -> Completeness:
    own = {name: None for name in OWN if getattr(customer, name) not in (None, "")}
    return judge(items_for(tier), {**noted, **own}, today)
