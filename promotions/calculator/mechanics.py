"""How a promotion gives: price cuts, free goods and gifts by slabs, rebates by steps, money off a bill. Pure.

Everything counted is counted in whole pieces, and only full slabs give: buy 10 get 1 at 15 bought gives 1, not 1.5.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from promotions.calculator.refusing import Checks, Refused, half_up
from promotions.calculator.shares import ALL_CUSTOMER, Shares, check_shares

LONGEST_PERIOD = 20_000
"""The most units after which slabs of different lengths may come round together."""


@dataclass(frozen=True, slots=True)
class Slab:
    """Buy so many, get so many."""

    buy: int
    get: int = 1


@dataclass(frozen=True, slots=True)
class FreeGoods:
    """Goods given on top, of the same kind. purchase: units in one purchase; None: everything is bought in one order.

    Slabs rise; a purchase takes the largest as often as it is full, then the next with what is left.
    """

    slabs: tuple[Slab, ...]
    purchase: int | None = None
    shares: Shares = ALL_CUSTOMER


@dataclass(frozen=True, slots=True)
class Gift:
    """Another article, given for every so many units. cost: of one, to whoever buys it."""

    cost: Decimal
    every: int = 1
    purchase: int | None = None
    shares: Shares = ALL_CUSTOMER


@dataclass(frozen=True, slots=True)
class Step:
    """From so many units sold in the window on: money a unit, on all of them."""

    units: int
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Rebate:
    """What the brand pays back to the customer a unit, by the highest step reached."""

    steps: tuple[Step, ...]


def cut_of(price: Decimal, percent: Decimal) -> Decimal:
    """The cut that so many percent off a price make: the new price is rounded half up to the fen, as on its tag."""
    return price - half_up(price * (100 - percent) / 100)


def share_of(price: Decimal, percent: Decimal) -> Decimal:
    """So many percent of a price, rounded half up to the fen: a rebate of 3 % as money a unit."""
    return half_up(price * percent / 100)


def free_units(bought: int, slabs: Sequence[Slab]) -> int:
    """What one purchase gets on top; the largest slab as often as it is full, then the next with what is left."""
    if bought < 0:
        raise Refused({"bought": "negative"})
    return counting(slabs, None)(bought)


def free_in(units: int, free: FreeGoods | None) -> int:
    """What is given on so many units sold: by full purchases, and the rest as one more."""
    return 0 if free is None else counting(free.slabs, free.purchase)(units)


def gifts_in(units: int, gift: Gift | None) -> int:
    return 0 if gift is None else counting((Slab(gift.every),), gift.purchase)(units)


def counting(slabs: Sequence[Slab], purchase: int | None) -> Callable[[int], int]:
    """How many pieces go with so many units, worked out once for many numbers of units."""
    falling = sorted(((slab.buy, slab.get) for slab in slabs), reverse=True)

    def of_one(bought: int) -> int:
        given = 0
        for buy, get in falling:
            given += bought // buy * get
            bought %= buy
        return given

    if purchase is None:
        return of_one
    each = of_one(purchase)
    return lambda units: units // purchase * each + of_one(units % purchase)


def rebate_at(units: int, rebate: Rebate | None) -> Decimal:
    """Money back a unit at so many units: that of the highest step reached, on all of them."""
    if rebate is None:
        return Decimal(0)
    return max((step for step in rebate.steps if step.units <= units), key=_units, default=Step(0, Decimal(0))).amount


def money_off(bill: Decimal, every: Decimal, off: Decimal, most: int | None = None) -> Decimal:
    """`off` for every full `every` on one bill, at most so many times: 30 off every 200 is 30 on 399.99, 60 on 400."""
    checks = Checks()
    for name, value in (("bill", bill), ("every", every), ("off", off)):
        checks.money(name, value)
    if not checks.errors and every <= 0:
        checks.add("every", "not_positive")
    if not checks.errors and off > every:
        checks.add("off", "above_price")
    checks.end()
    times = int(bill // every)
    return off * (times if most is None else min(times, most))


def check_free(checks: Checks, name: str, free: FreeGoods) -> None:
    check_shares(checks, f"{name}.shares", free.shares)
    if not free.slabs:
        checks.add(f"{name}.slabs", "needed")
    before: Slab | None = None
    for place, slab in enumerate(free.slabs):
        at = f"{name}.slabs.{place}"
        if not (checks.whole(f"{at}.buy", slab.buy, 1) and checks.whole(f"{at}.get", slab.get, 1)):
            return
        if before is not None and slab.buy <= before.buy:
            checks.add(f"{at}.buy", "not_rising")
        elif before is not None and slab.get * before.buy < before.get * slab.buy:
            # Two small purchases would get more than one large one.
            checks.add(f"{at}.get", "falling")
        before = slab
    if free.purchase is not None:
        checks.whole(f"{name}.purchase", free.purchase, 1)


def check_gift(checks: Checks, name: str, gift: Gift) -> None:
    check_shares(checks, f"{name}.shares", gift.shares)
    checks.money(f"{name}.cost", gift.cost)
    checks.whole(f"{name}.every", gift.every, 1)
    if gift.purchase is not None:
        checks.whole(f"{name}.purchase", gift.purchase, 1)


def check_rebate(checks: Checks, name: str, rebate: Rebate, wholesale: Decimal) -> None:
    if not rebate.steps:
        checks.add(f"{name}.steps", "needed")
    before: Step | None = None
    for place, step in enumerate(rebate.steps):
        at = f"{name}.steps.{place}"
        if not (checks.whole(f"{at}.units", step.units) and checks.money(f"{at}.amount", step.amount)):
            return
        if step.amount > wholesale:
            checks.add(f"{at}.amount", "above_price")
        if before is not None and step.units <= before.units:
            checks.add(f"{at}.units", "not_rising")
        elif before is not None and step.amount < before.amount:
            checks.add(f"{at}.amount", "falling")
        before = step


def _units(step: Step) -> int:
    return step.units


__all__ = [
    "LONGEST_PERIOD",
    "FreeGoods",
    "Gift",
    "Rebate",
    "Refused",
    "Slab",
    "Step",
    "check_free",
    "check_gift",
    "check_rebate",
    "counting",
    "cut_of",
    "free_in",
    "free_units",
    "gifts_in",
    "money_off",
    "rebate_at",
    "share_of",
]
