"""Why a customer is in its tier, in numbers: what the rule asks, what the customer has, and what it would take."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from django.db import connection
from django.db.models import Min, Q, Sum

from crm.clock import today
from crm.money import from_minor, to_minor
from crm.periods import MONTHS_IN_A_WINDOW
from customers.relationship.models import Trait
from customers.sales.models import MonthlySales
from customers.scores import reading as scoring
from customers.scores.terms import HIGH, MIN_EVENTS
from customers.tiers import optioned, pastday
from customers.tiers.deciding import RANKED
from customers.tiers.models import StandingState, TierDecision, TierPolicy, TierRun, TierStanding
from customers.tiers.policies import is_set_based, rule_of
from customers.tiers.terms import Decision, Facts, Group, Policy, Reason, Result
from customers.tiers.tiering import cents_up, decide, growth, is_sure, places, ranking_window, windows_of
from customers.tiers.wayup import WayUp, way_up

MOST_BY_THE_RULE = 20_000
"""Up to so many ranked, a page may run the pure rule for a policy with options; beyond, stored evidence must do."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing the rule asks.

    code: agent, sales, growth_1 (W2 to W1), growth_2 (W1 to W0), cooperation or loyalty. tier: A or B. met: None where
    it cannot be judged. value and needed: money for sales, fractions for growth (exact), points for scores.
    """

    code: str
    tier: str
    met: bool | None
    value: Decimal | Fraction | None = None
    needed: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """A score and what it rests on. points: rounded down to hundredths, None without any evidence.

    observations: events (of loyalty: months and statements). known: whether they are as many as the policy asks for
    (`needed`). since: it holds from that day. sure: the highest threshold at which it counts as high; lower: what it is
    at least, with 80 % certainty.
    """

    trait: str
    points: Decimal | None
    observations: int
    needed: int
    high: Decimal
    known: bool
    since: datetime.date
    sure: Decimal | None = None
    lower: Decimal | None = None

    @property
    def is_high(self) -> bool | None:
        return is_sure(self.points, self.sure, self.high) if self.known and self.points is not None else None


@dataclass(frozen=True, slots=True)
class Explanation:
    """All that a customer's page needs to say about its tier.

    tier '': not in the result; reason is then 'not_open' or ''. decision: the row in force, None before the first run;
    its own figures are those of the day it was taken. rank, ranked, k, cutoff: of `as_of`. way_up: None for A, for
    those not in the result, for past days, and for large networks under a policy with options. ranked_on: the sales
    that are compared with the cut-off; a part-year's are projected where the policy says so. None: too new.
    """

    as_of: datetime.date
    policy: TierPolicy
    tier: str
    reason: str
    decision: TierDecision | None
    facts: Facts | None
    rank: int | None
    ranked: int
    k: int
    cutoff: Decimal | None
    conditions: tuple[Condition, ...]
    cooperation: Score | None
    loyalty: Score | None
    way_up: WayUp | None
    history: list[TierDecision]
    ranked_on: Decimal | None = None
    evidence: scoring.Told | None = None  # of cooperation, where it is what a C lacks for B

    @property
    def is_projected(self) -> bool:
        return self.facts is not None and self.facts.months_active not in (None, MONTHS_IN_A_WINDOW)


def history(customer, limit: int = 50) -> list[TierDecision]:
    """Changes of tier or reason, the newest first; runs for past days left out."""
    rows = TierDecision.objects.filter(customer=customer).exclude(run__mode=TierRun.Mode.REPLAY)
    return list(rows.select_related("run", "policy").order_by("-pk")[:limit])


def explain(customer, as_of: datetime.date | None = None) -> Explanation | None:
    """Explain the tier in force now, or on a day; None when nothing is known of that day.

    A day that a run was made for is told from that run's decisions, any other from the decision then in force.
    The caller has checked that the reader may see the customer. About eight queries.
    """
    state = StandingState.objects.select_related("policy", "run").filter(pk=1).first()
    if as_of is not None and (state is None or as_of != state.figures_as_of):
        return _explain_past(customer, as_of)
    standing = getattr(customer, "standing", None)  # read with the customer where the caller joined it
    if state is None or state.policy is None or standing is None:
        return None
    rule = rule_of(state.policy)
    day = state.figures_as_of or today()
    changes = history(customer)
    scores = score_of(customer, rule, day)
    facts = _facts(customer, standing, standing.open_now, scores, rule, day)
    found = _Now(rule, day, state, standing, facts, changes)
    return Explanation(
        as_of=day,
        policy=state.policy,
        tier=standing.tier,
        reason=standing.reason,
        decision=changes[0] if changes else None,
        facts=facts,
        rank=found.rank,
        ranked=found.ranked,
        k=found.k,
        cutoff=found.cutoff,
        conditions=conditions(facts, rule, found.cutoff) if standing.open_now else (),
        cooperation=scores[Trait.COOPERATION],
        loyalty=scores[Trait.LOYALTY],
        way_up=found.way_up,
        history=changes,
        ranked_on=ranked_sales(facts, rule),
        evidence=_evidence(customer, found, scores[Trait.COOPERATION], rule, day),
    )


def _evidence(customer, found: _Now, score: Score, rule: Policy, day: datetime.date) -> scoring.Told | None:
    """What is behind cooperation, for those whom it keeps from B. Four queries, for them only."""
    way = found.way_up.to_b if found.way_up is not None else None
    if way is None or score.points is None or score.is_high:
        return None
    high = to_minor(rule.cooperation_high)
    usual = (high, rule.min_observations) == (HIGH, MIN_EVENTS)
    return scoring.told(customer, day, None if usual else high)[Trait.COOPERATION]


def _explain_past(customer, as_of: datetime.date) -> Explanation | None:
    rows = TierDecision.objects.filter(customer=customer).select_related("run", "policy")
    adopted = TierPolicy.objects.adopted()
    replay = Q(run__mode=TierRun.Mode.REPLAY)
    row = rows.filter(replay, policy=adopted, as_of=as_of).order_by("-pk").first()
    row = row or rows.exclude(replay).filter(as_of__lte=as_of).order_by("-pk").first()
    if row is None:
        return None
    rule = rule_of(row.policy)
    scores = score_of(customer, rule, as_of)
    facts = _facts(customer, row, bool(row.tier), scores, rule, as_of)
    return Explanation(
        as_of=as_of,
        policy=row.policy,
        tier=row.tier,
        reason=row.reason,
        decision=row,
        facts=facts,
        rank=row.rank,
        ranked=row.ranked,
        k=places(rule, row.ranked),
        cutoff=row.cutoff,
        conditions=conditions(facts, rule, row.cutoff) if row.tier else (),
        cooperation=scores[Trait.COOPERATION],
        loyalty=scores[Trait.LOYALTY],
        way_up=None,
        history=history(customer),
        ranked_on=ranked_sales(facts, rule),
    )


def _facts(customer, row, is_open: bool, scores: dict[str, Score], rule: Policy, as_of: datetime.date) -> Facts:
    """Facts from a standing or a decision."""
    return Facts(
        customer_id=customer.pk,
        kind=getattr(row, "kind", customer.kind),
        closed=not is_open,
        w0=row.w0,
        w1=row.w1,
        w2=row.w2,
        cooperation=None if row.cooperation is None else from_minor(row.cooperation),
        loyalty=None if row.loyalty is None else from_minor(row.loyalty),
        region_id=getattr(row, "region_id", customer.region_id),
        previous_tier=(row.rule_tier or row.tier) or None,
        cooperation_observations=scores[Trait.COOPERATION].observations,
        loyalty_observations=scores[Trait.LOYALTY].observations,
        cooperation_sure=scores[Trait.COOPERATION].sure,
        loyalty_sure=scores[Trait.LOYALTY].sure,
        months_active=_months(customer, rule, as_of) if rule.part_years else None,
        ranking=_ranking(customer, rule, as_of) if rule.ranks_apart else None,
    )


def _ranking(customer, rule: Policy, as_of: datetime.date) -> Decimal:
    """Sales of the months that the policy ranks on; one query."""
    window = ranking_window(rule, as_of)
    months = MonthlySales.objects.filter(customer=customer, month__gte=window.start, month__lt=window.end)
    return months.aggregate(net=Sum("net"))["net"] or Decimal(0)


def _months(customer, rule: Policy, as_of: datetime.date) -> int:
    """Months of business as `optioned` counts them; one query for a customer without an opening date."""
    windows = windows_of(rule, as_of)
    first = None
    if customer.opened_on is None:
        months = MonthlySales.objects.filter(customer=customer, month__gte=windows.w2.start, month__lt=windows.w0.end)
        first = months.aggregate(first=Min("month"))["first"]
    return optioned.months_active(customer.opened_on, first, windows)


def ranked_sales(facts: Facts, rule: Policy) -> Decimal | None:
    """The sales that are compared with the cut-off, projected ones rounded up to the cent; None: too new."""
    months = MONTHS_IN_A_WINDOW if facts.months_active is None else facts.months_active
    if not rule.part_years or months == MONTHS_IN_A_WINDOW:
        return facts.to_rank
    if months < rule.part_years_from:
        return None
    return cents_up(Fraction(facts.w0) * 12 / months)


def conditions(facts: Facts, rule: Policy, cutoff: Decimal | None) -> tuple[Condition, ...]:
    """Each condition of A and of B, met or not. An agent has one: it is one."""
    if facts.kind == "agent":
        return (Condition("agent", "A", True),)
    sales = ranked_sales(facts, rule)
    reached = cutoff is not None and sales is not None and sales > 0 and sales >= cutoff
    found = [Condition("sales", "A", reached, sales, cutoff)]
    years = (("growth_1", facts.w1, facts.w2), ("growth_2", facts.w0, facts.w1))
    for code, now, before in years:
        grown = growth(now, before)
        met = None if grown is None else grown >= Fraction(rule.growth)
        found.append(Condition(code, "B", met, grown, rule.growth))
    scores = (
        ("cooperation", facts.cooperation, facts.cooperation_sure, rule.cooperation_high),
        ("loyalty", facts.loyalty, facts.loyalty_sure, rule.loyalty_high),
    )
    for code, score, sure, high in scores:
        found.append(Condition(code, "B", None if score is None else is_sure(score, sure, high), score, high))
    return tuple(found)


def score_of(customer, rule: Policy, as_of: datetime.date) -> dict[str, Score]:
    """Both scores of a customer on a day, with the number of events; one query."""
    rows = scoring.in_force(customer, as_of)
    found = {}
    for trait, high in ((Trait.COOPERATION, rule.cooperation_high), (Trait.LOYALTY, rule.loyalty_high)):
        needed = max(rule.min_observations, 1)
        row = rows.get(trait)
        if row is None:
            found[trait] = Score(trait.value, None, 0, needed, Decimal(high), False, as_of)
            continue
        found[trait] = Score(
            trait=trait.value,
            points=_points(row.value),
            observations=row.events,
            needed=needed,
            high=Decimal(high),
            known=row.value is not None and row.events >= needed,
            since=row.as_of,
            sure=_points(row.sure),
            lower=_points(row.lower),
        )
    return found


def _points(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else from_minor(hundredths)


class _Now:
    """Rank and way up of one customer on the standing as it is."""

    def __init__(self, rule: Policy, day, state: StandingState, standing: TierStanding, facts: Facts, changes):
        self.ranked, self.k, self.cutoff = state.ranked, state.k, state.cutoff
        self.rank: int | None = None
        self.way_up: WayUp | None = None
        if not standing.open_now:
            return
        if is_set_based(rule):
            self._by_index(rule, day, standing, facts, changes)
        elif state.ranked <= MOST_BY_THE_RULE:
            self._by_rule(rule, day, facts)
        elif changes:
            last = changes[0]
            self.rank, self.ranked, self.cutoff = last.rank, last.ranked, last.cutoff

    def _by_index(self, rule: Policy, day, standing: TierStanding, facts: Facts, changes) -> None:
        if facts.kind == "franchisee" and facts.w0 > 0:
            last = changes[0] if changes else None
            below = last is not None and last.rank is not None and last.rank * 2 > last.ranked
            self.rank = live_rank(facts.w0, self.ranked, from_below=below)
        if standing.computed_tier in ("", "A"):
            return
        if rule.absolute_cutoff is not None:
            next_k, next_cutoff = self.k + 1, rule.absolute_cutoff
        else:
            next_k = places(rule, self.ranked + 1)
            next_cutoff = self.cutoff if next_k == self.k else None
            if self.rank is None and next_k != self.k:
                next_cutoff = seller_at(next_k)
        group = Group(self.ranked, self.k, self.cutoff, next_k, next_cutoff)
        self._go_up(rule, day, facts, standing.computed_tier, standing.computed_reason, group)

    def _by_rule(self, rule: Policy, day, facts: Facts) -> None:
        with pastday.scratch() as cursor:
            everybody = list(optioned.read_facts(cursor, "customers_tierstanding", rule, day))
        result = decide(everybody, rule, day)
        found = (pair for pair in zip(everybody, result.decisions) if pair[0].customer_id == facts.customer_id)
        own, decision = next(found, (None, None))
        if own is None:
            return
        self.rank, self.ranked, self.k, self.cutoff = decision.rank, decision.ranked, decision.k, decision.cutoff
        own = replace(
            own,
            cooperation_observations=facts.cooperation_observations,
            loyalty_observations=facts.loyalty_observations,
            cooperation_sure=facts.cooperation_sure,
            loyalty_sure=facts.loyalty_sure,
        )
        self.way_up = way_up(own, decision, result, rule, day)

    def _go_up(self, rule: Policy, day, facts: Facts, tier: str, reason: str, group: Group) -> None:
        decision = Decision(
            customer_id=facts.customer_id,
            tier=tier,
            reason=Reason(reason),
            lacking=(),
            rank=self.rank,
            ranked=group.ranked,
            cutoff=self.cutoff,
            k=group.k,
            g1=growth(facts.w1, facts.w2),
            g2=growth(facts.w0, facts.w1),
            w0=facts.w0,
            w1=facts.w1,
            w2=facts.w2,
        )
        result = Result((), {}, group.ranked, group.k, self.cutoff, {None: group})
        self.way_up = way_up(facts, decision, result, rule, day)


def live_rank(w0: Decimal, ranked: int, from_below: bool = False) -> int:
    """The competition rank of a sales figure now, read from the ladder's index; from whichever end is nearer."""
    with connection.cursor() as cursor:
        comparison = "<=" if from_below else ">"
        query = f"SELECT count(*) FROM customers_tierstanding WHERE {RANKED} AND w0 {comparison} %(w0)s"
        cursor.execute(query, {"w0": to_minor(w0)})
        n = cursor.fetchone()[0]
    return ranked - n + 1 if from_below else n + 1


def seller_at(place: int) -> Decimal | None:
    """The sales at a place of the ladder, None when it is shorter."""
    if place < 1:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT w0 FROM customers_tierstanding WHERE {RANKED} ORDER BY w0 DESC LIMIT 1 OFFSET %(above)s",
            {"above": place - 1},
        )
        row = cursor.fetchone()
    return None if row is None else from_minor(row[0])
