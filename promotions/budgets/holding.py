"""Money is promised, agreed, spent and released, one step a function; never more than there is without a head's word.

Who promises calls these inside its own transaction: what does not fit is refused and nothing is written.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from crm.access import reach_of
from crm.accounts.models import User
from crm.clock import today
from customers.profile.models import Customer
from customers.support.entitling import quarter_of
from customers.support.words import money
from customers.support.words import quarter as quarter_name
from promotions.budgets import reading
from promotions.budgets.drawing import Draw, Excess, excesses
from promotions.budgets.models import ApprovalState, BudgetApproval, BudgetUse, PromotionBudget, UseState

CODE = "over_budget"


@dataclass(frozen=True, slots=True)
class Promise:
    """What one customer is to cost. ref: number of what it is for. tier: '' where there is none yet."""

    ref: int
    customer_id: int | None
    region_id: int
    path: str
    tier: str
    amount: Decimal

    @property
    def draw(self) -> Draw:
        return Draw(self.path, self.tier, self.amount)


@dataclass(frozen=True, slots=True)
class Purpose:
    """What money is for, as an approval names it: a promotion, a plan, or one customer's part."""

    source: str
    ref: int


class OverBudget(ValidationError):
    """What does not fit. found: (budget, excess); the message tells figures of those this person sees."""

    def __init__(self, found: Sequence[tuple[PromotionBudget, Excess]], by: User | None):
        self.found = list(found)
        super().__init__([ValidationError(text, code=CODE) for text in _told(found, by)])


def _told(found: Sequence[tuple[PromotionBudget, Excess]], by: User | None) -> list[str]:
    if by is None:
        return [_("This cannot be promised here any more. Please talk to whoever looks after you.")]
    reach, texts = reach_of(by), []
    for budget, excess in found:
        if not (reach.everywhere or budget.region_id in reach.region_ids):
            text = _("It goes over the budget of a region above yours; its head can agree.")
        else:
            text = _("It goes over the budget of %(name)s by %(over)s: it takes %(needed)s; a head can agree.") % {
                "name": name_of(budget),
                "over": money(excess.over),
                "needed": money(excess.needed),
            }
        if text not in texts:
            texts.append(text)
    return texts


def name_of(budget: PromotionBudget) -> str:
    """Hangzhou, tier A, 2026 Q4."""
    when = quarter_name(budget.quarter)
    if budget.tier:
        return _("%(region)s, tier %(tier)s, %(quarter)s") % {
            "region": budget.region.name,
            "tier": budget.tier,
            "quarter": when,
        }
    return _("%(region)s, %(quarter)s") % {"region": budget.region.name, "quarter": when}


def promise_of(customer: Customer, ref: int, amount: Decimal) -> Promise:
    """For one customer as it stands today."""
    row = Customer.objects.filter(pk=customer.pk).values_list("region_id", "region__path", "standing__tier").get()
    return Promise(ref, customer.pk, row[0], row[1], row[2] or "", amount)


def excess_of(
    more: Sequence[Draw], quarter: datetime.date, *, but: Q | None = None, lock: bool = False
) -> list[tuple[PromotionBudget, Excess]]:
    """The budgets that `more` does not fit into. Four statements at most, two where all are fixed
    sums. lock: two that draw on one wait.
    """
    real = [one for one in more if one.amount > 0]
    budgets = reading.drawn_on({(one.path, one.tier) for one in real}, quarter, lock=lock) if real else []
    if not budgets:
        return []
    pots = [pot for pot, _sales in reading.pots(budgets)]
    by_key = {one.pk: one for one in budgets}
    return [(by_key[one.key], one) for one in excesses(pots, reading.draws([quarter], but)[quarter], real)]


def check(
    more: Sequence[Draw],
    day: datetime.date,
    *,
    purpose: Purpose,
    by: User | None,
    but: Q | None = None,
    within: Purpose | None = None,
) -> None:
    """Raises OverBudget unless it fits or was agreed to. day: any of the quarter it counts in. within: what it is a
    part of; a head's word for that is one for this, too.
    """
    found = excess_of(more, quarter_of(day), but=but, lock=True)
    if not found:
        return
    keys = [budget.pk for budget, _excess in found]
    words = [allowed(one, keys) for one in (purpose, within) if one is not None]
    still = [(at, one) for at, one in found if all(one.needed > word.get(at.pk, Decimal(0)) for word in words)]
    if still:
        raise OverBudget(still, by)


def allowed(purpose: Purpose, budgets: Collection[int]) -> dict[int, Decimal]:
    """How much of each budget this may draw by a head's word; the last word counts."""
    rows = BudgetApproval.objects.filter(source=purpose.source, ref=purpose.ref, budget_id__in=budgets)
    rows = rows.exclude(state=ApprovalState.WAITING).order_by("pk")
    return {
        pk: needed if state == ApprovalState.APPROVED else Decimal(0)
        for pk, needed, state in rows.values_list("budget_id", "needed", "state")
    }


# --- writing; who calls has checked --------------------------------------------------------------------------------


def put_many(source: str, promises: Iterable[Promise], state: str, day: datetime.date) -> None:
    """New promises; those written before stay. A statement for every 500."""
    rows = [
        BudgetUse(
            source=source,
            ref=one.ref,
            customer_id=one.customer_id,
            region_id=one.region_id,
            tier=one.tier,
            quarter=quarter_of(day),
            state=state,
            amount=one.amount,
            promised_on=today(),
        )
        for one in promises
        if one.amount > 0
    ]
    BudgetUse.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)


@transaction.atomic
def put(source: str, promise: Promise, state: str, day: datetime.date) -> None:
    """Anew, or in place of what was promised for the same; region and tier of the first day stay."""
    rows = BudgetUse.objects.select_for_update().filter(source=source, ref=promise.ref)
    if rows.update(state=state, amount=promise.amount):
        return
    put_many(source, [promise], state, day)


def turn(source: str, refs: Collection[int] | QuerySet, state: str) -> int:
    """What was promised becomes agreed, or is released; what is spent stays. One statement."""
    rows = BudgetUse.objects.filter(source=source, ref__in=refs).exclude(state=UseState.SPENT)
    return rows.update(state=state)


def hand_over(before: Purpose, after: Purpose) -> None:
    """What was promised for one thing is promised for another that took its place."""
    BudgetUse.objects.filter(source=before.source, ref=before.ref).update(source=after.source, ref=after.ref)


def take_from(purpose: Purpose, promises: Sequence[Promise]) -> None:
    """What was kept for all is promised to these of them. A statement for each region and tier there is."""
    taken: dict[tuple[int, str], Decimal] = {}
    for one in promises:
        taken[one.region_id, one.tier] = taken.get((one.region_id, one.tier), Decimal(0)) + one.amount
    rows = {
        (one.region_id, one.tier): one
        for one in BudgetUse.objects.select_for_update().filter(source=purpose.source, ref=purpose.ref)
    }
    changed = []
    for key, amount in taken.items():
        if key in rows:
            rows[key].amount = max(rows[key].amount - amount, Decimal(0))
            changed.append(rows[key])
    BudgetUse.objects.bulk_update(changed, ["amount"])
