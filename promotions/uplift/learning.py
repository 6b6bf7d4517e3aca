"""What the brand's measured promotions teach of the next: results at shops, as the calculator's rule takes them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from statistics import median
from typing import NamedTuple

from django.db.models import Q

from promotions.calculator.estimating import Learned, offer_of
from promotions.calculator.expected import Expecting, Offer, Past
from promotions.calculator.kept import plan_of
from promotions.calculator.models import PromotionKind
from promotions.rollout.models import Compliance, Participation

MOST = 4000
"""The latest: promotions of years ago tell little, and nobody is to wait for them at every key."""


class _Row(NamedTuple):
    promotion: int
    kind: str
    customer: int
    ratio: float
    terms: dict | None
    variant: int | None


def past_of(customer: int, offers: Sequence[Offer]) -> Learned:
    """For `settings.PROMOTION_PAST`. Of the whole brand, since it names nobody; one statement."""
    learned = Expecting(pasts(customer))
    return Learned(learned.n, learned.promotions, [learned.of(one) for one in offers])


def pasts(customer: int) -> list[Past]:
    """At most a hundred shops a promotion, and all of this customer's own, the latest first."""
    rows = list(_rows(customer))
    offers = [_offer(one) for one in rows]
    known: dict[str, list[float]] = defaultdict(list)
    for offer, is_known in offers:
        if is_known:
            known[offer.kind].append(offer.price_ratio)
    # What a unit cost in a promotion that nobody reckoned is not known: as usual in those of its kind.
    usual = {kind: median(found) for kind, found in known.items()}
    return [
        Past(
            offer if is_known else replace(offer, price_ratio=usual.get(offer.kind, 1.0)),
            row.ratio,
            row.promotion,
        )
        for row, (offer, is_known) in zip(rows, offers, strict=True)
    ]


def _rows(customer: int) -> Iterable[_Row]:
    """What was run otherwise than agreed says nothing of what was offered; how it was run may not be known."""
    rows = Participation.objects.taking_part().filter(compliance__in=["", Compliance.AS_AGREED])
    rows = rows.filter(Q(example=True) | Q(customer_id=customer, measured__isnull=False))
    found = rows.order_by("-promotion__ends_on", "-promotion_id", "pk").values_list(
        "promotion_id",
        "promotion__kind",
        "customer_id",
        "measured",
        "plan__shown__terms",
        "plan__agreed_variant",
    )
    for promotion, kind, shop, measured, terms, variant in found[:MOST]:
        if "lift" in measured:
            yield _Row(promotion, kind, shop, 1 + measured["lift"], terms, variant)


def _offer(row: _Row) -> tuple[Offer, bool]:
    if row.terms is not None and row.variant is not None:
        return offer_of(row.customer, row.kind, plan_of(row.terms, row.variant)), True
    shown, told = row.kind == PromotionKind.DISPLAY, row.kind == PromotionKind.EVENT
    return Offer(row.customer, row.kind, display=shown, publicity=told), False
