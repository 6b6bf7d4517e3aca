"""What a promotion takes of the budgets: kept when it opens, promised when customers are asked, spent at the end."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count, QuerySet

from crm.accounts.models import User
from promotions.budgets import holding
from promotions.budgets.drawing import NOTHING, Draw
from promotions.budgets.holding import Promise, Purpose
from promotions.budgets.models import BudgetUse, Source, UseState
from promotions.policies.audience import Audience, customers_of
from promotions.rollout.models import Answer, Participation, Promotion

STATES = {
    Answer.INVITED: UseState.RESERVED,
    Answer.COUNTERED: UseState.RESERVED,
    Answer.ACCEPTED: UseState.COMMITTED,
    Answer.DECLINED: UseState.RELEASED,
}


def purpose_of(promotion: Promotion) -> Purpose:
    return Purpose(Source.PROMOTION, promotion.pk)


def planned(promotion: Promotion, by: User | None) -> list[Promise]:
    """What asking everybody of the audience would promise, by region and tier. One statement."""
    if not promotion.cost_each or not promotion.audience:
        return []
    rows = customers_of(Audience.of(promotion.audience), by).order_by()
    counted = rows.values("region_id", "region__path", "standing__tier").annotate(n=Count("pk", distinct=True))
    return [
        Promise(promotion.pk, None, region, path, tier or "", promotion.cost_each * n)
        for region, path, tier, n in counted.values_list("region_id", "region__path", "standing__tier", "n")
    ]


def keep_for(promotion: Promotion, by: User) -> None:
    """For all who will be asked. Raises OverBudget."""
    promises = planned(promotion, by)
    holding.check([one.draw for one in promises], promotion.starts_on, purpose=purpose_of(promotion), by=by)
    holding.put_many(Source.PROMOTION, promises, UseState.RESERVED, promotion.starts_on)


def promise_page(promotion: Promotion, ids: Sequence[int]) -> None:
    """What was kept for all is promised to these customers, just asked. A few statements."""
    if not promotion.cost_each or not ids:
        return
    promises = _promises(promotion, Participation.objects.counting().filter(customer_id__in=ids))
    holding.take_from(purpose_of(promotion), promises)
    holding.put_many(Source.PART, promises, UseState.RESERVED, promotion.starts_on)


def _promises(promotion: Promotion, rows: QuerySet[Participation]) -> list[Promise]:
    """For each of them, as the customer stands today. One statement."""
    found = rows.filter(promotion=promotion).values_list(
        "pk", "customer_id", "customer__region_id", "customer__region__path", "customer__standing__tier"
    )
    each = promotion.cost_each
    return [Promise(pk, who, region, path, tier or "", each) for pk, who, region, path, tier in found]


def all_asked(promotion: Promotion) -> None:
    """Nothing needs to be kept any more for those not asked yet."""
    holding.turn(Source.PROMOTION, [promotion.pk], UseState.RELEASED)


def follow(held: Participation, by: User | None) -> None:
    """The answer of one customer. Raises OverBudget where what was released is wanted again and gone by then."""
    state, promotion = STATES[Answer(held.answer)], held.promotion
    use = BudgetUse.objects.filter(source=Source.PART, ref=held.pk).first()
    if use is not None and (use.state != UseState.RELEASED or state == UseState.RELEASED):
        holding.turn(Source.PART, [held.pk], state)
        return
    if state == UseState.RELEASED or not promotion.cost_each:
        return
    promise = holding.promise_of(held.customer, held.pk, promotion.cost_each)
    own, whole = Purpose(Source.PART, held.pk), purpose_of(promotion)
    holding.check([promise.draw], promotion.starts_on, purpose=own, within=whole, by=by)
    holding.put(Source.PART, promise, state, promotion.starts_on)


def follow_many(promotion: Promotion, ids: Sequence[int], answer: str, by: User) -> None:
    """The same answer of several, by number of their part. Raises OverBudget for all of them. A few statements."""
    state = STATES[Answer(answer)]
    if state == UseState.RELEASED:
        holding.turn(Source.PART, ids, state)
        return
    uses = BudgetUse.objects.filter(source=Source.PART, ref__in=ids)
    held = set(uses.counting().values_list("ref", flat=True))
    holding.turn(Source.PART, held, state)
    again = [pk for pk in ids if pk not in held]
    if not promotion.cost_each or not again:
        return
    promises = _promises(promotion, Participation.objects.filter(pk__in=again))
    purpose = purpose_of(promotion)
    holding.check([one.draw for one in promises], promotion.starts_on, purpose=purpose, by=by)
    uses.filter(ref__in=again).update(state=state, amount=promotion.cost_each)
    holding.put_many(Source.PART, promises, state, promotion.starts_on)


def settling(held: Participation, total: Decimal) -> tuple[Promise, Draw]:
    """What settling promises in all, and what of it goes beyond what is promised already."""
    use = BudgetUse.objects.filter(source=Source.PART, ref=held.pk).select_related("region").first()
    if use is None:
        promise = holding.promise_of(held.customer, held.pk, total)
        return promise, promise.draw
    promise = Promise(held.pk, held.customer_id, use.region_id, use.region.path, use.tier, total)
    had = use.amount if use.state != UseState.RELEASED else NOTHING
    return promise, Draw(use.region.path, use.tier, max(total - had, NOTHING))


def spend(held: Participation, total: Decimal, by: User) -> None:
    """Raises OverBudget where more is settled than was promised and it does not fit."""
    promise, more = settling(held, total)
    purpose = Purpose(Source.PART, held.pk)
    holding.check([more], held.promotion.starts_on, purpose=purpose, by=by)
    holding.put(Source.PART, promise, UseState.SPENT, held.promotion.starts_on)


def release(promotion: Promotion) -> None:
    """It is over: what was not settled is free again. Two statements."""
    all_asked(promotion)
    parts = Participation.objects.filter(promotion=promotion).values("pk")
    holding.turn(Source.PART, parts, UseState.RELEASED)
