"""The way up: what exactly a customer lacks for a better tier, in money and points.

Every amount is the smallest that does it: with it the rule answers the better tier, with one cent less it does not,
all other customers standing still. Codes and numbers only; the words are made where they are shown.
Source: product, tiers ("sell 43,200 more by 31 December to reach the top 20 %"); decisions on tiers, section 1.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import ceil, floor

from crm.periods import Window, month_end, months_between, shift_month
from customers.tiers.terms import Amount, Decision, Facts, Group, Policy, Result
from customers.tiers.tiering import (
    EXACT,
    cents_up,
    find_borders,
    growth,
    is_sure,
    is_year_close,
    missing_points,
    shown,
    windows_of,
)


class ToACode(StrEnum):
    """What stands between a franchisee and A."""

    SELL_MORE = "sell_more"
    TOO_NEW = "too_new"  # option part_years: `months_missing` more months of business, then sales count
    NO_PLACES = "no_places"  # no sales would do: the policy gives no place, or its band keeps all for others


class ToBCode(StrEnum):
    """Whether B can be reached by what is done within the windows."""

    REACHABLE = "reachable"
    NO_BASE = "no_base"  # nothing sold in W1 or W2 to grow from: not judgeable before the windows have moved on
    GROWTH_1_SETTLED_SHORT = "growth_1_settled_short"  # both its years are over: nothing sold now can mend it


class ScoreCode(StrEnum):
    """Where cooperation or loyalty stands."""

    HIGH = "high"
    POINTS_MISSING = "points_missing"
    UNSURE = "unsure"  # high enough, but too few events speak for it
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Pace:
    """An amount spread over what is left of the business year; both rates are rounded up to the cent.

    until: last day of the business year; when `as_of` is that day, of the next one. days_left: from the day after
    `as_of` to `until`, both counted. months_left: the calendar months those days lie in, a begun month counting whole.
    """

    until: date
    days_left: int
    months_left: int
    per_day: Decimal
    per_month: Decimal


@dataclass(frozen=True, slots=True)
class ToA:
    """The way to A.

    amount: smallest further W0 sales that make the customer A; target: its W0 sales then. ranked, k: as they will be
    when it has sold that (its own entry may add to both). cutoff: the sales it has to meet, a yearly figure where
    part-years are projected; None when any sale is enough. All None unless the code is SELL_MORE.
    """

    code: ToACode
    amount: Decimal | None = None
    target: Decimal | None = None
    ranked: int | None = None
    k: int | None = None
    cutoff: Decimal | None = None
    pace: Pace | None = None
    months_missing: int | None = None


@dataclass(frozen=True, slots=True)
class ScoreStep:
    """A score on the way to B: `points` still missing to `high` (None when unknown), `observations` still needed."""

    code: ScoreCode
    high: Decimal
    points: Decimal | None
    observations: int


@dataclass(frozen=True, slots=True)
class ToB:
    """The way to B: all of it is needed, amount, cooperation and loyalty.

    g1, g1_met: the earlier growth, settled either way, since both its years are over; g1 is None without a base.
    amount: smallest further W0 sales that make g2 large enough, 0 when it is; target: the W0 sales then; both None
    without sales in W1. judged_on: the next close, where B is judged only then; None = at any run.
    """

    code: ToBCode
    g1: Fraction | None
    g1_met: bool
    amount: Decimal | None
    target: Decimal | None
    pace: Pace | None
    cooperation: ScoreStep
    loyalty: ScoreStep
    judged_on: date | None = None


@dataclass(frozen=True, slots=True)
class WayUp:
    """What a customer lacks: nothing for A, the way to A for B, both ways for C. w0: the months that sales count in."""

    customer_id: int
    tier: str
    w0: Window
    to_a: ToA | None
    to_b: ToB | None


def way_up(facts: Facts, decision: Decision, result: Result, policy: Policy, as_of: date) -> WayUp:
    """Return what one customer lacks for the better tiers.

    facts, decision: of that customer; result, policy, as_of: of the run the decision comes from. Of the result only
    `groups` is read, so that one stored as ranked, k, cutoff, next_k, next_cutoff is enough (a stability band needs
    its ladder too). Raises ValueError when facts and decision are of two customers.
    """
    if facts.customer_id != decision.customer_id:
        raise ValueError(f"facts of {facts.customer_id}, but the decision of {decision.customer_id}")
    to_a = to_b = None
    if decision.tier != "A":
        group = result.groups[facts.region_id if policy.rank_within == "region" else None]
        to_a = _to_a(facts, decision, group, policy, as_of)
    if decision.tier == "C":
        to_b = _to_b(facts, policy, as_of)
    return WayUp(facts.customer_id, decision.tier, windows_of(policy, as_of).w0, to_a, to_b)


def pace(amount: Decimal, policy: Policy, as_of: date) -> Pace:
    """Return the amount a day and a month until the business year ends."""
    until = year_end(policy, as_of)
    days = (until - as_of).days
    months = months_between(as_of + timedelta(days=1), until) + 1
    return Pace(until, days, months, *(cents_up(Fraction(amount) / parts) for parts in (days, months)))


def year_end(policy: Policy, as_of: date) -> date:
    """Return the first last day of a business year after `as_of`."""
    ahead = (policy.year_end_month - as_of.month) % 12
    end = month_end(shift_month(as_of, ahead))
    return end if end > as_of else month_end(shift_month(end, 12))


def _to_a(facts: Facts, decision: Decision, group: Group, policy: Policy, as_of: date) -> ToA:
    months = 12 if facts.months_active is None or not policy.part_years else facts.months_active
    if policy.part_years and months < policy.part_years_from:
        return ToA(ToACode.TOO_NEW, months_missing=policy.part_years_from - months)
    year = Fraction(12, months)  # what one yuan sold adds to the sales ranked on
    enters = decision.rank is None
    k = group.next_k if enters or policy.absolute_cutoff is not None else group.k
    if k == 0:
        return ToA(ToACode.NO_PLACES)
    if policy.stability_band:
        found = _under_a_band(facts, decision, group, policy, year)
        if found is None:
            return ToA(ToACode.NO_PLACES)
        cents, border = found
    else:
        # A ranked customer below the cut-off does not move it by selling up to it: the k-th largest of the others
        # is the cut-off itself. One not ranked yet makes the ranked one more, and maybe the places too.
        border = group.next_cutoff if enters else group.cutoff
        cents = _cents_to(border, facts.to_rank, year)
    amount, target = _money(cents), _added(facts.to_rank, cents)
    return ToA(
        code=ToACode.SELL_MORE,
        amount=amount,
        target=target,
        ranked=group.ranked + enters,
        k=k,
        cutoff=shown(border),
        pace=pace(amount, policy, as_of),
    )


def _cents_to(border: Amount | None, w0: Decimal, year: Fraction) -> int:
    """Return the fewest cents that lift w0 to the border, and above zero in any case; None: any sale is enough."""
    now = Fraction(w0) * 100
    above_zero = floor(-now) + 1
    to_border = ceil(Fraction(border) * 100 / year - now) if border is not None else 0
    return max(to_border, above_zero)


def _under_a_band(
    facts: Facts, decision: Decision, group: Group, policy: Policy, year: Fraction
) -> tuple[int, Amount | None] | None:
    """Return the fewest cents that make the customer A under a stability band, and the border it then meets.

    None when no sales do: a wide band on few customers may keep every place for those who were A.

    Its own rise pushes others down, maybe out of the band, so there is no fixed border; but more sales never cost it
    the place, so the answer is found by halving. Cost: some 50 passes over the ladder.
    """
    held = facts.previous_tier == "A"
    others = list(group.ladder)
    if decision.ranked_on is not None:
        others.remove((decision.ranked_on, held))

    def border_met(cents: int) -> Amount | None:
        value = (Fraction(facts.to_rank) + Fraction(cents, 100)) * year
        at = bisect_left(range(len(others)), True, key=lambda place: others[place][0] <= value)
        borders = find_borders([*others[:at], (value, held), *others[at:]], policy)
        border = borders.keep if held else borders.enter
        return border if border is not None and value >= border else None

    least = _cents_to(None, facts.to_rank, year)
    # Beyond a cent more than all others nothing changes any more.
    most = max(least, _cents_to(others[0][0], facts.to_rank, year) + 1) if others else least
    if border_met(most) is None:
        return None
    cents = least + bisect_left(range(least, most), True, key=lambda more: border_met(more) is not None)
    return cents, border_met(cents)


def _money(cents: int) -> Decimal:
    return Decimal(cents).scaleb(-2, EXACT)


def _added(w0: Decimal, cents: int) -> Decimal:
    return EXACT.add(w0, _money(cents))


def _to_b(facts: Facts, policy: Policy, as_of: date) -> ToB:
    g1 = growth(facts.w1, facts.w2)
    g1_met = g1 is not None and g1 >= Fraction(policy.growth)
    amount = target = None
    if facts.w1 > 0:
        goal = Fraction(facts.w1) * (1 + Fraction(policy.growth))
        cents = max(ceil((goal - Fraction(facts.w0)) * 100), 0)
        amount, target = _money(cents), _added(facts.w0, cents)
    if g1 is None or amount is None:
        code = ToBCode.NO_BASE
    elif not g1_met:
        code = ToBCode.GROWTH_1_SETTLED_SHORT
    else:
        code = ToBCode.REACHABLE
    waits = policy.b_judged_yearly and not is_year_close(policy, as_of) and facts.previous_tier in ("B", "C")
    return ToB(
        code=code,
        g1=g1,
        g1_met=g1_met,
        amount=amount,
        target=target,
        pace=pace(amount, policy, as_of) if amount is not None else None,
        cooperation=_score(
            facts.cooperation,
            facts.cooperation_sure,
            facts.cooperation_observations,
            policy.cooperation_high,
            policy,
        ),
        loyalty=_score(facts.loyalty, facts.loyalty_sure, facts.loyalty_observations, policy.loyalty_high, policy),
        judged_on=year_end(policy, as_of) if waits else None,
    )


def _score(
    score: Decimal | None, sure: Decimal | None, observations: int | None, high: Decimal, policy: Policy
) -> ScoreStep:
    points = missing_points(score, observations, high, policy)
    if points is None:
        # An unknown score needs one observation at least, whatever number it already rests on.
        needed = max(policy.min_observations - (observations or 0), 1)
        return ScoreStep(ScoreCode.UNKNOWN, high, None, needed)
    if is_sure(score, sure, high):
        return ScoreStep(ScoreCode.HIGH, high, Decimal(0), 0)
    return ScoreStep(ScoreCode.POINTS_MISSING if points else ScoreCode.UNSURE, high, points, 0)
