"""Who moved between two runs, and who stands next to the border.

Pure: tiers and decisions in, rows for a table or a flow chart out.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from customers.tiers.terms import TIERS, Decision, Tier
from customers.tiers.tiering import EXACT

Move = Literal["stayed", "up", "down", "entered", "left"]
MOVES: tuple[Move, ...] = ("stayed", "up", "down", "entered", "left")
_ORDER: tuple[Tier | None, ...] = (*TIERS, None)


@dataclass(frozen=True, slots=True)
class Flow:
    """How many customers went from one tier to another; None stands for "not in that run".

    sales: their sales together, in the money given; Decimal 0 when none was given.
    """

    from_tier: Tier | None
    to_tier: Tier | None
    n: int
    sales: Decimal

    @property
    def move(self) -> Move:
        """Name the direction."""
        return move(self.from_tier, self.to_tier)


@dataclass(frozen=True, slots=True)
class BorderCase:
    """A ranked franchisee near the cut-off.

    sales: what it is ranked on. distance: sales less the cut-off of its decision, exact; negative below.
    """

    customer_id: int
    tier: Tier
    rank: int
    sales: Decimal | Fraction
    distance: Fraction


@dataclass(frozen=True, slots=True)
class Border:
    """The franchisees nearest to the cut-off on either side, the nearest first."""

    above: tuple[BorderCase, ...]
    below: tuple[BorderCase, ...]


def move(from_tier: Tier | None, to_tier: Tier | None) -> Move:
    """Return the direction of a change of tier. Raises ValueError for an unknown tier or for None to None."""
    for tier in (from_tier, to_tier):
        if tier not in _ORDER:
            raise ValueError(f"unknown tier {tier!r}")
    before, after = _ORDER.index(from_tier), _ORDER.index(to_tier)
    if from_tier is None and to_tier is None:
        raise ValueError("a customer in neither run does not move")
    if from_tier is None:
        return "entered"
    if to_tier is None:
        return "left"
    return "stayed" if before == after else "up" if after < before else "down"


def flows(
    before: Mapping[int, Tier], after: Mapping[int, Tier], sales: Mapping[int, Decimal] | None = None
) -> tuple[Flow, ...]:
    """Return the flows between two runs, given as customer -> tier.

    sales: customer -> money, summed by flow; a customer missing in it counts 0. Only flows with a customer are
    returned, ordered A, B, C, None by `from_tier`, then by `to_tier`; those who stayed are flows too.
    """
    counts: dict[tuple[Tier | None, Tier | None], tuple[int, Decimal]] = {}
    for customer_id in before.keys() | after.keys():
        pair = before.get(customer_id), after.get(customer_id)
        n, total = counts.get(pair, (0, Decimal(0)))
        counts[pair] = n + 1, EXACT.add(total, (sales or {}).get(customer_id, Decimal(0)))
    return flows_from_counts(counts)


def flows_from_counts(counts: Mapping[tuple[Tier | None, Tier | None], tuple[int, Decimal]]) -> tuple[Flow, ...]:
    """Return the flows of counts that a database has already made: (from, to) -> (n, sales).

    Raises ValueError for an unknown tier or a pair of two None.
    """
    rows = [Flow(before, after, n, sales) for (before, after), (n, sales) in counts.items() if n]
    for row in rows:
        move(row.from_tier, row.to_tier)
    return tuple(sorted(rows, key=lambda row: (_ORDER.index(row.from_tier), _ORDER.index(row.to_tier))))


def summary(rows: Iterable[Flow]) -> dict[Move, int]:
    """Return how many customers stayed, went up, went down, entered and left; every move is there, 0 if none."""
    totals: dict[Move, int] = dict.fromkeys(MOVES, 0)
    for row in rows:
        totals[row.move] += row.n
    return totals


def border_cases(decisions: Iterable[Decision], n: int) -> Border:
    """Return the n ranked franchisees nearest at or above the cut-off, and the n nearest below.

    Nearness is money, so that with ladders by region each is measured against its own cut-off; among equals the
    smaller customer id comes first. Above means sales, not tier: under a stability band they may differ. Who is on a
    ladder without places is left out.
    """
    if n < 0:
        raise ValueError("n must not be negative")
    sides: defaultdict[bool, list[BorderCase]] = defaultdict(list)
    for decision in decisions:
        sales = decision.ranked_on
        if sales is None or decision.rank is None or decision.cutoff is None:
            continue
        distance = Fraction(sales) - Fraction(decision.cutoff)
        case = BorderCase(decision.customer_id, decision.tier, decision.rank, sales, distance)
        # By rank, as the cut-off in a decision is rounded up to the cent where part-years are projected.
        sides[decision.rank <= decision.k].append(case)
    nearest = {
        side: tuple(sorted(cases, key=lambda case: (abs(case.distance), case.customer_id))[:n])
        for side, cases in sides.items()
    }
    return Border(above=nearest.get(True, ()), below=nearest.get(False, ()))
