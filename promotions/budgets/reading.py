"""Budgets as they stand: what each comes to, what is promised of it, and what asks to go over it."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Q, QuerySet, Sum

from customers.sales.models import MonthlySales
from customers.support.entitling import next_quarter
from promotions.budgets.drawing import NOTHING, Balance, Draw, Pot, amount_of, balance
from promotions.budgets.models import Basis, BudgetApproval, BudgetUse, PromotionBudget, UseState

YEAR = 4
"""Quarters in one."""


@dataclass(frozen=True, slots=True)
class Stand:
    """A budget today. sales: net, of its customers in the quarter it goes by; None where it is a fixed sum."""

    budget: PromotionBudget
    pot: Pot
    balance: Balance
    sales: Decimal | None

    @property
    def is_over(self) -> bool:
        return self.balance.left < 0


def stands(budgets: Sequence[PromotionBudget], *, but: Q | None = None) -> list[Stand]:
    """Budgets with all that is promised in their quarters, by whomever. A statement, and one for each way of going by
    sales. budgets: with their region. but: uses that are not to count.
    """
    if not budgets:
        return []
    promised = draws({one.quarter for one in budgets}, but)
    return [
        Stand(one, pot, balance(pot, promised[one.quarter]), sales)
        for one, (pot, sales) in zip(budgets, pots(budgets), strict=True)
    ]


def pots(budgets: Sequence[PromotionBudget]) -> list[tuple[Pot, Decimal | None]]:
    """What each comes to, and the net sales it goes by. A statement for each way of going by sales."""
    found, sold = [], {}
    for basis in sorted({one.basis for one in budgets} - {Basis.FIXED.value}):
        sold[basis] = _sales(basis, {one.quarter for one in budgets if one.basis == basis})
    for one in budgets:
        sales = None
        if one.basis != Basis.FIXED:
            bare = Pot(one.pk, one.region.path, one.tier, NOTHING)
            rows = sold[one.basis][one.quarter]
            sales = sum((net for path, tier, net in rows if bare.takes(path, tier)), NOTHING)
        pot = Pot(one.pk, one.region.path, one.tier, amount_of(one.basis, one.amount, one.rate, sales or NOTHING))
        found.append((pot, sales))
    return found


def draws(quarters: Collection[datetime.date], but: Q | None = None) -> dict[datetime.date, list[Draw]]:
    """What is promised in each quarter, summed by region, tier and state. One statement."""
    rows = BudgetUse.objects.counting().filter(quarter__in=quarters)
    rows = rows.exclude(but) if but is not None else rows
    sums = rows.order_by().values("quarter", "region__path", "tier", "state").annotate(total=Sum("amount"))
    found: dict[datetime.date, list[Draw]] = {quarter: [] for quarter in quarters}
    for quarter, path, tier, state, total in sums.values_list("quarter", "region__path", "tier", "state", "total"):
        found[quarter].append(Draw(path, tier, total, state))
    return found


def _sales(basis: str, quarters: Collection[datetime.date]) -> dict[datetime.date, list[tuple[str, str, Decimal]]]:
    """Net sales that a rate goes by, of each quarter: (path of the region, tier today, net). One statement."""
    back = 0 if basis == Basis.OF_SALES else YEAR
    months = {}
    for quarter in quarters:
        first = next_quarter(quarter, -back)
        months |= {first.replace(month=first.month + n): quarter for n in range(3)}
    rows = MonthlySales.objects.filter(month__in=months).order_by()
    sums = rows.values("month", "customer__region__path", "customer__standing__tier").annotate(total=Sum("net"))
    found: dict[datetime.date, list[tuple[str, str, Decimal]]] = {quarter: [] for quarter in quarters}
    for month, path, tier, total in sums.values_list(
        "month", "customer__region__path", "customer__standing__tier", "total"
    ):
        found[months[month]].append((path, tier or "", total))
    return found


def of_quarter(user, quarter: datetime.date) -> list[Stand]:
    """Those in one's reach, by region and tier."""
    rows = PromotionBudget.objects.visible_to(user).filter(quarter=quarter).select_related("region")
    return stands(list(rows.order_by("region__path", "tier")))


def over(user, quarter: datetime.date) -> list[Stand]:
    """Exceeded ones that this person answers for."""
    rows = PromotionBudget.objects.editable_by(user).filter(quarter=quarter).select_related("region")
    return [one for one in stands(list(rows)) if one.is_over]


def drawn_on(paths: Iterable[tuple[str, str]], quarter: datetime.date, *, lock: bool = False) -> list[PromotionBudget]:
    """The budgets that customers of (region's path, tier) draw on, the highest region first. One statement."""
    regions, tiers = set(), {""}
    for path, tier in paths:
        regions.update(int(part) for part in path.strip("/").split("/"))
        tiers.add(tier)
    rows = PromotionBudget.objects.filter(quarter=quarter, region_id__in=regions, tier__in=tiers)
    rows = rows.select_for_update(of=("self",)) if lock else rows
    return list(rows.select_related("region").order_by("region__depth", "region_id", "tier"))


def uses_of(user, budget: PromotionBudget) -> QuerySet[BudgetUse]:
    """What draws on a budget, of customers this person sees."""
    rows = BudgetUse.objects.visible_to(user).counting()
    rows = rows.filter(quarter=budget.quarter, region__path__startswith=budget.region.path)
    rows = rows.filter(tier=budget.tier) if budget.tier else rows
    return rows.select_related("customer", "region")


def approvals(user) -> QuerySet[BudgetApproval]:
    return BudgetApproval.objects.visible_to(user).select_related("budget__region", "asked_by", "decided_by")


def states_of(source: str, refs: Collection[int]) -> dict[int, tuple[str, Decimal]]:
    """{number: (state, amount)} of what is promised for them. One statement."""
    rows = BudgetUse.objects.filter(source=source, ref__in=refs)
    return {ref: (UseState(state).label, amount) for ref, state, amount in rows.values_list("ref", "state", "amount")}
