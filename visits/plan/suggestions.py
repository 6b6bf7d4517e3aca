"""The goals suggested for visits, gathered from settings.VISIT_SUGGESTIONS and ranked."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cache

from django.conf import settings
from django.utils.module_loading import import_string

from customers.profile.models import Customer
from customers.tiers.models import TierStanding
from visits.plan import suggesting
from visits.plan.sources import joined
from visits.plan.suggesting import Suggestion

OFFERED = 8


@dataclass(frozen=True, slots=True)
class Offered:
    """What a visit to one customer may be about, the heaviest first; best: the goals suggested for it."""

    all: list[Suggestion]
    best: list[Suggestion]

    @property
    def purpose(self) -> str:
        return suggesting.purpose_of(self.best)

    def by_key(self, key: str) -> Suggestion | None:
        return next((one for one in self.all if one.key == key), None)

    @property
    def links(self) -> dict[str, str]:
        """{text of a goal: what it is about}."""
        return {one.text: one.link for one in self.all}

    def without(self, texts: Iterable[str], links: Iterable[str] = ()) -> Offered:
        """Without what is a goal already; with the best of what is left."""
        said, about = set(texts), {link for link in links if link}
        left = [one for one in self.all if one.text not in said and one.link not in about]
        return Offered(left, suggesting.picked(left))


NOTHING = Offered([], [])


def of_many(user, ids: Collection[int], day: datetime.date) -> dict[int, Offered]:
    """{customer id: what is suggested}; customers came through `visible_to(user)`. As many statements for many
    customers as for one: those of the sources, and one for their sales.
    """
    wanted = list(ids)
    yearly = dict(TierStanding.objects.filter(customer_id__in=wanted).values_list("customer_id", "w0"))
    found = joined(_load(path)(user, wanted, day) for path in settings.VISIT_SUGGESTIONS)
    offered = {}
    for pk in wanted:
        ranked = suggesting.ranked(found.get(pk, ()), yearly.get(pk))
        best = suggesting.picked(ranked)
        rest = [one for one in ranked if one not in best][: OFFERED - len(best)]
        offered[pk] = Offered(sorted([*best, *rest], key=ranked.index), best)
    return offered


def of(user, customer: Customer, day: datetime.date) -> Offered:
    return of_many(user, [customer.pk], day)[customer.pk]


@cache
def _load(path: str):
    return import_string(path)
