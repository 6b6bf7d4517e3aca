"""What changes when one tier policy takes the place of another: shares, visits, money, fairness, churn.

Pure: counts and sums in, exact numbers out. `labbing` gets the counts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from customers.tiers.terms import TIERS, Tier

DAYS_A_YEAR = 365
MONTHS_A_YEAR = 12
WORKING_MINUTES = 480
"""A day on the road, by which visit days are counted: eight hours, the way between customers left out."""
SIGMAS = 2
"""A region's share of A is told apart from chance beyond so many standard deviations."""


@dataclass(frozen=True, slots=True)
class Visiting:
    """days: between two visits, by tier. minutes: of one visit."""

    days: Mapping[Tier, int]
    minutes: int


@dataclass(frozen=True, slots=True)
class Load:
    """visits: a month. days: of `WORKING_MINUTES` of them, a month."""

    visits: Fraction
    days: Fraction


@dataclass(frozen=True, slots=True)
class Cell:
    """Customers of one region that go from one tier to another, with their sales of the year and of the next.

    following: None where the next 12 months are not over yet.
    """

    region_id: int
    before: Tier
    after: Tier
    n: int
    sales: Decimal
    following: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two policies on one set of customers.

    counts, sales: by tier. covered: the share of sales that A, and A with B, bring; next_covered: of the sales of the
    12 months after; None where there are none.
    """

    counts: Mapping[Tier, int]
    sales: Mapping[Tier, Decimal]
    covered: tuple[Fraction | None, Fraction | None]
    next_covered: tuple[Fraction | None, Fraction | None]


@dataclass(frozen=True, slots=True)
class RegionShare:
    """A region before and after. customers, sales: its shares of the whole. unfair: its share of A is further from
    that of all than chance alone would bring it, before and after."""

    region_id: int
    n: int
    customers: Fraction
    sales: Fraction | None
    before: Mapping[Tier, int]
    after: Mapping[Tier, int]
    unfair: tuple[bool, bool]


@dataclass(frozen=True, slots=True)
class Churn:
    """Members of a tier that were members a month later, over some months in a row.

    held: members at the beginning of each month. lost: those of them in another tier a month later.
    """

    held: int
    lost: int
    months: int = 0

    @property
    def a_month(self) -> Fraction | None:
        """The part that is replaced in a month."""
        return Fraction(self.lost, self.held) if self.held else None


def side(cells: Iterable[Cell], which: str) -> Side:
    """which: before or after."""
    counts: dict[Tier, int] = dict.fromkeys(TIERS, 0)
    sales: dict[Tier, Decimal] = dict.fromkeys(TIERS, Decimal(0))
    following: dict[Tier, Decimal] = dict.fromkeys(TIERS, Decimal(0))
    known = True
    for cell in cells:
        tier: Tier = getattr(cell, which)
        counts[tier] += cell.n
        sales[tier] += cell.sales
        if cell.following is None:
            known = False
        else:
            following[tier] += cell.following
    return Side(counts, sales, covered(sales), covered(following) if known else (None, None))


def covered(sales: Mapping[Tier, Decimal]) -> tuple[Fraction | None, Fraction | None]:
    """The share of all sales that A brings, and A and B together; None without sales."""
    whole = sum(sales.values(), Decimal(0))
    if whole <= 0:
        return None, None
    return Fraction(sales["A"]) / Fraction(whole), Fraction(sales["A"] + sales["B"]) / Fraction(whole)


def load(counts: Mapping[Tier, int], visiting: Visiting) -> Load:
    """What it takes to visit everybody as often as the tier says, in a month of a twelfth of a year."""
    month = Fraction(DAYS_A_YEAR, MONTHS_A_YEAR)
    visits = sum((counts[tier] * month / visiting.days[tier] for tier in TIERS), Fraction(0))
    return Load(visits, visits * visiting.minutes / WORKING_MINUTES)


def cost(counts: Mapping[Tier, int], of_one: Mapping[Tier, Decimal] | None) -> Decimal | None:
    """What the support of all costs; None where it is not known of one."""
    if of_one is None:
        return None
    return sum((counts[tier] * of_one.get(tier, Decimal(0)) for tier in TIERS), Decimal(0))


def is_unfair(part: int, n: int, whole: int, everybody: int) -> bool:
    """Whether `part` of `n` is further than SIGMAS standard deviations from what `whole` of `everybody` leads one to
    expect, by the binomial distribution; on whole numbers, so exactly on the border is not.
    """
    if not everybody:
        return False
    # (part - n p)^2 > SIGMAS^2 n p (1 - p), with p = whole / everybody and both sides times everybody^2.
    return (part * everybody - n * whole) ** 2 > SIGMAS**2 * n * whole * (everybody - whole)


def fairness(cells: Sequence[Cell]) -> tuple[RegionShare, ...]:
    """Every region against all of them together, by region id."""
    befores: dict[int, dict[Tier, int]] = {}
    afters: dict[int, dict[Tier, int]] = {}
    sales: dict[int, Decimal] = {}
    for cell in cells:
        befores.setdefault(cell.region_id, dict.fromkeys(TIERS, 0))[cell.before] += cell.n
        afters.setdefault(cell.region_id, dict.fromkeys(TIERS, 0))[cell.after] += cell.n
        sales[cell.region_id] = sales.get(cell.region_id, Decimal(0)) + cell.sales
    everybody = sum(cell.n for cell in cells)
    whole = Fraction(sum(sales.values(), Decimal(0)))
    all_a = [sum(rows[region]["A"] for region in rows) for rows in (befores, afters)]
    found = []
    for region in sorted(befores):
        n = sum(befores[region].values())
        parts = (befores[region]["A"], afters[region]["A"])
        found.append(
            RegionShare(
                region_id=region,
                n=n,
                customers=Fraction(n, everybody),
                sales=Fraction(sales[region]) / whole if whole > 0 else None,
                before=befores[region],
                after=afters[region],
                unfair=(
                    is_unfair(parts[0], n, all_a[0], everybody),
                    is_unfair(parts[1], n, all_a[1], everybody),
                ),
            )
        )
    return tuple(found)


def churn(chain: Iterable[Mapping[int, Tier]]) -> dict[Tier, Churn]:
    """How each tier's members change over results a month apart, the earliest first; two of them are held at a time.

    Who left the results (closed) is not counted as replaced, nor as held.
    """
    held: dict[Tier, int] = dict.fromkeys(TIERS, 0)
    lost: dict[Tier, int] = dict.fromkeys(TIERS, 0)
    months = 0
    for before, after in pairwise(chain):
        months += 1
        for customer, was in before.items():
            now = after.get(customer)
            if now is not None:
                held[was] += 1
                lost[was] += now != was
    return {tier: Churn(held[tier], lost[tier], months) for tier in TIERS}
