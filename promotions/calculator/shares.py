"""Who bears what part of a cost, in percent, and money split by it with no fen lost. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from math import lcm
from typing import Literal

from promotions.calculator.refusing import CENT, Checks

Party = Literal["customer", "brand", "other"]
PARTIES: tuple[Party, ...] = ("customer", "brand", "other")
_FIRST = ("brand", "other", "customer")
"""Who bears the odd fen first: never the customer, while another bears a part at all."""


@dataclass(frozen=True, slots=True)
class Shares:
    """Percent borne by each; together 100. other: an agent above, a mall, a maker of another brand."""

    customer: Decimal = Decimal(0)
    brand: Decimal = Decimal(0)
    other: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Parts:
    """An amount by who bears it; they add up to it to the fen."""

    customer: Decimal
    brand: Decimal
    other: Decimal

    @property
    def total(self) -> Decimal:
        return self.customer + self.brand + self.other


ALL_CUSTOMER = Shares(customer=Decimal(100))
ALL_BRAND = Shares(brand=Decimal(100))
HALVES = Shares(customer=Decimal(50), brand=Decimal(50))
NOTHING = Parts(Decimal(0), Decimal(0), Decimal(0))


def check_shares(checks: Checks, name: str, shares: Shares) -> None:
    sound = [checks.percent(f"{name}.{party}", getattr(shares, party)) for party in PARTIES]
    if all(sound) and shares.customer + shares.brand + shares.other != 100:
        checks.add(name, "not_hundred")


def split(amount: Decimal, weights: Sequence[Decimal | int], first: Sequence[int] | None = None) -> list[Decimal]:
    """An amount in whole fen by weights of 0 or more (not all 0), by largest remainder: the parts add up exactly.

    Each part is less than a fen from its exact share; weight 0 gets nothing. Fen left over go where the cut-off rest
    is largest, of equal ones in the order of `first` (places in weights), else in the order given.
    """
    ratios = [weight.as_integer_ratio() for weight in weights]
    base = lcm(*(bottom for _top, bottom in ratios))
    whole = [top * (base // bottom) for top, bottom in ratios]
    total = sum(whole)
    if total <= 0 or min(whole) < 0:
        raise ValueError("weights must be 0 or more, and not all 0")
    fen = int(amount.scaleb(2))
    if fen != amount.scaleb(2):
        raise ValueError("only whole fen are split")
    parts, rests = map(list, zip(*(divmod(abs(fen) * weight, total) for weight in whole), strict=True))
    turn = {place: number for number, place in enumerate(first or range(len(weights)))}
    by_rest = sorted(range(len(weights)), key=lambda place: (-rests[place], turn[place]))
    for place in by_rest[: abs(fen) - sum(parts)]:
        parts[place] += 1
    return [(-part if fen < 0 else part) * CENT for part in parts]


@lru_cache(maxsize=4096)
def borne(amount: Decimal, shares: Shares) -> Parts:
    """An amount by who bears it."""
    order = [PARTIES.index(party) for party in _FIRST]  # type: ignore[arg-type]
    return Parts(*split(amount, [shares.customer, shares.brand, shares.other], order))
