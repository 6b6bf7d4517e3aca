"""The rule of the three tiers: who is A, B or C on a day, and exactly why.

Pure and exact: facts and a policy in, decisions out; every comparison is made on whole numbers or fractions, so that
growth of exactly 10 % counts and equal sellers are never parted by rounding.

Source: Xi Dake 2014, customer classes: A = agents, and the top 20 % of franchisees by yearly sales; B = sales grew at
least 10 % in each of two consecutive years, cooperation is high and loyalty is high; C = everyone else. Borders are
settled in the decisions on tiers, section 0. Money is net of returns, in one currency; windows are those of
`crm.periods.Windows.as_of`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal, Inexact, InvalidOperation, Overflow
from fractions import Fraction
from math import ceil, floor

from crm.periods import Window, Windows, shift_month
from customers.tiers.terms import (
    KINDS,
    RANKED_OVER,
    TIERS,
    Amount,
    Decision,
    Facts,
    Group,
    Kind,
    Policy,
    Reason,
    Result,
    Rung,
    Tier,
    check_number,
)

__all__ = [
    "EXACT",
    "KINDS",
    "TIERS",
    "Amount",
    "Borders",
    "Decision",
    "Facts",
    "Group",
    "Kind",
    "Policy",
    "Reason",
    "Result",
    "Rung",
    "Tier",
    "cents_up",
    "decide",
    "find_borders",
    "growth",
    "is_sure",
    "is_year_close",
    "missing_points",
    "places",
    "ranking_window",
    "shown",
    "windows_of",
]

EXACT = Context(prec=400, traps=[Inexact, InvalidOperation, Overflow])
"""Decimal arithmetic that would rather fail than round."""
_COOPERATION = (Reason.COOPERATION_UNKNOWN, Reason.COOPERATION_LOW, Reason.COOPERATION_UNSURE)
# Loyalty is measured in months, not counted in events that would have to be many.
_LOYALTY = (Reason.LOYALTY_UNKNOWN, Reason.LOYALTY_LOW, Reason.LOYALTY_LOW)


@dataclass(frozen=True, slots=True)
class Borders:
    """The sales that take a place: for newcomers and for those who were A; None = no place at any sales."""

    enter: Amount | None
    keep: Amount | None


def decide(facts: Iterable[Facts], policy: Policy, as_of: date) -> Result:
    """Return the tier of every customer open on `as_of`, in the order given.

    Ranked are franchisees with positive W0 sales. k = top_share of them, rounded up; A is every agent and every
    ranked franchisee that sold at least what the k-th sold: equal sellers at the border are all let in.
    Raises ValueError for a customer given twice, an unknown kind or tier, or a figure that is not finite, TypeError
    for a figure that is no Decimal. Cost: one sort.
    """
    present = [one for one in _checked(facts) if one.is_open_on(as_of)]
    values = [_ranked_on(one, policy) for one in present]
    ladders: dict[int | None, list[Rung]] = {}
    for one, value in zip(present, values, strict=True):
        ladder = ladders.setdefault(_group_of(one, policy), [])
        if value is not None:
            ladder.append((value, one.previous_tier == "A"))
    if policy.rank_within == "brand":
        ladders.setdefault(None, [])
    groups, borders, ranks = {}, {}, {}
    for region, ladder in ladders.items():
        ladder.sort(key=_sales_of, reverse=True)
        groups[region] = _group(ladder, policy)
        borders[region] = find_borders(ladder, policy)
        ranks[region] = _ranks(ladder)
    holding = policy.b_judged_yearly and not is_year_close(policy, as_of)

    decisions = []
    counts: dict[Tier, int] = dict.fromkeys(TIERS, 0)
    for one, value in zip(present, values, strict=True):
        region = _group_of(one, policy)
        group = groups[region]
        tier, reason, lacking, growths = _judge(one, value, group, borders[region], policy)
        preview = tier if holding else None
        if holding and tier != "A" and one.previous_tier in ("B", "C"):
            tier = one.previous_tier
            reason = Reason.B_UNTIL_CLOSE if tier == "B" else Reason.C_UNTIL_CLOSE
        counts[tier] += 1
        decisions.append(
            Decision(
                customer_id=one.customer_id,
                tier=tier,
                reason=reason,
                lacking=lacking,
                rank=None if value is None else ranks[region][value],
                ranked=group.ranked,
                cutoff=shown(group.cutoff),
                k=group.k,
                g1=growths[0],
                g2=growths[1],
                w0=one.w0,
                w1=one.w1,
                w2=one.w2,
                region_id=one.region_id,
                projected=value if isinstance(value, Fraction) and _is_part_year(one) else None,
                preview=preview,
                ranking=one.ranking,
            )
        )
    whole = groups[None] if policy.rank_within == "brand" else None
    return Result(
        decisions=tuple(decisions),
        counts=counts,
        ranked=sum(group.ranked for group in groups.values()),
        k=sum(group.k for group in groups.values()),
        cutoff=shown(whole.cutoff) if whole else None,
        groups=groups,
    )


def windows_of(policy: Policy, as_of: date) -> Windows:
    """Return the windows that a policy judges growth by: 12 full months each, or calendar years."""
    return Windows.of_years(as_of) if policy.ranked_over == "calendar_year" else Windows.as_of(as_of)


def ranking_window(policy: Policy, as_of: date) -> Window:
    """Return the months that a policy ranks on: W0, or the last 3, 6 or 24 full ones."""
    w0 = windows_of(policy, as_of).w0
    return Window(shift_month(w0.end, -RANKED_OVER[policy.ranked_over]), w0.end)


def places(policy: Policy, ranked: int) -> int:
    """Return k: the policy's share of the ranked franchisees, rounded up, exactly."""
    return ceil(Fraction(policy.top_share) * ranked)


def growth(now: Decimal, before: Decimal) -> Fraction | None:
    """Return now / before - 1 exactly; None when there is nothing to grow from (before <= 0)."""
    return Fraction(now) / Fraction(before) - 1 if before > 0 else None


def missing_points(score: Decimal | None, observations: int | None, high: Decimal, policy: Policy) -> Decimal | None:
    """Return how many points a score lacks to be high, exactly; 0 when it is, None when the score is unknown.

    Unknown: no score, or fewer observations than the policy asks for (None = their number is not known).
    """
    if score is None or (observations is not None and observations < policy.min_observations):
        return None
    return max(EXACT.subtract(high, score), Decimal(0))


def is_sure(score: Decimal | None, sure: Decimal | None, high: Decimal) -> bool:
    """Say whether a known score counts as high: by `sure` where it is known (see `Facts`), else by itself."""
    counts = score if sure is None else sure
    return counts is not None and counts >= high


def is_year_close(policy: Policy, as_of: date) -> bool:
    """Say whether W0 is a whole business year: from the last day of its last month until the next month is full."""
    return Windows.as_of(as_of).w0.last_day.month == policy.year_end_month


def shown(amount: Amount | None) -> Decimal | None:
    """Return an amount as Decimal; a projected one (Fraction) is rounded up to the cent."""
    return cents_up(amount) if isinstance(amount, Fraction) else amount


def cents_up(amount: Fraction) -> Decimal:
    """Return the smallest amount in whole cents that is at least `amount`."""
    return Decimal(ceil(amount * 100)).scaleb(-2, EXACT)


def find_borders(ladder: Sequence[Rung], policy: Policy) -> Borders:
    """Return what takes a place on a ladder (largest first).

    Under a stability band: members are the ranks <= band_enter, and of those who were A the ranks <= band_leave;
    then the largest others are let in up to k places, or the smallest members let go down to k. Equals are let in
    together, so borders are sales, one for newcomers and one for those who were A.
    """
    if policy.absolute_cutoff is not None:
        return Borders(policy.absolute_cutoff, policy.absolute_cutoff)
    k = places(policy, len(ladder))
    if not policy.stability_band:
        cutoff = ladder[k - 1][0] if k else None
        return Borders(cutoff, cutoff)
    last_to_enter, last_to_stay = (
        floor(Fraction(share) * len(ladder)) for share in (policy.band_enter, policy.band_leave)
    )
    members: list[Rung] = []
    others: list[Rung] = []
    rank, value = 0, None
    for place, rung in enumerate(ladder, start=1):
        if rung[0] != value:
            rank, value = place, rung[0]
        (members if rank <= (last_to_stay if rung[1] else last_to_enter) else others).append(rung)
    if len(members) > k:
        members = [rung for rung in members if k and rung[0] >= members[k - 1][0]]
    elif len(members) < k:
        least = others[k - len(members) - 1][0]
        members += (rung for rung in others if rung[0] >= least)
    return Borders(
        enter=min((value for value, held in members if not held), default=None),
        keep=min((value for value, held in members if held), default=None),
    )


def _judge(
    one: Facts, value: Amount | None, group: Group, borders: Borders, policy: Policy
) -> tuple[Tier, Reason, tuple[Reason, ...], tuple[Fraction | None, Fraction | None]]:
    """Return tier, reason, unmet conditions and both growths as the rule says today."""
    growths = growth(one.w1, one.w2), growth(one.w0, one.w1)
    if one.kind == "agent":
        return "A", Reason.AGENT, (), growths
    border = borders.keep if one.previous_tier == "A" else borders.enter
    reaches = value is not None and group.cutoff is not None and value >= group.cutoff
    if value is not None and border is not None and value >= border:
        if policy.absolute_cutoff is not None:
            return "A", Reason.FIXED_CUTOFF, (), growths
        return "A", Reason.TOP_SHARE if reaches else Reason.BAND_KEPT, (), growths
    against_b = tuple(_unmet(one, growths, policy))
    waiting = (Reason.BAND_WAITING,) if reaches else ()
    if not against_b:
        return "B", Reason.GROWTH, waiting, growths
    too_new = (Reason.TOO_NEW,) if policy.part_years and _months(one) < policy.part_years_from else ()
    lacking = too_new + waiting + against_b
    return "C", lacking[0], lacking, growths


def _unmet(one: Facts, growths: tuple[Fraction | None, Fraction | None], policy: Policy) -> Iterable[Reason]:
    """Yield what keeps a customer from B, in the order of `Reason`."""
    if one.w0 <= 0:
        yield Reason.NO_SALES
    g1, g2 = growths
    if g1 is None or g2 is None:
        yield Reason.NOT_YET_JUDGEABLE
    else:
        short_1, short_2 = g1 < policy.growth, g2 < policy.growth
        if short_1 and short_2:
            yield Reason.GROWTH_SHORT
        elif short_1:
            yield Reason.GROWTH_1_SHORT
        elif short_2:
            yield Reason.GROWTH_2_SHORT
    scores = (
        (one.cooperation, one.cooperation_sure, one.cooperation_observations, policy.cooperation_high, _COOPERATION),
        (one.loyalty, one.loyalty_sure, one.loyalty_observations, policy.loyalty_high, _LOYALTY),
    )
    for score, sure, observations, high, (unknown, low, unsure) in scores:
        missing = missing_points(score, observations, high, policy)
        if missing is None:
            yield unknown
        elif not is_sure(score, sure, high):
            yield low if missing > 0 else unsure


def _group(ladder: Sequence[Rung], policy: Policy) -> Group:
    ranked = len(ladder)
    if policy.absolute_cutoff is not None:
        k = sum(value >= policy.absolute_cutoff for value, _ in ladder)
        return Group(ranked, k, policy.absolute_cutoff, k + 1, policy.absolute_cutoff)
    k, next_k = places(policy, ranked), places(policy, ranked + 1)
    return Group(
        ranked=ranked,
        k=k,
        cutoff=ladder[k - 1][0] if k else None,
        next_k=next_k,
        next_cutoff=ladder[next_k - 1][0] if 0 < next_k <= ranked else None,
        ladder=tuple(ladder) if policy.stability_band else (),
    )


def _ranks(ladder: Sequence[Rung]) -> dict[Amount, int]:
    """Return the competition rank of each sales figure: 1 + how many sold more."""
    ranks: dict[Amount, int] = {}
    for place, (value, _) in enumerate(ladder, start=1):
        ranks.setdefault(value, place)
    return ranks


def _sales_of(rung: Rung) -> Amount:
    return rung[0]


def _group_of(one: Facts, policy: Policy) -> int | None:
    return one.region_id if policy.rank_within == "region" else None


def _months(one: Facts) -> int:
    return 12 if one.months_active is None else one.months_active


def _is_part_year(one: Facts) -> bool:
    return _months(one) < 12


def _ranked_on(one: Facts, policy: Policy) -> Amount | None:
    """Return the sales a customer is ranked on, None when it is not ranked."""
    if one.kind == "agent" or one.to_rank <= 0:
        return None
    if not policy.part_years:
        return one.to_rank
    if _months(one) < policy.part_years_from:
        return None
    # Fractions throughout, as one ladder must compare alike.
    return Fraction(one.w0) * 12 / _months(one)


def _checked(facts: Iterable[Facts]) -> Iterable[Facts]:
    seen: set[int] = set()
    for one in facts:
        if one.customer_id in seen:
            raise ValueError(f"customer {one.customer_id} is given twice")
        seen.add(one.customer_id)
        if one.kind not in KINDS:
            raise ValueError(f"customer {one.customer_id}: unknown kind {one.kind!r}")
        if one.previous_tier is not None and one.previous_tier not in TIERS:
            raise ValueError(f"customer {one.customer_id}: unknown tier {one.previous_tier!r}")
        if one.months_active is not None and not 0 <= one.months_active <= 12:
            raise ValueError(f"customer {one.customer_id}: months_active must lie between 0 and 12")
        for name in ("w0", "w1", "w2", "ranking", "cooperation", "loyalty", "cooperation_sure", "loyalty_sure"):
            figure = getattr(one, name)
            if figure is not None or name.startswith("w"):
                check_number(f"customer {one.customer_id}: {name}", figure)
        yield one
