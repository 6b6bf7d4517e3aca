"""Budgets of regions by quarter: setting them, what is spent of them, and who may go over them.

What a customer is given counts in the region it stood in on the day of the decision and in all regions above it, in
the quarter of that day, whenever its costs are booked.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from crm.access import reach_of
from crm.accounts.models import Region, User
from crm.audit.actions import diff, record
from crm.refusing import refusal_of
from customers.support.entitling import NOTHING, next_quarter, quarter_of
from customers.support.models import SHORT, SupportBudget, SupportRequest


@dataclass(frozen=True, slots=True)
class Spending:
    """budget: None where none is set for the region. spent: by it and all below it."""

    region: Region
    budget: SupportBudget | None
    spent: Decimal

    @property
    def amount(self) -> Decimal | None:
        return self.budget.amount if self.budget is not None else None

    @property
    def left(self) -> Decimal | None:
        return self.budget.amount - self.spent if self.budget is not None else None

    @property
    def is_over(self) -> bool:
        return self.budget is not None and self.spent > self.budget.amount


@transaction.atomic
def set_budget(
    *,
    region: Region,
    quarter: datetime.date,
    amount: Decimal,
    by: User | None,
    note: str = "",
    version: int | None = None,
) -> SupportBudget:
    """Set or change it. Less than what is spent already may be set, and is then over. by: None is the system."""
    if by is not None and not may_overspend(by, region):
        raise refusal_of("region", _("Budgets of a region are set by its head or an administrator."), "role")
    if quarter != quarter_of(quarter):
        raise refusal_of("quarter", _("A quarter begins on 1 January, April, July or October."), "quarter")
    if amount < 0:
        raise refusal_of("amount", _("A budget is not below 0."), "negative")
    note = " ".join(note.replace("\0", "").split())
    if len(note) > SHORT:
        raise refusal_of("note", _("%(most)d characters at most.") % {"most": SHORT}, "long")
    Region.objects.select_for_update().get(pk=region.pk)  # two who set the first one wait for each other
    held = SupportBudget.objects.select_for_update().filter(region=region, quarter=quarter).first()
    if version is not None and (held.version if held is not None else 0) != version:
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    before = {"budget": held.amount, "note": held.note} if held is not None else {}
    if before == {"budget": amount, "note": note} and held is not None:
        return held
    if held is None:
        held = SupportBudget(region=region, quarter=quarter, version=0)
    held.amount, held.note, held.version = amount, note, held.version + 1
    held.save()
    changes = {"quarter": [None, quarter], **diff(before, {"budget": amount, "note": note})}
    record(action="support.budget", target=region, changes=changes, actor=by)
    return held


def may_overspend(user: User, region: Region) -> bool:
    """Whether this person answers for what a region spends: an administrator, or a head who has it in reach."""
    if not user.may_write:
        return False
    reach = reach_of(user)
    return user.is_admin or (user.is_head and (reach.everywhere or region.pk in reach.region_ids))


def above(region: Region) -> list[int]:
    """The region and those it lies in, the highest first."""
    return [int(part) for part in region.path.strip("/").split("/")]


def spendings(region: Region, day: datetime.date, *, but: int | None = None, lock: bool = False) -> list[Spending]:
    """The budgets that giving something in a region on a day would draw on, the highest first. Two statements.

    but: a request not to count. lock: for an action; two that draw on one budget wait for each other.
    """
    quarter = quarter_of(day)
    rows = SupportBudget.objects.filter(region_id__in=above(region), quarter=quarter).order_by("region__depth", "pk")
    rows = rows.select_for_update(of=("self",)) if lock else rows
    found = list(rows.select_related("region"))
    if not found:
        return []
    sums = _sums(quarter, but)
    return [Spending(one.region, one, _below(one.region, sums)) for one in found]


def seen_by(user: User, found: Collection[Spending], own: Region) -> list[Spending]:
    """Of what giving in a region draws on: its own budget, which whoever decides must know, and of those above it the
    ones of regions this person sees.
    """
    reach = reach_of(user)
    return [one for one in found if reach.everywhere or one.region.pk == own.pk or one.region.pk in reach.region_ids]


def overview(user: User, quarter: datetime.date) -> list[Spending]:
    """Every region in reach with its budget and what is spent. Three statements."""
    budgets = {one.region_id: one for one in SupportBudget.objects.visible_to(user).filter(quarter=quarter)}
    sums = _sums(quarter)
    regions = Region.objects.visible_to(user).order_by("path")
    return [Spending(one, budgets.get(one.pk), _below(one, sums)) for one in regions]


def over_budget(user: User, day: datetime.date) -> list[Spending]:
    """Budgets of the quarter that are exceeded, of regions this person answers for. Two statements."""
    quarter = quarter_of(day)
    budgets = list(SupportBudget.objects.editable_by(user).filter(quarter=quarter).select_related("region"))
    if not budgets:
        return []
    sums = _sums(quarter)
    found = [Spending(one.region, one, _below(one.region, sums)) for one in budgets]
    return [one for one in found if one.is_over]


def _sums(quarter: datetime.date, but: int | None = None) -> dict[str, Decimal]:
    """What was taken in a quarter, by path of the region itself. One statement."""
    rows = SupportRequest.objects.live().filter(
        region__isnull=False, decided_on__gte=quarter, decided_on__lt=next_quarter(quarter)
    )
    rows = rows.exclude(pk=but).order_by().values("region__path").annotate(total=Sum("used"))
    return dict(rows.values_list("region__path", "total"))


def _below(region: Region, sums: dict[str, Decimal]) -> Decimal:
    return sum((total for path, total in sums.items() if path.startswith(region.path)), NOTHING)


def exceeded(found: Collection[Spending], more: Decimal) -> list[Spending]:
    """Those that `more` would put over their budget."""
    return [one for one in found if one.left is not None and more > 0 and more > one.left]
