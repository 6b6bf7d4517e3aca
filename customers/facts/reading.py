"""Reading facts, set-based: a profile now or as it was known on a day, the history of a field, figures for many.

Who owns a shop is told by the roles of people, which stand above: they are reached by the name `person_roles`.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from decimal import Decimal

from django.db.models import DateField, Q, QuerySet, Value
from django.db.models.functions import Cast
from django.utils import timezone

from customers.facts.completeness import Completeness, Item, judge
from customers.facts.fields import FIELDS, OWNER
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
    owner = Item(OWNER.key, OWNER.weights[at])
    return [*own, owner, *(Item(one.key, one.weight(tier), one.half_life) for one in FIELDS.values())]


def with_owner(day: datetime.date) -> QuerySet[Customer]:
    """Customers of whom a person is known who is their owner on a day; on a past one, by what was written by then."""
    held = Q(person_roles__since__isnull=True) | Q(person_roles__since__lte=day)
    held &= Q(person_roles__until__isnull=True) | Q(person_roles__until__gt=day)
    held &= Q(person_roles__person__created_at__lt=_end_of(day))
    return Customer.objects.filter(held, person_roles__role=OWNER.key).order_by()


def owned(customer_ids: Iterable[int], day: datetime.date) -> set[int]:
    """Of these, those whose owner is known. One query."""
    return set(with_owner(day).filter(pk__in=list(customer_ids)).values_list("pk", flat=True))


def completeness(
    customer: Customer, tier: str, facts: dict[str, Fact], day: datetime.date, *, owner: bool | None = None
) -> Completeness:
    """facts: of `current` or `known_on`. owner: whether it is known; None looks it up, in one query."""
    noted: dict[str, datetime.date | None] = {key: one.noted_on for key, one in facts.items()}
    if customer.pk in owned([customer.pk], day) if owner is None else owner:
        noted[OWNER.key] = None
    return _judged(customer, tier, noted, day)


def completeness_of_many(customers: Iterable[tuple[Customer, str]], today: datetime.date) -> dict[int, Completeness]:
    """{customer id: completeness} of (customer, tier) pairs. One query."""
    pairs = list(customers)
    noted: dict[int, dict[str, datetime.date | None]] = defaultdict(dict)
    ids = [one.pk for one, _tier in pairs]
    facts = Fact.objects.current().filter(customer_id__in=ids).exclude(value="").order_by()
    owners = with_owner(today).filter(pk__in=ids)
    # A person does not age: no day.
    rows = facts.values_list("customer_id", "field", "noted_on").union(
        owners.values_list("pk", Value(OWNER.key), Cast(None, DateField())), all=True
    )
    for customer_id, field, day in rows:
        noted[customer_id][field] = day
    return {one.pk: _judged(one, tier, noted[one.pk], today) for one, tier in pairs}


def _judged(customer, tier, noted, today) -> Completeness:
    own = {name: None for name in OWN if getattr(customer, name) not in (None, "")}
    return judge(items_for(tier), {**noted, **own}, today)
