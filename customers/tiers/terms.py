"""The words of the tier rule: policy and facts that go in, decisions with their evidence that come out.

Frozen values without behaviour of their own; `tiering` holds the rule.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Literal

from customers.scores.terms import WEIGHTS, Weights

Tier = Literal["A", "B", "C"]
TIERS: tuple[Tier, ...] = ("A", "B", "C")
Kind = Literal["agent", "franchisee"]
KINDS: tuple[Kind, ...] = ("agent", "franchisee")
Amount = Decimal | Fraction
"""Money that is compared: Decimal, or Fraction where part-years are projected to a year."""
Rung = tuple[Amount, bool]
"""A ranked franchisee on the ladder: the sales it is ranked on, and whether it was A before."""
RankedOver = Literal["12_months", "3_months", "6_months", "24_months", "calendar_year"]
RANKED_OVER: dict[RankedOver, int] = {
    "12_months": 12,
    "3_months": 3,
    "6_months": 6,
    "24_months": 24,
    "calendar_year": 12,
}
"""What A is ranked on, and how many months that is."""


class Reason(StrEnum):
    """Why a customer is in its tier; closed, in the order in which the rule asks. Stored: never rename one."""

    # A
    AGENT = "agent"
    TOP_SHARE = "top_share"
    FIXED_CUTOFF = "fixed_cutoff"  # option absolute_cutoff: sold that amount
    BAND_KEPT = "band_kept"  # option stability_band: below the cut-off, but was A and is still near
    # B
    GROWTH = "growth"  # both years grew, cooperation and loyalty are high
    B_UNTIL_CLOSE = "b_until_close"  # option b_judged_yearly: judged B at the last close
    # C
    C_UNTIL_CLOSE = "c_until_close"  # option b_judged_yearly: judged C at the last close
    TOO_NEW = "too_new"  # option part_years: too few months to be ranked
    BAND_WAITING = "band_waiting"  # option stability_band: reaches the cut-off, but not clearly enough to enter
    NO_SALES = "no_sales"  # nothing sold in W0, or no more than was returned
    NOT_YET_JUDGEABLE = "not_yet_judgeable"  # no sales in W1 or in W2 to grow from
    GROWTH_SHORT = "growth_short"  # both years grew too little
    GROWTH_1_SHORT = "growth_1_short"  # only the earlier year, W2 to W1
    GROWTH_2_SHORT = "growth_2_short"  # only the latest year, W1 to W0
    COOPERATION_UNKNOWN = "cooperation_unknown"
    COOPERATION_LOW = "cooperation_low"
    COOPERATION_UNSURE = "cooperation_unsure"  # high enough, but too few events speak for it
    LOYALTY_UNKNOWN = "loyalty_unknown"
    LOYALTY_LOW = "loyalty_low"


@dataclass(frozen=True, slots=True)
class Policy:
    """The thresholds of the rule. The defaults are the article's, strictly; every option is off.

    Shares and growth are fractions (0.20 = 20 %), scores run from 0 to 100. Raises ValueError where the values
    contradict each other, TypeError for a float: it could not hold 0.20 exactly.

    Options:
      stability_band   enter A at rank <= band_enter of the ranked, leave only at rank > band_leave; then fill or trim
                       by sales to the usual number. Needs `Facts.previous_tier`. Equal sellers may be parted by
                       their history, which is the purpose.
      part_years       customers with fewer than 12 months of business in W0 (`Facts.months_active`) are ranked on
                       sales * 12 / months; with fewer than `part_years_from` they are not ranked and are C.
      b_judged_yearly  B or C is judged at the close of the business year only (as of its last day, until the next
                       month is full); between, who was B stays B and who was C stays C, and what the rule would say
                       is the `preview`. Who was A, or never judged, is judged at once.
      rank_within      "region": ranked, k and cut-off count within `Facts.region_id` (None is a region of its own).
      absolute_cutoff  A is every ranked franchisee that sold this amount in W0, instead of a share of them.
      weights          what each kind of evidence weighs in the scores that are read: {trait: {kind: weight}}, complete.
                       Part of the facts, not of the comparison.
      ranked_over      the months A is ranked on. 3_months, 6_months, 24_months: the last so many full ones, their sum
                       in `Facts.ranking`; growth is judged on 12 months all the same. calendar_year: W0, W1 and W2
                       are the last three whole calendar years, and growth is theirs.
    """

    code: str = "article"
    version: int = 1
    top_share: Decimal = Decimal("0.20")
    growth: Decimal = Decimal("0.10")
    cooperation_high: Decimal = Decimal(70)
    loyalty_high: Decimal = Decimal(70)
    min_observations: int = 5
    stability_band: bool = False
    band_enter: Decimal = Decimal("0.18")
    band_leave: Decimal = Decimal("0.22")
    part_years: bool = False
    part_years_from: int = 6
    b_judged_yearly: bool = False
    year_end_month: int = 12
    rank_within: Literal["brand", "region"] = "brand"
    absolute_cutoff: Decimal | None = None
    ranked_over: RankedOver = "12_months"
    weights: Weights = field(default_factory=lambda: WEIGHTS, hash=False)

    def __post_init__(self) -> None:
        """Refuse what no company can mean."""
        names = ("top_share", "growth", "cooperation_high", "loyalty_high", "band_enter", "band_leave")
        for name in names:
            check_number(name, getattr(self, name))
        if self.absolute_cutoff is not None and check_number("absolute_cutoff", self.absolute_cutoff) <= 0:
            raise ValueError("absolute_cutoff must be above 0")
        if not 0 <= self.top_share <= 1:
            raise ValueError("top_share must lie between 0 and 1")
        if self.growth < 0:
            raise ValueError("growth must not be negative")
        if self.min_observations < 0:
            raise ValueError("min_observations must not be negative")
        if self.stability_band and not 0 <= self.band_enter <= self.top_share <= self.band_leave <= 1:
            raise ValueError("a stability band needs 0 <= band_enter <= top_share <= band_leave <= 1")
        if self.stability_band and self.absolute_cutoff is not None:
            raise ValueError("a stability band is a band of ranks: it does not go with an absolute cut-off")
        if not 1 <= self.part_years_from <= 12:
            raise ValueError("part_years_from must lie between 1 and 12 months")
        if not 1 <= self.year_end_month <= 12:
            raise ValueError("year_end_month must lie between 1 and 12")
        if self.rank_within not in ("brand", "region"):
            raise ValueError(f"rank_within must be brand or region, not {self.rank_within!r}")
        if self.ranked_over not in RANKED_OVER:
            raise ValueError(f"ranked_over must be one of {', '.join(RANKED_OVER)}, not {self.ranked_over!r}")
        if self.part_years and self.ranks_apart:
            raise ValueError("part-years are projected to 12 months: they go with no other ranking window")

    @property
    def ranks_apart(self) -> bool:
        """Whether A is ranked on another sum than W0."""
        return self.ranked_over not in ("12_months", "calendar_year")


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a customer on the day.

    w0, w1, w2: net sales in the windows, may be negative. closed: known to be closed; without `closed_on` it counts
    as closed on every date. cooperation, loyalty: 0 to 100, None = unknown. *_observations: how many the score rests
    on; fewer than the policy's minimum make it unknown, None leaves the judgement to the score. *_sure: the highest
    threshold at which the score counts as high, None leaves that to the score as well. months_active: months
    of business within W0 (0 to 12), None = the whole window. previous_tier: from the run before. ranking: net sales of
    the months that A is ranked on where the policy ranks on others than W0, None = W0.
    """

    customer_id: int
    kind: Kind
    opened_on: date | None = None
    closed_on: date | None = None
    closed: bool = False
    w0: Decimal = Decimal(0)
    w1: Decimal = Decimal(0)
    w2: Decimal = Decimal(0)
    cooperation: Decimal | None = None
    loyalty: Decimal | None = None
    region_id: int | None = None
    previous_tier: Tier | None = None
    months_active: int | None = None
    cooperation_observations: int | None = None
    loyalty_observations: int | None = None
    cooperation_sure: Decimal | None = None
    loyalty_sure: Decimal | None = None
    ranking: Decimal | None = None

    @property
    def to_rank(self) -> Decimal:
        """The sales that count for A."""
        return self.w0 if self.ranking is None else self.ranking

    def is_open_on(self, day: date) -> bool:
        """Say whether the customer does business on a day: open from `opened_on`, no more on `closed_on`."""
        if self.opened_on is not None and self.opened_on > day:
            return False
        return not self.closed if self.closed_on is None else self.closed_on > day


@dataclass(frozen=True, slots=True)
class Decision:
    """A customer's tier with its evidence.

    reason: what decided. lacking: for B and C every condition that is not met, in the order of `Reason`.
    rank: competition rank (1, 2, 2, 4) among the ranked franchisees, None for all others. ranked, k, cutoff: of the
    ladder the customer is on; cutoff is None when no place is given away.
    g1, g2: growth W2 to W1 and W1 to W0 as exact fractions, None without sales to grow from.
    projected: the yearly sales a part-year is ranked on. ranking: as in the facts. preview: under b_judged_yearly,
    between closes, what the rule would say today.
    """

    customer_id: int
    tier: Tier
    reason: Reason
    lacking: tuple[Reason, ...]
    rank: int | None
    ranked: int
    cutoff: Decimal | None
    k: int
    g1: Fraction | None
    g2: Fraction | None
    w0: Decimal
    w1: Decimal
    w2: Decimal
    region_id: int | None = None
    projected: Fraction | None = None
    preview: Tier | None = None
    ranking: Decimal | None = None

    @property
    def ranked_on(self) -> Amount | None:
        """The sales the customer is ranked on; None when it is not ranked."""
        if self.rank is None:
            return None
        if self.projected is not None:
            return self.projected
        return self.w0 if self.ranking is None else self.ranking


@dataclass(frozen=True, slots=True)
class Group:
    """The franchisees ranked together: how many, how many places, and the sales that take a place.

    cutoff: the k-th largest sales, None when k is 0. next_cutoff: the same border for someone not ranked yet, whose
    entry makes it one more: the k'-th largest with k' counted on ranked + 1; None when there is no such seller, so
    that any sale is enough (see `next_k`). ladder: kept under a stability band only, largest first.
    """

    ranked: int
    k: int
    cutoff: Amount | None
    next_k: int
    next_cutoff: Amount | None
    ladder: tuple[Rung, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """All decisions of a day, in the order of the facts; who is not open on the day is left out.

    counts: by tier. ranked, k: sums over the groups; cutoff: None when ranking within regions. groups: by region_id,
    or the one group under None.
    """

    decisions: tuple[Decision, ...]
    counts: Mapping[Tier, int]
    ranked: int
    k: int
    cutoff: Decimal | None
    groups: Mapping[int | None, Group]


def check_number(name: str, figure: Decimal) -> Decimal:
    """Return a figure that is a finite Decimal or a whole number; TypeError or ValueError, by name, otherwise."""
    if isinstance(figure, bool) or not isinstance(figure, Decimal | int):
        raise TypeError(f"{name} must be a Decimal, not {type(figure).__name__}")
    if isinstance(figure, Decimal) and not figure.is_finite():
        raise ValueError(f"{name} must be finite, not {figure}")
    return figure
