"""A quarter's actions on influence, profit and cost: what was agreed and carried out, each with figures of its own."""

from __future__ import annotations

import datetime
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Literal

from django.db.models import Count, Exists, OuterRef, Q, Sum

from customers.support.entitling import next_quarter
from promotions.calculator import reading as plans_reading
from promotions.calculator.economics import sheet
from promotions.calculator.kept import guess_of, plan_of
from promotions.calculator.models import PromotionPlan
from promotions.calculator.models import State as PlanState
from promotions.calculator.pareto import Action, pareto
from promotions.calculator.terms import Side
from promotions.rollout import reading
from promotions.rollout.models import Compliance, Participation, Promotion, State

Measure = Literal["reach", "new_customers", "share_of_voice"]
Basis = Literal["planned", "measured"]
MOST = 300
"""Of promotions, and of plans: a sheet is reckoned for each."""


@dataclass(slots=True)
class Acted:
    """A promotion, or a plan that both signed and that is not carried out yet. shops: of how many shops the figures
    are; of: how many take part, among those in reach. profit: more than without it. cost: the brand's spend. measured:
    reckoned at the uplift that was measured, not at the one thought of. settled: what so many shops got, and cost us
    beside, so far. why: a code of words.WHY_NOT where it cannot be placed; unmeasured: why it stands as planned though
    it is over.
    """

    key: str
    title: str
    starts_on: datetime.date
    promotion: Promotion | None = None
    plan: PromotionPlan | None = None
    shops: int = 0
    of: int = 0
    influence: int | Decimal | None = None
    profit: Decimal | None = None
    cost: Decimal | None = None
    settled: Decimal = Decimal(0)
    settled_shops: int = 0
    measured: bool = False
    why: str = ""
    unmeasured: str = ""


@dataclass(slots=True)
class Picture:
    """front: outdone by none; outdone: (action, the one on the front that outdoes it); unplaced: with their `why`.
    more: there are others, which were not read.
    """

    front: list[Acted] = field(default_factory=list)
    outdone: list[tuple[Acted, Acted]] = field(default_factory=list)
    unplaced: list[Acted] = field(default_factory=list)
    more: bool = False


def picture(user, quarter: datetime.date, *, measure: Measure, side: Side, basis: Basis) -> Picture:
    """Of what begins in the quarter (its first day) and the person sees. Four statements."""
    acted, more = actions_of(user, quarter, measure, side, basis)
    placed = [one for one in acted if one.profit is not None and one.cost is not None]
    found = pareto([Action(one.key, one.influence, one.profit, one.cost) for one in placed])  # type: ignore[arg-type]
    by_key = {one.key: one for one in acted}
    unknown = set(found.unknown)
    return Picture(
        [by_key[key] for key in found.front],
        [(by_key[key], by_key[better]) for key, better in found.outdone],
        [one for one in acted if one.profit is None or one.key in unknown],
        more,
    )


def actions_of(user, quarter: datetime.date, measure: Measure, side: Side, basis: Basis) -> tuple[list[Acted], bool]:
    until = next_quarter(quarter)
    shown = reading.promotions(user).filter(state__in=[State.OPEN, State.CLOSED])
    begun = list(shown.filter(starts_on__gte=quarter, starts_on__lt=until).order_by("starts_on", "pk")[: MOST + 1])
    parts = Participation.objects.visible_to(user).taking_part().filter(promotion__in=begun[:MOST])
    done = Q(settled_on__isnull=False)
    sums = {"got": Sum("settled", filter=done), "beside": Sum("own_costs", filter=done), "shops": Count("settled_on")}
    rows = parts.order_by().values("promotion_id").annotate(n=Count("pk"), **sums)
    taking = {one["promotion_id"]: one for one in rows}
    reckoned: dict[int, list[Participation]] = defaultdict(list)
    for part in parts.filter(plan__isnull=False).select_related("plan__shown").order_by("pk"):
        reckoned[part.promotion_id].append(part)
    carried = Participation.objects.counting().filter(plan=OuterRef("pk"))
    agreed = plans_reading.plans(user).filter(state=PlanState.AGREED).exclude(Exists(carried))
    plans = list(agreed.filter(starts_on__gte=quarter, starts_on__lt=until).order_by("starts_on", "pk")[: MOST + 1])
    found = []
    for one in begun[:MOST]:
        stand = taking.get(one.pk, {"n": 0, "got": None, "beside": None, "shops": 0})
        acted = _promotion(one, reckoned[one.pk], stand["n"], measure, side, basis)
        acted.settled_shops = stand["shops"]
        acted.settled = (stand["got"] or Decimal(0)) + (stand["beside"] or Decimal(0))
        found.append(acted)
    found += [_plan(one, measure, side) for one in plans[:MOST]]
    found.sort(key=lambda one: (one.starts_on, one.key))
    return found, max(len(begun), len(plans)) > MOST


def _plan(plan: PromotionPlan, measure: Measure, side: Side) -> Acted:
    one = Acted(f"plan-{plan.pk}", plan.title, plan.starts_on, plan=plan, shops=1, of=1)
    _reckon(one, [plan], measure, side, None)
    return one


def _promotion(
    promotion: Promotion, parts: Sequence[Participation], taking: int, measure: Measure, side: Side, basis: Basis
) -> Acted:
    key = f"promotion-{promotion.pk}"
    one = Acted(key, promotion.title, promotion.starts_on, promotion=promotion, shops=len(parts), of=taking)
    result = promotion.result if basis == "measured" else None
    if result is not None and not result["measurable"]:
        one.unmeasured = result["reason"]
    uplift = Decimal(str(result["lift"])) if result is not None and result["measurable"] else None
    if uplift is not None:
        # What was not run was not measured either: it brought nothing, and what it cost stands in no plan.
        parts = [part for part in parts if part.compliance != Compliance.NOT_RUN]
        one.measured = True
    if not parts or one.shops < taking:
        one.why, one.measured = "no_plan", False
        return one
    one.shops = len(parts)
    _reckon(one, [part.plan for part in parts if part.plan is not None], measure, side, uplift)
    return one


def _reckon(one: Acted, plans: Sequence[PromotionPlan], measure: Measure, side: Side, uplift: Decimal | None) -> None:
    """Put the figures of these plans together, each at the variant agreed; uplift: None is what each thought of."""
    profit, cost, influences = Decimal(0), Decimal(0), []
    for plan in plans:
        assert plan.shown is not None and plan.agreed_variant is not None  # a constraint of what is agreed
        terms = plan_of(plan.shown.terms, plan.agreed_variant)
        share = guess_of(plan.shown.terms, plan.agreed_variant) if uplift is None else uplift
        influences.append(getattr(terms.influence, measure))
        if share is None:
            one.why = "no_guess"
            return
        found = sheet(terms, terms.extra_at(share))
        profit, cost = profit + found.account(side).extra, cost + found.brand.spend
    one.profit, one.cost = profit, cost
    if None in influences:
        one.why = "influence"
    elif measure == "share_of_voice" and len(influences) > 1:
        one.why = "several"
    else:
        one.influence = sum(influences)


def counted(picture: Picture) -> Counter[str]:
    """How many stand where: front, outdone, unplaced."""
    return Counter(front=len(picture.front), outdone=len(picture.outdone), unplaced=len(picture.unplaced))
