"""Jobs of the laboratory and of what falls due: trials of many customers, churn over a year, overrides that end,
policies whose day has come.
"""

from __future__ import annotations

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.clock import now
from crm.jobs.context import JobContext
from crm.jobs.kinds import JobKind
from crm.jobs.runner import Refused
from customers.tiers import adopting, labbing, overriding
from customers.tiers.trials import KEPT_DAYS, TierTrial, TierTrialMove


def _trial(ctx: JobContext) -> TierTrial:
    found = TierTrial.objects.visible_to(ctx.asked_by).select_related("against", "base")
    trial = found.filter(pk=ctx.input["trial"]).first()
    if trial is None:
        raise Refused(_("This trial is not there any more."))
    return trial


def try_out(ctx: JobContext) -> dict:
    """Input: {"trial": id}. Worked out already, it is worked out again, the same."""
    trial = _trial(ctx)
    with ctx.effect() as effect:
        labbing.work_out(trial, lambda done, total: ctx.progress(done, total))
        effect.result = {"trial": trial.pk, "moved": trial.result["moved"]}
    return effect.result


def measure_churn(ctx: JobContext) -> dict:
    """Input: {"trial": id}."""
    trial = _trial(ctx)
    with ctx.effect() as effect:
        labbing.work_out_churn(trial, lambda done, total: ctx.progress(done, total))
        effect.result = {"trial": trial.pk}
    return effect.result


def due(ctx: JobContext) -> dict:
    """What the day brings before the tiers are worked out: overrides end, policies come into force, trials go."""
    with ctx.effect() as effect:
        effect.result = {
            "expired": overriding.expire(),
            "adopted": [one.pk for one in adopting.adopt_due()],
            "swept": sweep(),
        }
    return effect.result


@transaction.atomic
def sweep() -> int:
    """Delete the trials that nobody can want any more; how many. Two statements."""
    before = now() - datetime.timedelta(days=KEPT_DAYS)
    TierTrialMove.objects.filter(trial__created_at__lt=before).delete()
    return TierTrial.objects.filter(created_at__lt=before).delete()[0]


def page_of(job) -> str | None:
    made = (job.result or {}).get("trial")
    return reverse("customers:tier-trial", args=[made]) if made else None


TRIAL = JobKind(
    code="tiers.trial",
    label=gettext_lazy("Tier policy tried out"),
    handler=try_out,
    result_url=page_of,
    whole_brand=True,
)
CHURN = JobKind(
    code="tiers.churn",
    label=gettext_lazy("Churn of a tier policy measured"),
    handler=measure_churn,
    result_url=page_of,
    whole_brand=True,
)
DUE = JobKind(code="tiers.due", label=gettext_lazy("Overrides and policies that are due"), handler=due)
