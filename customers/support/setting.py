"""What tiers are entitled to, exceptions for one customer, and the list of kinds of support."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.profile.models import Customer
from customers.support import budgeting
from customers.support.actions import locked, said
from customers.support.entitling import PERCENT, PERIODIC, UNITS
from customers.support.models import SHORT, Entitlement, EntitlementException, Period, SupportCategory
from customers.tiers.models import TierPolicy

LONGEST_EXCEPTION = datetime.timedelta(days=366)


@transaction.atomic
def set_entitlement(
    *,
    policy: TierPolicy,
    tier: str,
    gives: str,
    amount: Decimal,
    by: User | None,
    period: str = "",
    since: datetime.date | None = None,
    kind: str = "",
    note: str = "",
) -> Entitlement:
    """A new row; what held before holds until its day. An amount of 0 ends it. Not for days that have passed: what was
    decided on them was decided by what held then.
    """
    day = since or today()
    if day < today():
        raise refusal_of("since", _("This day has passed: what was decided since then would look wrong."), "past")
    check_quantity(gives, amount, period)
    values = {"tier": tier, "kind": kind, "gives": gives, "amount": amount, "period": period, "since": day}
    values["note"] = said("note", note, SHORT)
    made = Entitlement(policy=policy, made_by=by, **values)
    made.full_clean(exclude=["policy", "made_by"])
    made.save()
    told = {name: pair for name, pair in diff({}, values).items() if pair[1] != ""}
    record(action="support.entitlement", target=policy, changes=told, actor=by)
    return made


@transaction.atomic
def propose_exception(
    *,
    customer: Customer,
    gives: str,
    amount: Decimal,
    until: datetime.date,
    reason: str,
    by: User | None,
    period: str = "",
    since: datetime.date | None = None,
) -> EntitlementException:
    """It holds when somebody else has agreed. until: the first day it no longer holds."""
    held = locked(customer.pk)
    day = since or today()
    check_quantity(gives, amount, period)
    if day < today():
        raise refusal_of("since", _("This day has passed."), "past")
    if until <= day:
        raise refusal_of("until", _("An exception must end after it begins."), "order")
    if until - day > LONGEST_EXCEPTION:
        raise refusal_of("until", _("An exception lasts a year at most; then it is judged anew."), "far")
    reason = said("reason", reason, SHORT)
    if not reason:
        raise refusal_of("reason", _("Say why."), "required")
    values = {"gives": gives, "amount": amount, "period": period, "since": day, "until": until, "reason": reason}
    made = EntitlementException.objects.create(customer=held, made_by=by, **values)
    told = {name: pair for name, pair in diff({}, values).items() if pair[1] != ""}
    record(action="support.exception", target=held, changes=told, actor=by)
    return made


@transaction.atomic
def approve_exception(*, exception: EntitlementException, by: User) -> EntitlementException:
    held = _exception(exception)
    if held.approved_at is not None or held.dropped_at is not None:
        raise ValidationError(_("This was decided already."), code="state")
    if held.made_by_id == by.pk:
        raise ValidationError(_("Somebody else has to agree: you wrote this down yourself."), code="two")
    if not budgeting.may_overspend(by, held.customer.region):
        raise ValidationError(_("Exceptions are agreed by the region's head or an administrator."), code="role")
    if held.until <= today():
        raise ValidationError(_("This has expired."), code="late")
    held.approved_by, held.approved_at = by, now()
    held.save()
    record(action="support.exception_agreed", target=held.customer, changes=_told(held), actor=by)
    return held


@transaction.atomic
def drop_exception(*, exception: EntitlementException, by: User | None) -> EntitlementException:
    """One that waits is dropped; one in force ends today; what was decided by it stays."""
    held = _exception(exception)
    if held.dropped_at is not None or held.until <= today():
        raise ValidationError(_("This is over already."), code="state")
    if by is not None and not may_drop(by, held):
        text = _(
            "Exceptions are dropped by the region's head or an administrator; one that waits also by who proposed it."
        )
        raise ValidationError(text, code="role")
    held.dropped_by, held.dropped_at = by, now()
    if held.approved_at is not None:
        held.until = max(today(), held.since)
    held.save()
    record(action="support.exception_dropped", target=held.customer, changes=_told(held), actor=by)
    return held


@transaction.atomic
def add_category(*, by: User | None, **values: Any) -> SupportCategory:
    made = SupportCategory(**values)
    made.full_clean()
    made.save()
    record(action="support.category", target=made, changes=diff({}, values), actor=by)
    return made


@transaction.atomic
def change_category(*, category: SupportCategory, by: User | None, **values: Any) -> SupportCategory:
    """Past requests keep it; what it draws on holds for them too."""
    held = SupportCategory.objects.select_for_update().get(pk=category.pk)
    changes = diff({name: getattr(held, name) for name in values}, values)
    for name, value in values.items():
        setattr(held, name, value)
    held.full_clean()
    if changes:
        held.save()
        record(action="support.category", target=held, changes=changes, actor=by)
    return held


def check_quantity(gives: str, amount: Decimal, period: str) -> None:
    """Whether an amount and a period fit what is given."""
    if gives not in UNITS:
        raise refusal_of("gives", _("There is no such thing to give."), "gives")
    if amount < 0:
        raise refusal_of("amount", _("An amount is not below 0."), "negative")
    if UNITS[gives] == PERCENT and amount > 100:
        raise refusal_of("amount", _("A discount is the whole price at most."), "percent")
    if period not in Period.values:
        raise refusal_of("period", _("There is no such period."), "period")
    if gives in PERIODIC and not period:
        raise refusal_of("period", _("Say for which period it is given."), "required")
    if gives not in PERIODIC and period:
        raise refusal_of("period", _("This holds all the time: leave the period out."), "period")


def may_drop(user: User, exception: EntitlementException) -> bool:
    """exception: with its customer and the region it stands in."""
    if exception.approved_at is None and exception.made_by_id == user.pk:
        return user.may_write
    return budgeting.may_overspend(user, exception.customer.region)


def _exception(exception: EntitlementException) -> EntitlementException:
    locked(exception.customer_id)
    rows = EntitlementException.objects.select_for_update(of=("self",)).select_related("customer__region")
    return rows.get(pk=exception.pk)


def _told(held: EntitlementException) -> dict[str, Any]:
    return {"gives": [None, held.gives], "amount": [None, held.amount], "until": [None, held.until]}
