"""Which budgets something draws on, how much they come to, and what goes over them. Pure.

A budget of a region counts what is promised in it and in all regions below; one for a tier counts only customers of
that tier. What is promised to a customer of tier A in Hangzhou draws on Hangzhou's budget, on Hangzhou's for A, on
Zhejiang's and on Zhejiang's for A, whichever of these are set.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

NOTHING = Decimal("0.00")
FEN = Decimal("0.01")
FIXED, OF_SALES, OF_LAST_YEAR = "fixed", "sales", "last_year"
RESERVED, COMMITTED, SPENT, RELEASED = "reserved", "committed", "spent", "released"


@dataclass(frozen=True, slots=True)
class Draw:
    """Money promised to customers of one region (its path, '/1/4/') and tier ('': none yet)."""

    path: str
    tier: str
    amount: Decimal
    state: str = RESERVED


@dataclass(frozen=True, slots=True)
class Pot:
    """A budget. tier: '' for all. amount: what it comes to now."""

    key: int
    path: str
    tier: str
    amount: Decimal

    def takes(self, path: str, tier: str) -> bool:
        """Whether what is promised to customers of a region and tier draws on it."""
        return path.startswith(self.path) and self.tier in ("", tier)


@dataclass(frozen=True, slots=True)
class Balance:
    """What is promised of a budget. reserved: asked and not answered; committed: agreed; spent: settled."""

    amount: Decimal
    reserved: Decimal
    committed: Decimal
    spent: Decimal

    @property
    def used(self) -> Decimal:
        return self.reserved + self.committed + self.spent

    @property
    def left(self) -> Decimal:
        """Below 0 where more is promised than there is."""
        return self.amount - self.used


@dataclass(frozen=True, slots=True)
class Excess:
    """needed: what would be drawn on this budget; over: by how much that goes beyond what is left of it."""

    key: int
    needed: Decimal
    over: Decimal


def amount_of(basis: str, fixed: Decimal, rate: Decimal | None, sales: Decimal) -> Decimal:
    """What a budget comes to: a sum, or percent of net sales, cut to the fen; sales below 0 bring nothing."""
    if basis == FIXED:
        return fixed
    return (max(sales, NOTHING) * (rate or 0) / 100).quantize(FEN, ROUND_DOWN)


def balance(pot: Pot, draws: Iterable[Draw]) -> Balance:
    sums = dict.fromkeys((RESERVED, COMMITTED, SPENT), NOTHING)
    for one in draws:
        if one.state in sums and pot.takes(one.path, one.tier):
            sums[one.state] += one.amount
    return Balance(pot.amount, sums[RESERVED], sums[COMMITTED], sums[SPENT])


def needed(pot: Pot, more: Iterable[Draw]) -> Decimal:
    """What of `more` would be drawn on a budget."""
    return sum((one.amount for one in more if pot.takes(one.path, one.tier)), NOTHING)


def excesses(pots: Sequence[Pot], draws: Sequence[Draw], more: Sequence[Draw]) -> list[Excess]:
    """The budgets that `more` does not fit into, in their order. What draws nothing exceeds nothing."""
    found = []
    for pot in pots:
        need = needed(pot, more)
        left = balance(pot, draws).left
        if need > 0 and need > left:
            found.append(Excess(pot.key, need, need - left))
    return found
