"""Putting a policy in force from a day to come: decided now, done by the nightly job on that day.

Whatever was decided under the policies before stays as it was.
"""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import now, today
from crm.jobs.actions import enqueue
from crm.refusing import refusal_of
from customers.tiers import actions
from customers.tiers.models import TierPolicy

FURTHEST_DAYS = 731


@transaction.atomic
def adopt_from(*, policy: TierPolicy, day: datetime.date | None, by: User | None, reason: str = "") -> TierPolicy:
    """Adopt a policy from a day on: today (or None) at once, a later one by the nightly job. Administrators only."""
    if day is None or day == today():
        return actions.adopt(policy=policy, by=by, reason=reason)
    actions.check_admin(by)
    if day < today():
        raise refusal_of("day", _("What was decided before stays: choose today or a later day."), "past")
    if (day - today()).days > FURTHEST_DAYS:
        raise refusal_of("day", _("Two years ahead at most."), "far")
    actions.one_at_a_time()
    held = TierPolicy.objects.get(pk=policy.pk)
    before = held.adopted_from
    held.adopted_from, held.planned_by, held.planned_note = day, by, reason[:300]
    held.save(update_fields=["adopted_from", "planned_by", "planned_note"])
    record(
        action="tier_policy.plan", target=held, changes={"adopted_from": [before, day]}, reason=reason[:300], actor=by
    )
    return held


@transaction.atomic
def call_off(*, policy: TierPolicy, by: User | None) -> TierPolicy:
    """What was to come into force does not."""
    actions.check_admin(by)
    actions.one_at_a_time()
    held = TierPolicy.objects.get(pk=policy.pk)
    if held.adopted_from is None:
        raise ValidationError(_("No day is set for this policy."), code="planned")
    before = held.adopted_from
    held.adopted_from, held.planned_by, held.planned_note = None, None, ""
    held.save(update_fields=["adopted_from", "planned_by", "planned_note"])
    record(action="tier_policy.unplan", target=held, changes={"adopted_from": [before, None]}, actor=by)
    return held


def planned() -> list[TierPolicy]:
    """Policies that are to come into force, the next one first."""
    rows = TierPolicy.objects.filter(adopted_from__isnull=False).select_related("planned_by")
    return list(rows.order_by("adopted_from", "pk"))


@transaction.atomic
def adopt_due(*, day: datetime.date | None = None) -> list[TierPolicy]:
    """Put in force what is due, in the order of its days; the last stays in force. Run twice, it does nothing more."""
    day = day or today()
    actions.one_at_a_time()
    due = list(TierPolicy.objects.filter(adopted_from__lte=day).order_by("adopted_from", "pk"))
    for one in due:  # as a rule none, now and then one
        before = TierPolicy.objects.adopted()
        asked, why = one.planned_by, one.planned_note
        one.adopted_from, one.planned_by, one.planned_note = None, None, ""
        changes = {"adopted": [str(before) if before else None, str(one)], "decided_by": [None, asked]}
        if before is None or before.pk != one.pk:
            one.adopted_at = now()
            record(action="tier_policy.adopt", target=one, changes=changes, reason=why)
            actions.weigh(one, day)
        one.save(update_fields=["adopted_at", "adopted_from", "planned_by", "planned_note"])
    if due:
        enqueue(kind="tiers.refresh", input={"full": True})
    return due
