"""Asking for a trial of a draft, and keeping a draft as a version of a policy."""

from __future__ import annotations

import datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.access import reach_of
from crm.accounts.models import User
from crm.clock import today
from crm.jobs.actions import enqueue
from crm.jobs.models import Job
from crm.refusing import refusal_of
from customers.scores.terms import WEIGHTS
from customers.tiers import actions, counters, labbing
from customers.tiers.models import TierPolicy
from customers.tiers.policies import is_set_based
from customers.tiers.trials import TierTrial

AT_ONCE, AT_ONCE_WITH_OPTIONS = 100_000, 20_000
"""Up to so many customers a trial is worked out while the person waits; options that go through the pure rule, and
other weights, cost more."""


def may_try(user: User | None) -> bool:
    """Heads, administrators, and those who read the whole brand; it judges everybody, whose sums they may know."""
    if user is None or not user.is_authenticated or not user.is_active:
        return False
    return user.is_head or user.is_admin or reach_of(user).everywhere


@transaction.atomic
def ask(
    *, by: User, base: TierPolicy, against: TierPolicy, draft: dict, as_of: datetime.date | None = None
) -> TierTrial:
    """Write a trial down and work it out: at once, or as a job where there are many customers.

    base: the version that the draft began from. Raises ValidationError keyed by field. A trial changes nothing that is
    in force; it is noted in no log.
    """
    if not may_try(by):
        raise PermissionDenied(_("The laboratory is for heads, administrators and those who see the whole brand."))
    as_of = as_of or today()
    if as_of > today():
        raise refusal_of("as_of", _("This day has not come yet."), "future")
    actions.check_day(as_of)
    try:
        rule = labbing.rule_of_draft(draft)
    except (ValueError, TypeError, ArithmeticError) as error:
        text = _("These values contradict each other: %(reason)s") % {"reason": _(str(error))}
        raise ValidationError({"options": text}, code="rule") from error
    trial = TierTrial.objects.create(as_of=as_of, against=against, base=base, draft=draft, asked_by=by)
    many = AT_ONCE if is_set_based(rule) and rule.weights == WEIGHTS else AT_ONCE_WITH_OPTIONS
    if counters.customers() <= many:
        labbing.work_out(trial)
    else:
        trial.job_id = enqueue(kind="tiers.trial", input={"trial": trial.pk}, asked_by=by).pk
        trial.save(update_fields=["job_id"])
    return trial


@transaction.atomic
def ask_churn(*, trial: TierTrial, by: User) -> Job:
    """Replay a year month by month under both policies, as a job."""
    if not may_try(by):
        raise PermissionDenied(_("The laboratory is for heads, administrators and those who see the whole brand."))
    job = enqueue(kind="tiers.churn", input={"trial": trial.pk}, asked_by=by)
    trial.churn_job_id = job.pk
    trial.save(update_fields=["churn_job_id"])
    return job


def keep(*, trial: TierTrial, name: str, note: str, by: User) -> TierPolicy:
    """Write the draft of a trial as a new version of the policy it began from."""
    draft = trial.draft
    return actions.create_policy(
        code=trial.base.code,
        by=by,
        name=name,
        note=note,
        options=dict(draft["options"]),
        top_share=Decimal(draft["top_share"]),
        growth=Decimal(draft["growth"]),
        cooperation_high=int(draft["cooperation_high"]),
        loyalty_high=int(draft["loyalty_high"]),
        min_observations=int(draft["min_observations"]),
    )
