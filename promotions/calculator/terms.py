"""What goes into the calculator: the goods, who gives what, who bears it, when it is paid. Pure.

All amounts are in one currency, with or without tax alike, in whole fen; units are whole. Percentages are percent (15
is 15 %), as people type them; uplifts are fractions (0.25 is a quarter more).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from promotions.calculator.mechanics import (
    LONGEST_PERIOD,
    FreeGoods,
    Gift,
    Rebate,
    check_free,
    check_gift,
    check_rebate,
)
from promotions.calculator.refusing import MOST_UNITS, Checks, half_up
from promotions.calculator.shares import ALL_CUSTOMER, PARTIES, Parts, Party, Shares, borne, check_shares

Side = Literal["customer", "brand"]
SIDES: tuple[Side, ...] = ("customer", "brand")
CostKind = Literal["staff", "publicity", "gifts", "display", "other"]
COST_KINDS: tuple[CostKind, ...] = ("staff", "publicity", "gifts", "display", "other")
ZERO = Decimal("0.00")
LONGEST_WINDOW = 366
FARTHEST_DAY = 730


@dataclass(frozen=True, slots=True)
class Goods:
    """A unit. retail: what the customer sells it at, wholesale: what the brand sells it to the customer at, cost: the
    brand's own cost of goods. For an agent, retail is what it sells to its own customers at.
    """

    retail: Decimal
    wholesale: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Material:
    """Posters, stands, samples bought from the brand at list less the tier's discount (percent).

    cost: what one costs the brand, None: its list price. shares: who pays the price after discount; what is not paid
    of its cost the brand bears.
    """

    name: str
    quantity: int
    list_price: Decimal
    discount: Decimal = Decimal(0)
    cost: Decimal | None = None
    shares: Shares = ALL_CUSTOMER

    @property
    def at_list(self) -> Decimal:
        return self.list_price * self.quantity

    @property
    def after_discount(self) -> Decimal:
        """K(1 − δ), rounded half up to the fen once, on the whole line."""
        return half_up(self.at_list * (100 - self.discount) / 100)

    @property
    def at_cost(self) -> Decimal:
        return (self.list_price if self.cost is None else self.cost) * self.quantity

    @property
    def paid(self) -> Parts:
        return borne(self.after_discount, self.shares)

    @property
    def brand_bears(self) -> Decimal:
        """Its cost less what others pay; below 0 where the brand earns on it."""
        return self.at_cost - self.paid.customer - self.paid.other


@dataclass(frozen=True, slots=True)
class Cost:
    """A fixed cost of the promotion. day: when it is paid, counted from the first day (0), days before below 0.

    advance: who pays all of it that day and gets the others' parts back at settlement; None: each pays its own.
    """

    kind: CostKind
    amount: Decimal
    shares: Shares = ALL_CUSTOMER
    day: int = 0
    advance: Party | None = None

    @property
    def parts(self) -> Parts:
        return borne(self.amount, self.shares)


@dataclass(frozen=True, slots=True)
class Timing:
    """days: how long it runs. Days are counted from its first, 0; those before are below 0.

    goods_day: the goods for it are made and delivered; the customer pays them credit_days later. materials_day:
    materials and gifts are paid. settlement_days: from the last day to the brand's paying its part.
    """

    days: int = 14
    goods_day: int = -7
    credit_days: int = 0
    materials_day: int = -7
    settlement_days: int = 30

    @property
    def settlement_day(self) -> int:
        return self.days - 1 + self.settlement_days


@dataclass(frozen=True, slots=True)
class Influence:
    """What is expected beside money; None is unknown. share_of_voice: percent of what is said and shown of the kind."""

    reach: int | None = None
    new_customers: int | None = None
    share_of_voice: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """Expected uplift as fractions, of eight in ten like it between low and high. n: results it rests on, each of a
    promotion at a shop; of the same kind: alike, by the same customer: own; of so many promotions.
    """

    low: Decimal
    expected: Decimal
    high: Decimal
    n: int
    alike: int = 0
    own: int = 0
    promotions: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """One variant of a promotion at one customer.

    baseline: units in the window without it. cut: off the retail price of a unit. borrowed: percent of the extra
    units that are taken from later or from other goods. subsidy: a lump sum from the brand to the customer. budgets:
    what each side may spend, None: not set.
    """

    goods: Goods
    baseline: int
    name: str = ""
    cut: Decimal = ZERO
    cut_shares: Shares = ALL_CUSTOMER
    free: FreeGoods | None = None
    gift: Gift | None = None
    rebate: Rebate | None = None
    materials: tuple[Material, ...] = ()
    costs: tuple[Cost, ...] = ()
    subsidy: Decimal = ZERO
    borrowed: Decimal = Decimal(0)
    timing: Timing = Timing()
    influence: Influence = Influence()
    customer_budget: Decimal | None = None
    brand_budget: Decimal | None = None

    @property
    def price(self) -> Decimal:
        """What a unit sells at in the promotion."""
        return self.goods.retail - self.cut

    @property
    def cut_parts(self) -> Parts:
        """Who bears the cut, a unit: what is paid back is agreed in whole fen a unit."""
        return borne(self.cut, self.cut_shares)

    @property
    def free_parts(self) -> Parts:
        """Who pays the wholesale price of a free unit; the brand's part is goods it gives without being paid."""
        return borne(self.goods.wholesale, self.free.shares if self.free else ALL_CUSTOMER)

    @property
    def gift_parts(self) -> Parts:
        return borne(self.gift.cost, self.gift.shares) if self.gift else borne(ZERO, ALL_CUSTOMER)

    @property
    def is_linear(self) -> bool:
        """Whether every unit brings the same: nothing is counted by slabs or steps."""
        return self.free is None and self.gift is None and self.rebate is None

    def extra_at(self, uplift: Decimal | Fraction) -> int:
        """The extra units that an uplift makes, rounded half up; at worst nothing is sold."""
        return max(-self.baseline, int(half_up(Fraction(self.baseline) * Fraction(uplift), 0)))

    def borrowed_of(self, extra: int) -> int:
        """How many of so many extra units are borrowed, rounded half up; none where sales fall."""
        return (int(self.borrowed.scaleb(4)) * extra + 500_000) // 1_000_000 if extra > 0 else 0


def period_of(plan: Plan) -> int:
    """After how many units slabs come round together."""
    found = 1
    if plan.free is not None:
        found = math.lcm(found, plan.free.purchase or plan.free.slabs[-1].buy)
    if plan.gift is not None:
        found = math.lcm(found, plan.gift.purchase or plan.gift.every)
    return found


def check(plan: Plan) -> None:
    """Raise Refused with everything that is wrong with a plan, by field."""
    checks = Checks()
    for name in ("retail", "wholesale", "cost"):
        checks.money(f"goods.{name}", getattr(plan.goods, name))
    checks.whole("baseline", plan.baseline)
    if checks.money("cut", plan.cut) and "goods.retail" not in checks.errors and plan.cut > plan.goods.retail:
        checks.add("cut", "above_price")
    check_shares(checks, "cut_shares", plan.cut_shares)
    if plan.free is not None:
        check_free(checks, "free", plan.free)
    if plan.gift is not None:
        check_gift(checks, "gift", plan.gift)
    if plan.rebate is not None and "goods.wholesale" not in checks.errors:
        check_rebate(checks, "rebate", plan.rebate, plan.goods.wholesale)
    for place, material in enumerate(plan.materials):
        _check_material(checks, f"materials.{place}", material)
    for place, cost in enumerate(plan.costs):
        _check_cost(checks, f"costs.{place}", cost)
    checks.money("subsidy", plan.subsidy)
    checks.percent("borrowed", plan.borrowed)
    _check_timing(checks, plan.timing)
    for name in ("reach", "new_customers"):
        if (count := getattr(plan.influence, name)) is not None:
            checks.whole(f"influence.{name}", count, most=10**10)
    if plan.influence.share_of_voice is not None:
        checks.percent("influence.share_of_voice", plan.influence.share_of_voice)
    for name in ("customer_budget", "brand_budget"):
        if getattr(plan, name) is not None:
            checks.money(name, getattr(plan, name))
    if not checks.errors and period_of(plan) > LONGEST_PERIOD:
        checks.add("gift" if plan.free is None or plan.gift is not None else "free", "too_uneven")
    checks.end()


def check_extra(plan: Plan, extra: int) -> None:
    """Extra units: whole, and no more are lost than there are."""
    checks = Checks()
    checks.whole("extra", extra, least=-plan.baseline, most=MOST_UNITS)
    checks.end()


def _check_material(checks: Checks, at: str, material: Material) -> None:
    checks.whole(f"{at}.quantity", material.quantity)
    checks.money(f"{at}.list_price", material.list_price)
    checks.percent(f"{at}.discount", material.discount)
    if material.cost is not None:
        checks.money(f"{at}.cost", material.cost)
    check_shares(checks, f"{at}.shares", material.shares)


def _check_cost(checks: Checks, at: str, cost: Cost) -> None:
    if cost.kind not in COST_KINDS:
        checks.add(f"{at}.kind", "unknown")
    if cost.advance is not None and cost.advance not in PARTIES:
        checks.add(f"{at}.advance", "unknown")
    checks.money(f"{at}.amount", cost.amount)
    checks.whole(f"{at}.day", cost.day, -FARTHEST_DAY, FARTHEST_DAY)
    check_shares(checks, f"{at}.shares", cost.shares)


def _check_timing(checks: Checks, timing: Timing) -> None:
    checks.whole("timing.days", timing.days, 1, LONGEST_WINDOW)
    for name in ("goods_day", "materials_day"):
        checks.whole(f"timing.{name}", getattr(timing, name), -FARTHEST_DAY, FARTHEST_DAY)
    for name in ("credit_days", "settlement_days"):
        checks.whole(f"timing.{name}", getattr(timing, name), 0, FARTHEST_DAY)
