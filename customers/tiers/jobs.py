"""The jobs that run tiers: a refresh of now (nightly and after imports), and a run a person asked for."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.jobs.kinds import JobKind
from customers.tiers import actions
from customers.tiers.models import TierPolicy, TierRun


def refresh(ctx) -> dict:
    """Input: {"full": true} works out everything anew."""
    with ctx.effect() as effect:
        run = actions.refresh(
            asked_by=ctx.asked_by, full=bool(ctx.input.get("full")), tell=lambda done, total: ctx.progress(done, total)
        )
        effect.result = summary(run)
    return effect.result


def run(ctx) -> dict:
    """Input: {"as_of": "2021-12-31", "policy": "article"}, both optional; a policy is named code or code:version."""
    as_of, policy = read_input(ctx.input)
    with ctx.effect() as effect:
        made = actions.run(
            as_of=as_of, policy=policy, asked_by=ctx.asked_by, tell=lambda done, total: ctx.progress(done, total)
        )
        effect.result = summary(made)
    return effect.result


def read_input(values: dict) -> tuple[datetime.date | None, TierPolicy | None]:
    """Day and policy of an input. Raises ValidationError, keyed by field, for what is unknown."""
    as_of = read_day(str(values["as_of"])) if values.get("as_of") else None
    policy = find_policy(str(values["policy"])) if values.get("policy") else None
    return as_of, policy


def read_day(text: str) -> datetime.date:
    try:
        as_of = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError({"as_of": _("Enter a date such as 2021-12-31.")}, code="invalid") from error
    actions.check_day(as_of)
    return as_of


def find_policy(name: str) -> TierPolicy:
    """The policy named `code` (the adopted version, else the newest) or `code:version`."""
    code, _colon, version = name.partition(":")
    found = None
    if version:
        if version.isascii() and version.isdigit() and len(version) < 10:
            found = TierPolicy.objects.filter(code=code, version=version).first()
    else:
        adopted = TierPolicy.objects.adopted()
        found = adopted if adopted is not None and adopted.code == code else TierPolicy.objects.current(code)
    if found is None:
        raise ValidationError({"policy": _("No policy is called “%(name)s”.") % {"name": name}}, code="unknown")
    return found


def summary(run: TierRun) -> dict:
    """What commands and job rows tell of a run."""
    return {
        "run": run.pk,
        "as_of": run.as_of.isoformat(),
        "policy": run.policy.code,
        "A": run.a,
        "B": run.b,
        "C": run.c,
        "changed": run.changed,
        "seconds": run.seconds,
    }


REFRESH = JobKind(
    code="tiers.refresh", label=gettext_lazy("Tiers brought up to date"), handler=refresh, whole_brand=True
)


def page_of(job) -> str | None:
    """The page of the run that a finished job made."""
    made = (job.result or {}).get("run")
    return reverse("customers:tier-run-detail", args=[made]) if made else None


RUN = JobKind(code="tiers.run", label=gettext_lazy("Tier run"), handler=run, result_url=page_of, whole_brand=True)
