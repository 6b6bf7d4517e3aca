"""From a stored policy to the rule's, and which of its options the set-based engine knows."""

from __future__ import annotations

from decimal import Decimal

from customers.scores.terms import COOPERATION, LOYALTY, weights_from
from customers.tiers.lab import Visiting
from customers.tiers.models import TierPolicy
from customers.tiers.terms import Policy, Tier

OPTIONS = (
    "stability_band",
    "band_enter",
    "band_leave",
    "part_years",
    "part_years_from",
    "b_judged_yearly",
    "year_end_month",
    "rank_within",
    "absolute_cutoff",
    "ranked_over",
)
VISITING = ("cadence_days", "visit_minutes")
"""Kept with a policy's options: how often a tier is visited and for how long. No part of the rule."""
CADENCE_DAYS: dict[Tier, int] = {"A": 7, "B": 14, "C": 30}
VISIT_MINUTES = 60
WEIGHING = {"cooperation_weights": COOPERATION, "loyalty_weights": LOYALTY}
"""What kinds of evidence weigh, where a policy sets others than the usual: {kind: weight}, by trait."""
_DECIMALS = {"band_enter", "band_leave", "absolute_cutoff"}


def rule_of(row: TierPolicy) -> Policy:
    """The rule's policy of a stored one. Raises ValueError or TypeError for options that no company can mean."""
    return rule_from(
        code=row.code,
        version=row.version,
        top_share=row.top_share,
        growth=row.growth,
        cooperation_high=Decimal(row.cooperation_high),
        loyalty_high=Decimal(row.loyalty_high),
        min_observations=row.min_observations,
        options=row.options,
    )


def rule_from(*, options: dict, **values) -> Policy:
    """A rule's policy from plain values; numbers of `options` may be text, as JSON keeps decimals."""
    unknown = sorted(set(options) - set(OPTIONS) - set(VISITING) - set(WEIGHING))
    if unknown:
        raise ValueError(f"unknown option {unknown[0]!r}")
    visiting_from(options)
    values["weights"] = weights_from({trait: options[name] for name, trait in WEIGHING.items() if name in options})
    for name, value in options.items():
        if name in VISITING or name in WEIGHING:
            continue
        values[name] = Decimal(str(value)) if name in _DECIMALS and value is not None else value
    return Policy(**values)


def visiting_from(options: dict) -> Visiting:
    """How a policy's tiers are visited. Raises ValueError for what no company can mean."""
    days = options.get("cadence_days", {})
    if not isinstance(days, dict) or set(days) - set(CADENCE_DAYS):
        raise ValueError("cadence_days must give days for A, B and C")
    minutes = options.get("visit_minutes", VISIT_MINUTES)
    for value in (*days.values(), minutes):
        if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= 730:
            raise ValueError("days between visits and minutes of a visit must lie between 1 and 730")
    return Visiting(dict(CADENCE_DAYS) | days, minutes)


def cadence_of_tiers() -> dict[Tier, int]:
    """{tier: days between visits} of the adopted policy; the usual ones without any. One statement."""
    row = TierPolicy.objects.adopted()
    return dict(visiting_from(row.options if row is not None else {}).days)


def is_set_based(rule: Policy) -> bool:
    """Whether statements alone decide it. The options that rank on more than W0 sales go through the pure rule."""
    apart = rule.rank_within == "region" or rule.ranks_apart
    return not (rule.stability_band or rule.part_years or rule.b_judged_yearly or apart)
