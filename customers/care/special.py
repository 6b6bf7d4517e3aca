"""Special customers: a person of their own, for a reason, looked at anew on a day, until a rule ends it."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import today
from customers.profile.actions import check_manager
from customers.profile.models import Customer, SpecialCare

_FIELDS = ("user", "reason", "review_on", "exit_rule")


@transaction.atomic
def begin_care(
    *,
    customer: Customer,
    user: User,
    reason: str,
    review_on: datetime.date,
    exit_rule: str,
    by: User | None,
    since: datetime.date | None = None,
) -> SpecialCare:
    """Raises ValidationError keyed by field; `open` when the customer is special already."""
    since = since or today()
    words = _checked(reason=reason, exit_rule=exit_rule)
    _check_review(review_on, since)
    check_manager(user, by)
    Customer.objects.select_for_update().get(pk=customer.pk)  # of two at once the second is told
    if SpecialCare.objects.open().filter(customer=customer).exists():
        raise ValidationError(_("This customer is a special one already."), code="open")
    made = SpecialCare.objects.create(
        customer=customer, user=user, since=since, review_on=review_on, made_by=by, **words
    )
    changes = {name: [None, value] for name, value in _values(made).items()}
    record(action="special.begin", target=customer, changes=changes, actor=by)
    return made


@transaction.atomic
def review_care(
    *,
    care: SpecialCare,
    by: User,
    user: User,
    reason: str,
    review_on: datetime.date,
    exit_rule: str,
    version: int | None = None,
) -> SpecialCare:
    """It goes on: with a later day to look again, perhaps another person or reason."""
    held = _held(care, version)
    words = _checked(reason=reason, exit_rule=exit_rule)
    _check_review(review_on, max(held.since, today()))
    if user.pk != held.user_id:
        check_manager(user, by)
    before = _values(held)
    held.user, held.review_on = user, review_on
    held.reason, held.exit_rule = words["reason"], words["exit_rule"]
    changes = diff(before, _values(held))
    if changes:
        held.version += 1
        held.save()
        record(action="special.review", target=held.customer, changes=changes, actor=by)
    return held


@transaction.atomic
def end_care(*, care: SpecialCare, by: User, outcome: str, version: int | None = None) -> SpecialCare:
    """outcome: what came of it. A customer may become special again later."""
    held = _held(care, version)
    outcome = " ".join(outcome.split())
    if not outcome:
        raise ValidationError({"outcome": ValidationError(_("Say what came of it."), code="required")})
    held.ended_on, held.outcome, held.version = max(held.since, today()), outcome[:300], held.version + 1
    held.save()
    changes = {"ended_on": [None, held.ended_on], "outcome": [None, held.outcome]}
    record(action="special.end", target=held.customer, changes=changes, actor=by)
    return held


def _held(care: SpecialCare, version: int | None) -> SpecialCare:
    held = SpecialCare.objects.select_for_update(of=("self",)).select_related("customer", "user").get(pk=care.pk)
    if version is not None and version != held.version:
        text = _("Somebody else has changed this in the meantime; look at it again.")
        raise ValidationError(text, code="conflict")
    if held.ended_on is not None:
        raise ValidationError(_("This has ended already."), code="ended")
    return held


def _checked(**texts: str) -> dict[str, str]:
    found = {name: " ".join(text.split()) for name, text in texts.items()}
    wrong = {name: ValidationError(_("This field is required."), code="required") for name in found if not found[name]}
    long = {
        name: ValidationError(_("300 characters at most."), code="long") for name in found if len(found[name]) > 300
    }
    if wrong or long:
        raise ValidationError({**wrong, **long})
    return found


def _check_review(review_on: datetime.date | None, earliest: datetime.date) -> None:
    if review_on is None:
        raise ValidationError({"review_on": ValidationError(_("This field is required."), code="required")})
    if review_on <= earliest:
        raise ValidationError({"review_on": ValidationError(_("Choose a later day."), code="past")})


def _values(care: SpecialCare) -> dict:
    return {
        "dedicated": str(care.user),
        "reason": care.reason,
        "review_on": care.review_on,
        "exit_rule": care.exit_rule,
    }
