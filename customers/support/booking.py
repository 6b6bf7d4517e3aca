"""What support really costs: rows that are never changed, only taken back by others."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import today
from crm.refusing import refusal_of
from customers.support.actions import held_of, judge, said
from customers.support.models import SHORT, State, SupportCost, SupportRequest


@transaction.atomic
def book_cost(
    *,
    request: SupportRequest,
    amount: Decimal,
    by: User | None,
    booked_on: datetime.date | None = None,
    note: str = "",
    over_reason: str = "",
    version: int | None = None,
) -> SupportCost:
    """More than was granted takes more of entitlement and budget, and is judged like a grant."""
    held = held_of(request, version)
    if not held.is_given:
        raise ValidationError(_("Costs are booked on what was granted."), code="state")
    if amount <= 0:
        raise refusal_of("amount", _("A cost is above 0; to take one back, correct it."), "negative")
    day = booked_on or today()
    if day > today():
        raise refusal_of("booked_on", _("This day is yet to come."), "future")
    if held.decided_on is not None and day < held.decided_on:
        raise refusal_of("booked_on", _("It was granted later than that."), "early")
    note = said("note", note, SHORT)
    held.booked += amount
    try:
        judge(held, by, over_reason)
    except ValidationError as refusal:
        errors = refusal.error_dict
        raise ValidationError({"amount" if k == "granted_amount" else k: v for k, v in errors.items()}) from refusal
    held.version += 1
    held.save()
    made = SupportCost.objects.create(request=held, amount=amount, booked_on=day, note=note, booked_by=by)
    changes = {"support_of": [None, held.pk], "amount": [None, amount], "booked_on": [None, day]}
    record(action="support.cost", target=held.customer, changes=changes, reason=held.over_reason, actor=by)
    return made


@transaction.atomic
def take_back(*, cost: SupportCost, by: User | None, note: str) -> SupportCost:
    """A new row over the same amount below 0."""
    held = held_of(SupportRequest.objects.get(pk=cost.request_id), None)
    note = said("note", note, SHORT)
    if not note:
        raise refusal_of("note", _("Say why."), "required")
    if cost.corrects_id is not None or SupportCost.objects.filter(corrects=cost).exists():
        raise ValidationError(_("This was taken back already."), code="state")
    held.booked -= cost.amount
    held.used = max(held.granted_amount, held.booked) if held.state != State.WITHDRAWN else held.booked
    held.version += 1
    held.save()
    made = SupportCost.objects.create(
        request=held, amount=-cost.amount, booked_on=today(), note=note, corrects=cost, booked_by=by
    )
    changes = {"support_of": [None, held.pk], "amount": [cost.amount, None]}
    record(action="support.cost_back", target=held.customer, changes=changes, reason=note, actor=by)
    return made
