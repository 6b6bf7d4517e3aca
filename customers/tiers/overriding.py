"""Setting a tier by hand: one proposes, another approves, it ends on a day.

Whoever may change a customer proposes; heads of its region and administrators approve, never their own. What holds is
taken up by the next refresh, which is asked for here.
"""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record, record_many
from crm.clock import now, today
from crm.refusing import refusal_of
from customers.profile.actions import tiers_follow
from customers.profile.models import Customer, State
from customers.tiers.models import Tier, TierDirty, TierStanding
from customers.tiers.overridden import (
    LEAST_REASON,
    LONGEST_DAYS,
    LONGEST_REASON,
    OverrideState,
    TierOverride,
)

EXPIRES_SOON = 14
"""So many days before one ends, those who can renew it are told."""


@transaction.atomic
def propose(
    *,
    customer: Customer,
    tier: str,
    reason: str,
    until: datetime.date,
    by: User | None,
    since: datetime.date | None = None,
) -> TierOverride:
    """Ask for a tier by hand, from `since` (today) to `until`, both included. Raises ValidationError keyed by field."""
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    since, reason = since or today(), " ".join(reason.split())
    _check(held, tier, reason, since, until)
    if TierOverride.objects.filter(customer=held, state=OverrideState.PROPOSED).exists():
        raise ValidationError(_("An override is proposed for this customer already."), code="proposed")
    standing = TierStanding.objects.filter(customer=held).first()
    made = TierOverride.objects.create(
        customer=held,
        tier=tier,
        reason=reason,
        since=since,
        until=until,
        computed_tier=standing.computed_tier if standing else "",
        proposed_by=by,
    )
    changes = {
        "override": [None, tier],
        "computed": [None, made.computed_tier],
        "since": [None, since],
        "until": [None, until],
    }
    record(action="tier_override.propose", target=held, changes=changes, reason=reason, actor=by)
    return made


@transaction.atomic
def approve(*, override: TierOverride, by: User | None, note: str = "", version: int | None = None) -> TierOverride:
    """The second look: from today (or from its first day) it decides the tier. It takes the place of one that holds."""
    held = _held(override, version, OverrideState.PROPOSED)
    note = _said(note)
    if not may_decide(held, by):
        raise ValidationError(_not_theirs(held, by), code="right")
    day = today()
    if held.until < day:
        raise ValidationError(_("Its last day is over: refuse it, and propose another."), code="over")
    if held.customer.state == State.CLOSED:
        raise ValidationError(_("This customer is closed, so it is in no tier."), code="closed")
    held.since = max(held.since, day)
    _make_way(held, by, day)
    _decide(held, OverrideState.IN_FORCE, by, note)
    changes = {"override": [None, held.tier], "since": [None, held.since], "until": [None, held.until]}
    record(action="tier_override.approve", target=held.customer, changes=changes, reason=note, actor=by)
    _tell_tiers(held, by)
    return held


@transaction.atomic
def refuse(*, override: TierOverride, by: User | None, note: str, version: int | None = None) -> TierOverride:
    """It does not come into force; note: why. Whoever proposed it takes it back in the same way."""
    held = _held(override, version, OverrideState.PROPOSED)
    note = _said(note)
    own = by is not None and held.proposed_by_id == by.pk
    if not own and not may_decide(held, by):
        raise ValidationError(_not_theirs(held, by), code="right")
    if not note and not own:
        raise refusal_of("note", _("Say why."), "required")
    _decide(held, OverrideState.REFUSED, by, note)
    action = "tier_override.withdraw" if own else "tier_override.refuse"
    record(action=action, target=held.customer, changes={"override": [held.tier, None]}, reason=note, actor=by)
    return held


@transaction.atomic
def end(*, override: TierOverride, by: User | None, note: str, version: int | None = None) -> TierOverride:
    """From today on the rule decides again."""
    held = _held(override, version, OverrideState.IN_FORCE)
    note = _said(note)
    if not may_end(held, by):
        raise ValidationError(_("Heads of its region and administrators end an override."), code="right")
    if not note:
        raise refusal_of("note", _("Say why."), "required")
    _end(held, by, note, today())
    _tell_tiers(held, by)
    return held


@transaction.atomic
def expire(*, day: datetime.date | None = None) -> int:
    """Mark those whose last day is over; how many. The tiers follow the days, whether or not this has run."""
    day = day or today()
    rows = TierOverride.objects.select_for_update().filter(state=OverrideState.IN_FORCE, until__lt=day)
    over = list(rows.select_related("customer").order_by("pk"))
    for one in over:
        one.state, one.version = OverrideState.EXPIRED, one.version + 1
    TierOverride.objects.bulk_update(over, ["state", "version"], batch_size=500)
    record_many(
        action="tier_override.expire",
        targets=[(one.customer, {"override": [one.tier, None], "until": [one.until, one.until]}) for one in over],
    )
    return len(over)


def may_decide(override: TierOverride, user: User | None) -> bool:
    """Whether this person may approve or refuse it; None is the system. Nobody decides their own proposal."""
    if user is None:
        return override.proposed_by_id is not None
    return override.proposed_by_id != user.pk and may_end(override, user)


def may_end(override: TierOverride, user: User | None) -> bool:
    if user is None:
        return True
    if not user.may_write or not (user.is_head or user.is_admin):
        return False
    return Customer.objects.editable_by(user).filter(pk=override.customer_id).exists()


def _not_theirs(held: TierOverride, by: User | None) -> str:
    if by is not None and held.proposed_by_id == by.pk:
        return _("Somebody else approves it: it takes a second pair of eyes.")
    return _("Heads of its region and administrators decide an override.")


def _check(customer: Customer, tier: str, reason: str, since: datetime.date, until: datetime.date) -> None:
    wrong: dict[str, ValidationError] = {}
    day = today()
    if customer.state == State.CLOSED:
        raise ValidationError(_("This customer is closed, so it is in no tier."), code="closed")
    if tier not in Tier.values:
        wrong["tier"] = ValidationError(_("Choose A, B or C."), code="tier")
    if len(reason) < LEAST_REASON:
        text = _("Say why in at least %(n)d characters: others must understand it in a year.") % {"n": LEAST_REASON}
        wrong["reason"] = ValidationError(text, code="short")
    elif len(reason) > LONGEST_REASON:
        text = _("At most %(n)d characters.") % {"n": LONGEST_REASON}
        wrong["reason"] = ValidationError(text, code="long")
    if since < day:
        wrong["since"] = ValidationError(_("Tiers that were in force stay as they were: begin today or later."), "past")
    if until < since:
        wrong["until"] = ValidationError(_("It must not end before it begins."), code="order")
    elif (until - since).days >= LONGEST_DAYS:
        wrong["until"] = ValidationError(_("A year at most: then somebody looks at it again."), code="long")
    if wrong:
        raise ValidationError(wrong)


def _said(note: str) -> str:
    note = " ".join(note.split())
    if len(note) > LONGEST_REASON:
        raise refusal_of("note", _("At most %(n)d characters.") % {"n": LONGEST_REASON}, "long")
    return note


def _held(override: TierOverride, version: int | None, state: OverrideState) -> TierOverride:
    """The override locked, after its customer: of two people at once the second is told."""
    customer = Customer.objects.select_for_update().get(pk=override.customer_id)
    held = TierOverride.objects.select_for_update().get(pk=override.pk)
    held.customer = customer
    if version is not None and held.version != version:
        raise ValidationError(_("Somebody else has changed this in the meantime; read it again."), code="conflict")
    if held.state != state:
        raise ValidationError(_("This has been decided or is over already."), code="decided")
    return held


def _make_way(held: TierOverride, by: User | None, day: datetime.date) -> None:
    """End the one that holds, where the new one begins at once."""
    other = TierOverride.objects.select_for_update().filter(customer_id=held.customer_id, state=OverrideState.IN_FORCE)
    for one in other:  # at most one: a constraint says so
        if one.until < day:
            one.state = OverrideState.EXPIRED
            one.version += 1
            one.save(update_fields=["state", "version"])
        elif held.since > day:
            text = _("Another holds until %(day)s: approve this one when that is over, or end that first.")
            raise ValidationError(text % {"day": one.until.isoformat()}, code="other")
        else:
            one.customer = held.customer
            _end(one, by, _("Another took its place."), day)


def _end(held: TierOverride, by: User | None, note: str, day: datetime.date) -> None:
    held.state, held.ended_on, held.ended_by, held.end_note = OverrideState.ENDED, day, by, note
    held.version += 1
    held.save()
    changes = {"override": [held.tier, None], "until": [held.until, day]}
    record(action="tier_override.end", target=held.customer, changes=changes, reason=note, actor=by)


def _decide(held: TierOverride, state: OverrideState, by: User | None, note: str) -> None:
    held.state, held.decided_by, held.decided_at, held.review_note = state, by, now(), note
    held.version += 1
    held.save()


def _tell_tiers(held: TierOverride, by: User | None) -> None:
    TierDirty.objects.create(customer_id=held.customer_id)
    tiers_follow(by)
