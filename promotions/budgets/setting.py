"""Setting budgets."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import Region, User
from crm.audit.actions import diff, record
from crm.refusing import refusal_of
from customers.support.budgeting import may_overspend
from customers.support.entitling import quarter_of
from customers.tiers.models import Tier
from promotions.budgets.drawing import NOTHING
from promotions.budgets.models import SHORT, Basis, PromotionBudget

FIELDS = ("basis", "amount", "rate", "note")


@transaction.atomic
def set_budget(
    *,
    region: Region,
    quarter: datetime.date,
    by: User | None,
    tier: str = "",
    basis: str = Basis.FIXED,
    amount: Decimal | None = None,
    rate: Decimal | None = None,
    note: str = "",
    version: int | None = None,
) -> PromotionBudget:
    """Set or change it; less than what is promised already may be set, and is then over. by: None is the system."""
    if by is not None and not may_overspend(by, region):
        raise refusal_of("region", _("Budgets of a region are set by its head or an administrator."), "role")
    if quarter != quarter_of(quarter):
        raise refusal_of("quarter", _("A quarter begins on 1 January, April, July or October."), "quarter")
    if tier and tier not in Tier.values:
        raise refusal_of("tier", _("There is no such choice."), "tier")
    values = _checked(basis, amount, rate) | {"note": " ".join(note.replace("\0", "").split())}
    if len(values["note"]) > SHORT:
        raise refusal_of("note", _("%(most)d characters at most.") % {"most": SHORT}, "long")
    Region.objects.select_for_update().get(pk=region.pk)  # two who set the first one wait for each other
    held = PromotionBudget.objects.select_for_update().filter(region=region, tier=tier, quarter=quarter).first()
    if version is not None and (held.version if held is not None else 0) != version:
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    before = {name: getattr(held, name) for name in FIELDS} if held is not None else {}
    if held is None:
        held = PromotionBudget(region=region, tier=tier, quarter=quarter, version=0)
    elif before == values:
        return held
    for name, value in values.items():
        setattr(held, name, value)
    held.version += 1
    held.save()
    told = {name: pair for name, pair in diff(before, values).items() if pair[1] != ""}
    changes = {"quarter": [None, quarter], **({"tier": [None, tier]} if tier else {}), **told}
    record(action="promotion_budget.set", target=region, changes=changes, actor=by)
    return held


def _checked(basis: str, amount: Decimal | None, rate: Decimal | None) -> dict:
    if basis not in Basis.values:
        raise refusal_of("basis", _("There is no such choice."), "basis")
    if basis == Basis.FIXED:
        if amount is None:
            raise refusal_of("amount", _("Say how much."), "required")
        if amount < 0:
            raise refusal_of("amount", _("A budget is not below 0."), "negative")
        return {"basis": basis, "amount": amount, "rate": None}
    if rate is None:
        raise refusal_of("rate", _("Say how many percent."), "required")
    if not 0 < rate <= 100:
        raise refusal_of("rate", _("More than 0 and at most 100 percent."), "percent")
    return {"basis": basis, "amount": NOTHING, "rate": rate}
