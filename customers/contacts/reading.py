"""Contacts as pages, scores and alarms read them; set-based, however many customers.

What is read for many (`last_contact_of_many`, `first_contacts_after`, `open_between`) counts what everybody may know:
that there is a private contact, its author alone knows.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import F, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from customers.contacts.models import Contact, Topic
from customers.contacts.openers import MOST, openers
from customers.profile.models import Customer

AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Felt:
    """How a customer felt on an occasion; either may be unknown."""

    at: datetime.datetime
    before: int | None
    after: int | None

    @property
    def value(self) -> int | None:
        return self.after if self.after is not None else self.before


def last_contact_of_many(ids: Iterable[int]) -> dict[int, datetime.datetime]:
    """{customer id: when}; whom nobody spoke with is missing. One statement."""
    rows = Contact.objects.open().filter(customer_id__in=list(ids)).order_by()
    return dict(rows.values_list("customer_id").annotate(at=Max("happened_at")))


def first_contacts_after(moments: Mapping[int, datetime.datetime]) -> dict[int, datetime.datetime]:
    """{customer id: the first contact from its moment on}; who has none is missing. A statement for some hundreds."""
    found: dict[int, datetime.datetime] = {}
    pairs = sorted(moments.items())
    for at in range(0, len(pairs), AT_ONCE):
        wanted = Q(pk__in=[])
        for pk, moment in pairs[at : at + AT_ONCE]:
            wanted |= Q(customer_id=pk, happened_at__gte=moment)
        rows = Contact.objects.open().filter(wanted).order_by()
        found |= dict(rows.values_list("customer_id").annotate(at=Min("happened_at")))
    return found


def moods_of(customer: Customer, since: datetime.datetime, user=None) -> list[Felt]:
    """In the order of time. user: with private ones of theirs; customer came through `visible_to`. One statement."""
    rows = Contact.objects.filter(customer=customer, happened_at__gte=since)
    rows = rows.open() if user is None else rows.live().readable_by(user)
    return felt(rows.order_by("happened_at", "pk"))


def felt(rows: QuerySet[Contact]) -> list[Felt]:
    said = rows.filter(Q(mood_before__isnull=False) | Q(mood_after__isnull=False))
    return [Felt(*row) for row in said.values_list("happened_at", "mood_before", "mood_after")]


def latest_of_many(ids: list[int], most: int) -> dict[int, list[Contact]]:
    """The last open contacts of each, the latest first. One statement."""
    place = Window(RowNumber(), partition_by=["customer_id"], order_by=[F("happened_at").desc(), F("pk").desc()])
    rows = Contact.objects.open().filter(customer_id__in=ids).annotate(place=place).filter(place__lte=most)
    found: dict[int, list[Contact]] = {}
    for one in rows.select_related("by", "person").order_by("customer_id", "place"):
        found.setdefault(one.customer_id, []).append(one)
    return found


@dataclass(frozen=True, slots=True)
class Shared:
    """The common ground of a customer. openers: to begin a talk with; avoid: to leave alone; others: the rest."""

    openers: list[Topic]
    others: list[Topic]
    avoid: list[Topic]

    @property
    def is_empty(self) -> bool:
        return not (self.openers or self.others or self.avoid)

    @property
    def usable(self) -> list[Topic]:
        return [*self.openers, *self.others]


def shared(topics: Iterable[Topic], day: datetime.date, most: int = MOST) -> Shared:
    known = {one.pk: one for one in topics}
    first = openers((one.ground for one in known.values()), day, most)
    rest = [one for pk, one in known.items() if pk not in first]
    return Shared(
        openers=[known[pk] for pk in first],
        others=[one for one in rest if one.kind != "avoid"],
        avoid=[one for one in rest if one.kind == "avoid"],
    )


def shared_with(user, customer: Customer, day: datetime.date) -> Shared:
    """customer came through `visible_to(user)`. One statement."""
    rows = Topic.objects.filter(customer=customer).readable_by(user).live().select_related("person")
    return shared(rows, day)


def shared_of_many(ids: list[int], day: datetime.date) -> dict[int, Shared]:
    """For briefs, which whoever is in charge reads. One statement."""
    rows: dict[int, list[Topic]] = {}
    for one in Topic.objects.live().filter(customer_id__in=ids).select_related("person"):
        rows.setdefault(one.customer_id, []).append(one)
    return {pk: shared(topics, day) for pk, topics in rows.items()}
