"""Asking for support, and what becomes of it: granted, refused, withdrawn, delivered, corrected.

Granting is judged by the entitlement of the tier in force on that day and by the budgets of the region the customer
stands in. Whoever goes over one of them needs a reason and must answer for the region; it stays marked.
"""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import today
from crm.refusing import refusal_of
from crm.shell import numbers
from customers.people.models import Person
from customers.profile.models import Customer
from customers.support import budgeting
from customers.support.entitlements import entitlement_of
from customers.support.entitling import NOTHING, commitment
from customers.support.models import LONGEST, SHORT, State, SupportCategory, SupportRequest, Through

BACK_DAYS = 365
_FIELDS = ("category", "what", "asked_amount", "asked_on", "through", "asker", "expected")


@transaction.atomic
def ask(
    *,
    customer: Customer,
    category: SupportCategory,
    what: str,
    by: User | None,
    asked_amount: Decimal | None = None,
    asked_on: datetime.date | None = None,
    through: str = Through.MANAGER,
    asker: Person | None = None,
    expected: str = "",
) -> SupportRequest:
    """by: None is the system, or the dealer through the portal. Raises ValidationError keyed by field."""
    held = locked(customer.pk)
    values = _checked(
        held,
        category=category,
        what=what,
        asked_amount=asked_amount,
        asked_on=asked_on or today(),
        through=through,
        asker=asker,
        expected=expected,
    )
    made = SupportRequest.objects.create(customer=held, written_by=by, **values)
    record(action="support.ask", target=held, changes=_new(told_of(made)), actor=by)
    return made


@transaction.atomic
def grant(
    *,
    request: SupportRequest,
    by: User | None,
    granted_amount: Decimal | None = None,
    answer: str = "",
    expected: str | None = None,
    over_reason: str = "",
    version: int | None = None,
) -> SupportRequest:
    """granted_amount: left out, all that was asked for; less grants it in part. over_reason: why all the same."""
    held = _waiting(request, version)
    amount = granted_amount if granted_amount is not None else held.asked_amount or NOTHING
    _check_granted(held.asked_amount, amount)
    held.answer = said("answer", answer, LONGEST)
    if expected is not None:
        held.expected = said("expected", expected, SHORT)
    held.granted_amount, held.state = amount, _granted_state(held.asked_amount, amount)
    held.decided_on, held.decided_by, held.region = today(), by, held.customer.region
    judge(held, by, over_reason)
    _save(held)
    changes = {"granted_amount": [None, amount], "answer": [None, held.answer]}
    record(action="support.grant", target=held.customer, changes=_of(held, changes), reason=held.over_reason, actor=by)
    return held


@transaction.atomic
def refuse(*, request: SupportRequest, by: User | None, reason: str, version: int | None = None) -> SupportRequest:
    held = _waiting(request, version)
    held.answer = _required("reason", said("reason", reason, LONGEST))
    held.state, held.decided_on, held.decided_by, held.region = State.REFUSED, today(), by, held.customer.region
    held.tier = entitlement_of(held.customer, today()).tier
    _save(held)
    record(action="support.refuse", target=held.customer, changes=_of(held, {"answer": [None, held.answer]}), actor=by)
    return held


@transaction.atomic
def withdraw(*, request: SupportRequest, by: User | None, reason: str, version: int | None = None) -> SupportRequest:
    """The customer wants it no more, or we take it back before it was delivered; what it cost so far stays counted."""
    held = held_of(request, version)
    if held.state not in (State.ASKED, State.GRANTED, State.PARTLY):
        raise _over(held)
    before = held.state
    held.answer = _required("reason", said("reason", reason, LONGEST))
    held.state, held.used = State.WITHDRAWN, held.booked
    _save(held)
    changes = {"support_state": [before, held.state], "answer": [None, held.answer]}
    record(action="support.withdraw", target=held.customer, changes=_of(held, changes), actor=by)
    return held


@transaction.atomic
def deliver(
    *, request: SupportRequest, by: User | None, on: datetime.date | None = None, version: int | None = None
) -> SupportRequest:
    """What was granted has arrived."""
    held = held_of(request, version)
    if held.state not in (State.GRANTED, State.PARTLY):
        raise _over(held)
    day = on or today()
    if day > today():
        raise refusal_of("on", _("This day is yet to come."), "future")
    if held.decided_on is not None and day < held.decided_on:
        raise refusal_of("on", _("It was granted later than that."), "early")
    held.state, held.delivered_on = State.DELIVERED, day
    _save(held)
    record(action="support.deliver", target=held.customer, changes=_of(held, {"delivered_on": [None, day]}), actor=by)
    return held


@transaction.atomic
def correct(
    *,
    request: SupportRequest,
    by: User | None,
    reason: str,
    version: int | None = None,
    over_reason: str = "",
    **fields: Any,
) -> SupportRequest:
    """A new row with other values (those of `ask`, and `granted_amount` of what was granted) in place of this one.

    The old row stays as it was and counts no more. Not while costs are booked on it: take these back first.
    """
    unknown = set(fields) - {*_FIELDS, "granted_amount"}
    if unknown:
        raise TypeError(f"a request has no {', '.join(sorted(unknown))}")
    reason = _required("reason", said("reason", reason, SHORT))
    held = held_of(request, version)
    if held.booked:
        raise ValidationError(_("Costs are booked on this: take them back first."), code="booked")
    before = told_of(held) | {"granted_amount": held.granted_amount}
    values = {name: getattr(held, name) for name in _FIELDS} | {n: v for n, v in fields.items() if n in _FIELDS}
    values = _checked(held.customer, kept=held, **values)
    held.live = False
    _save(held)
    new = SupportRequest.objects.get(pk=held.pk)
    new.pk, new.corrects, new.live, new.version, new.written_by = None, held, True, 1, by
    new._state.adding = True
    for name, value in values.items():
        setattr(new, name, value)
    if held.is_given:
        new.granted_amount = fields.get("granted_amount", held.granted_amount)
        _check_granted(new.asked_amount, new.granted_amount)
        if held.state != State.DELIVERED:
            new.state = _granted_state(new.asked_amount, new.granted_amount)
        judge(new, by, over_reason, anew=new.category.draws_on != held.category.draws_on)
    elif "granted_amount" in fields:
        raise refusal_of("granted_amount", _("Nothing was granted."), "state")
    new.save()
    changes = diff(before, told_of(new) | {"granted_amount": new.granted_amount})
    if not changes:
        raise ValidationError(_("This changes nothing."), code="same")
    record(action="support.correct", target=held.customer, changes=_of(new, changes), reason=reason, actor=by)
    return new


# --- entitlement and budget -----------------------------------------------------------------------------------------


def judge(row: SupportRequest, by: User | None, over_reason: str, *, anew: bool = False) -> None:
    """Sets what the row takes, and refuses what neither entitlement nor budget allow. Raises ValidationError.

    On the day of the decision, with the tier that was in force then. The budgets stay locked until the end. anew: it
    draws on another entitlement than before, on which nothing of it was judged so far.
    """
    day, region = row.decided_on or today(), row.region
    if region is None:
        raise TypeError("what is given is given by a region")
    was = row.used
    row.used = commitment(row.is_given, row.granted_amount, row.booked)
    found = budgeting.spendings(region, day, but=row.pk, lock=True)
    card = entitlement_of(row.customer, day)
    if day == today():
        row.tier = card.tier
    left = card.left(row.category.draws_on)
    if left is not None and not row._state.adding:
        left += was  # its own part is in the card
    beyond = left is not None and row.used > max(left, NOTHING)
    over = budgeting.exceeded(found, row.used)
    if row.used <= was and not anew:
        return  # less than before goes over nothing anew
    if not beyond and not over:
        return
    over_reason = said("over_reason", over_reason, SHORT)
    answers = by is None or (
        budgeting.may_overspend(by, region) and all(budgeting.may_overspend(by, one.region) for one in over)
    )
    if not over_reason or not answers:
        raise _too_much(left if beyond else None, over, row, by)
    row.over_budget, row.over_entitlement = row.over_budget or bool(over), row.over_entitlement or beyond
    row.over_reason = over_reason


def _too_much(
    left: Decimal | None, over: list[budgeting.Spending], row: SupportRequest, by: User | None
) -> ValidationError:
    """A budget of a region above is told without its figures to who does not see it."""
    errors, amount = [], row.used
    seen = over if by is None or row.region is None else budgeting.seen_by(by, over, row.region)
    for one in over:
        if one not in seen:
            text = _(
                "%(amount)s is more than the budget above has left this quarter."
                " Who answers for it or an administrator may grant it all the same, with a reason."
            )
            errors.append(ValidationError(text % {"amount": _money(amount)}, code="budget"))
            continue
        text = _(
            "%(amount)s is more than the budget of %(region)s has left this quarter: %(left)s of %(budget)s."
            " Its head or an administrator may grant it all the same, with a reason."
        )
        values = {"amount": _money(amount), "region": one.region.name, "left": _money(one.left)}
        errors.append(ValidationError(text % {**values, "budget": _money(one.amount)}, code="budget"))
    if left is not None:
        text = _(
            "%(amount)s is more than the customer is entitled to: %(left)s is left."
            " The region's head or an administrator may grant it all the same, with a reason."
        )
        errors.append(ValidationError(text % {"amount": _money(amount), "left": _money(left)}, code="entitlement"))
    return ValidationError({"granted_amount": errors})


def _money(value: Decimal | None) -> str:
    return numbers.money(value, settings.CURRENCY)


# --- what is written in common --------------------------------------------------------------------------------------


def tidy(text: str) -> str:
    return text.replace("\0", "").replace("\r\n", "\n").strip()


def said(field: str, text: str, most: int) -> str:
    text = tidy(text)
    if len(text) > most:
        raise refusal_of(field, _("%(most)d characters at most.") % {"most": most}, "long")
    return text


def told_of(row: SupportRequest) -> dict[str, Any]:
    """What the log tells of a request."""
    return {
        "support_category": row.category.code,
        "what": row.what,
        "asked_amount": row.asked_amount,
        "asked_on": row.asked_on,
        "through": row.through,
        "asker": row.asker,
        "expected": row.expected,
    }


def locked(customer_id: int) -> Customer:
    """Two who decide for one customer wait for each other, so that both see what is left of its entitlement."""
    rows = Customer.objects.select_for_update(of=("self",)).select_related("region", "standing")
    return rows.get(pk=customer_id)


def held_of(request: SupportRequest, version: int | None) -> SupportRequest:
    """The customer first, then the request; budgets come last."""
    locked(SupportRequest.objects.values_list("customer_id", flat=True).get(pk=request.pk))
    rows = SupportRequest.objects.select_for_update(of=("self",))
    held = rows.select_related("customer__region", "customer__standing", "category", "asker", "region").get(
        pk=request.pk
    )
    if version is not None and version != held.version:
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    if not held.live:
        raise ValidationError(_("This was corrected: look at the row that took its place."), code="corrected")
    return held


def _waiting(request: SupportRequest, version: int | None) -> SupportRequest:
    held = held_of(request, version)
    if not held.is_open:
        raise _over(held)
    return held


def _over(held: SupportRequest) -> ValidationError:
    text = _("This is %(state)s already.") % {"state": held.get_state_display()}
    if held.is_open:
        text = _("Nothing was granted yet.")
    return ValidationError(text, code="state")


def _checked(customer: Customer, kept: SupportRequest | None = None, **values: Any) -> dict[str, Any]:
    wrong: dict[str, Any] = {}
    values["what"], values["expected"] = tidy(values["what"]), tidy(values["expected"])
    if not values["what"]:
        wrong["what"] = ValidationError(_("Say what was asked for."), code="required")
    for name, most in (("what", LONGEST), ("expected", SHORT)):
        if len(values[name]) > most:
            wrong[name] = ValidationError(_("%(most)d characters at most.") % {"most": most}, code="long")
    if values["asked_amount"] is not None and values["asked_amount"] < 0:
        wrong["asked_amount"] = ValidationError(_("An amount asked for is not below 0."), code="negative")
    if values["asked_on"] > today():
        wrong["asked_on"] = ValidationError(_("This day is yet to come."), code="future")
    elif (today() - values["asked_on"]).days > BACK_DAYS and (kept is None or kept.asked_on != values["asked_on"]):
        text = _("Requests are written down %(days)d days back at most.") % {"days": BACK_DAYS}
        wrong["asked_on"] = ValidationError(text, code="past")
    elif kept is not None and kept.decided_on is not None and values["asked_on"] > kept.decided_on:
        wrong["asked_on"] = ValidationError(_("It was decided before that day."), code="late")
    if values["through"] not in Through.values:
        wrong["through"] = ValidationError(_("There is no such way."), code="through")
    if not values["category"].is_active and (kept is None or kept.category_id != values["category"].pk):
        wrong["category"] = ValidationError(_("This kind of support is not given any more."), code="category")
    asker = values["asker"]
    is_new = asker is not None and (kept is None or kept.asker_id != asker.pk)
    if is_new and not asker.roles.filter(customer=customer).exists():
        wrong["asker"] = ValidationError(_("This person is not of this customer."), code="person")
    if wrong:
        raise ValidationError(wrong)
    return values


def _check_granted(asked: Decimal | None, amount: Decimal) -> None:
    if amount < 0:
        raise refusal_of("granted_amount", _("An amount granted is not below 0."), "negative")
    if asked is not None and amount > asked:
        raise refusal_of("granted_amount", _("This is more than was asked for."), "more")
    if asked and not amount:
        raise refusal_of("granted_amount", _("Who is given nothing is refused, with a reason."), "nothing")


def _granted_state(asked: Decimal | None, amount: Decimal) -> State:
    return State.PARTLY if asked is not None and amount < asked else State.GRANTED


def _required(field: str, text: str) -> str:
    if not text:
        raise refusal_of(field, _("Say why."), "required")
    return text


def _save(held: SupportRequest) -> None:
    held.version += 1
    held.save()


def _new(told: dict[str, Any]) -> dict[str, Any]:
    return {name: pair for name, pair in diff({}, told).items() if pair[1] not in (None, "")}


def _of(held: SupportRequest, changes: dict[str, Any]) -> dict[str, Any]:
    """A customer has many requests: the log says which."""
    return {"support_of": [None, held.pk], **{name: pair for name, pair in changes.items() if pair[1] != ""}}
