"""A trial's result as a page and the API tell it: both sides with their shares, visits and money; regions; moves."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from crm.access import reach_of
from crm.accounts.models import Region
from customers.tiers import lab, labbing
from customers.tiers.movements import Flow, flows_from_counts, summary
from customers.tiers.policies import visiting_from
from customers.tiers.terms import TIERS
from customers.tiers.trials import TierTrial

PLACES = Decimal("0.000001")


def decimal(value: Fraction | None) -> Decimal | None:
    """To six places, for people and programs to read; nothing is worked out from it."""
    return None if value is None else (Decimal(value.numerator) / value.denominator).quantize(PLACES)


@dataclass(frozen=True, slots=True)
class Half:
    """One of the two policies. next_*: of the sales of the 12 months after. cost: a year; None: not known."""

    counts: dict[str, int]
    sales: dict[str, Decimal]
    covered_a: Decimal | None
    covered_ab: Decimal | None
    next_a: Decimal | None
    next_ab: Decimal | None
    visits: Decimal
    days: Decimal
    cost: Decimal | None
    cutoff: Decimal | None
    ranked: int
    k: int
    churn_a: Decimal | None
    churn_b: Decimal | None


@dataclass(frozen=True, slots=True)
class RegionTold:
    region: Region
    n: int
    customers: Decimal | None
    sales: Decimal | None
    before: dict[str, int]
    after: dict[str, int]
    unfair_before: bool
    unfair_after: bool


@dataclass(frozen=True, slots=True)
class Told:
    before: Half
    after: Half
    flows: tuple[Flow, ...]
    summary: dict[str, int]
    regions: list[RegionTold]
    moved: int
    held: int
    seconds: float

    @property
    def halves(self) -> tuple[Half, Half]:
        return self.before, self.after


def told(trial: TierTrial, user) -> Told | None:
    """None while it is not worked out. Sums are the brand's; regions are those in the person's reach. One query."""
    if not trial.result:
        return None
    cells = labbing.cells_of(trial)
    of_one = labbing.support_cost()
    churn = labbing.churn_of(trial)
    halves = []
    for at, (which, name, options) in enumerate(
        (("before", "against", trial.against.options), ("after", "draft", trial.draft["options"]))
    ):
        side = lab.side(cells, which)
        load = lab.load(side.counts, visiting_from(options))
        ladder = labbing.ranked_of(trial)[at]
        found = churn.get(name, {})
        halves.append(
            Half(
                counts=dict(side.counts),
                sales=dict(side.sales),
                covered_a=decimal(side.covered[0]),
                covered_ab=decimal(side.covered[1]),
                next_a=decimal(side.next_covered[0]),
                next_ab=decimal(side.next_covered[1]),
                visits=decimal(load.visits) or Decimal(0),
                days=decimal(load.days) or Decimal(0),
                cost=lab.cost(side.counts, of_one),
                cutoff=labbing.cutoffs_of(trial)[at],
                ranked=ladder.ranked,
                k=ladder.k,
                churn_a=decimal(found["A"].a_month) if found else None,
                churn_b=decimal(found["B"].a_month) if found else None,
            )
        )
    sums: dict[tuple[Any, Any], tuple[int, Decimal]] = {}
    for cell in cells:
        n, sales = sums.get((cell.before, cell.after), (0, Decimal(0)))
        sums[cell.before, cell.after] = n + cell.n, sales + cell.sales
    flows = flows_from_counts(sums)
    return Told(
        before=halves[0],
        after=halves[1],
        flows=flows,
        summary=dict(summary(flows)),
        regions=_regions(cells, user),
        moved=trial.result["moved"],
        held=trial.result["held"],
        seconds=trial.seconds,
    )


def _regions(cells, user) -> list[RegionTold]:
    """Regions with customers, the unfair ones first, then the larger ones."""
    shares = lab.fairness(cells)
    rows = Region.objects.all() if reach_of(user).everywhere else Region.objects.visible_to(user)
    seen = rows.in_bulk([one.region_id for one in shares])
    found = [
        RegionTold(
            region=seen[one.region_id],
            n=one.n,
            customers=decimal(one.customers),
            sales=decimal(one.sales),
            before=dict(one.before),
            after=dict(one.after),
            unfair_before=one.unfair[0],
            unfair_after=one.unfair[1],
        )
        for one in shares
        if one.region_id in seen
    ]
    return sorted(found, key=lambda one: (not one.unfair_after, -one.n, one.region.pk))


def counts_told(found: Told) -> list[tuple[str, int, int, int]]:
    """Tier, customers before, after, and the difference."""
    rows = []
    for tier in TIERS:
        before, after = found.before.counts[tier], found.after.counts[tier]
        rows.append((tier, before, after, after - before))
    return rows
