"""What is known beside one's own word: what past promotions make likely, and how earlier estimates came out.

The calculator stands below what is carried out and measured; it asks for both by the names in settings.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from crm.accounts.models import Role, User
from customers.profile.models import Customer
from promotions.calculator import prefilling
from promotions.calculator.economics import Appraisal, Sheet, appraise, sheet
from promotions.calculator.expected import ENOUGH, LEAST_PROMOTIONS, Offer, TrackRecord, corrected
from promotions.calculator.kept import guess_of, plan_of
from promotions.calculator.models import PromotionKind, PromotionPlan
from promotions.calculator.shopwide import of_goods
from promotions.calculator.terms import Effect, Plan


@dataclass(frozen=True, slots=True)
class Learned:
    """What past promotions teach, as `settings.PROMOTION_PAST` answers: `(customer id, [Offer]) -> Learned`.

    results: measured at a shop and usable; promotions: of so many. effects: one an offer, on all that the shop sells;
    None where too little is known.
    """

    results: int
    promotions: int
    effects: Sequence[Effect | None]


@dataclass(frozen=True, slots=True)
class Likely:
    """Of one variant. whole: the effect on all that the shop sells; effect: on the plan's goods, None where it cannot
    be said. appraisal: both sides' sheets at it. corrected: the guess by its author's record, with the sheet at it;
    None: there is no such.
    """

    place: int
    whole: Effect | None
    effect: Effect | None
    appraisal: Appraisal | None
    guess: Decimal | None
    corrected: Decimal | None
    at_corrected: Sheet | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """needed, needed_promotions: from how many on something is forecast. usual: what the whole shop would sell in the
    window, in money; None: not known. record: of whoever estimates, None: no estimate of theirs came out yet.
    """

    results: int
    promotions: int
    usual: Decimal | None
    variants: Sequence[Likely]
    record: TrackRecord | None
    author: User | None
    needed: int = ENOUGH
    needed_promotions: int = LEAST_PROMOTIONS

    @property
    def is_enough(self) -> bool:
        return self.results >= self.needed and self.promotions >= self.needed_promotions


def estimate(
    user: User,
    customer: Customer,
    *,
    kind: str,
    starts_on: datetime.date,
    terms: Mapping[str, Any],
    author: User | None,
) -> Estimate:
    """Of a customer that came through `visible_to`, and terms that `actions.checked` let through. author: whose guess
    stands in them. Past ones are those of the whole brand: no shop is named, only how many they are. Cost: some seven
    statements, and a least squares over what is learned from.
    """
    days = int(terms["timing"].get("days") or 14)
    known = prefilling.known_of(user, customer, starts_on, days)
    usual = known.baseline.units * known.price if known.baseline and known.price else None
    plans = [plan_of(terms, place) for place in range(len(terms["variants"]))]
    learned = import_string(settings.PROMOTION_PAST)(customer.pk, [offer_of(customer.pk, kind, one) for one in plans])
    record = import_string(settings.ESTIMATE_RECORD)(author) if author is not None else None
    variants = [
        _likely(place, plan, whole, usual, guess_of(terms, place), record)
        for place, (plan, whole) in enumerate(zip(plans, learned.effects, strict=True))
    ]
    return Estimate(learned.results, learned.promotions, usual, variants, record, author)


def _likely(
    place: int, plan: Plan, whole: Effect | None, usual: Decimal | None, guess: Decimal | None, record
) -> Likely:
    effect = of_goods(whole, usual, plan) if whole is not None and usual is not None else None
    appraisal = appraise(plan, effect) if effect is not None else None
    by_record = corrected(guess, record) if guess is not None else None
    at_record = sheet(plan, plan.extra_at(by_record)) if by_record is not None else None
    return Likely(place, whole, effect, appraisal, guess, by_record, at_record)


def author_of(user: User, plan: PromotionPlan | None) -> User | None:
    """Whose guess stands in a plan, where this person may read how their estimates came out: one's own, and heads,
    administrators and analysts those of whose plans they see.
    """
    if plan is None or plan.made_by_id == user.pk:
        return user
    return plan.made_by if user.role != Role.MANAGER else None


def offer_of(customer: int, kind: str, plan: Plan) -> Offer:
    """A variant as past ones are compared by: the price a unit comes to, free ones among them, over the usual one."""
    ratio = float(plan.price / plan.goods.retail) if plan.goods.retail > 0 else 1.0
    if plan.free is not None:
        slab = plan.free.slabs[0]
        ratio *= slab.buy / (slab.buy + slab.get)
    shown, told = (any(one.kind == name and one.amount > 0 for one in plan.costs) for name in ("display", "publicity"))
    return Offer(
        customer,
        kind,
        # Given away for nothing there is no ratio; so cheap nothing was ever compared.
        max(ratio, 0.01),
        display=shown or kind == PromotionKind.DISPLAY,
        publicity=told or kind == PromotionKind.EVENT,
    )
