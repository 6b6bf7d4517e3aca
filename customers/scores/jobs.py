"""The job that works scores out: everybody at night, before the tiers; between, those with new evidence."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.jobs.kinds import JobKind
from customers.scores import actions
from customers.scores.actions import Computed
from customers.scores.terms import TRAITS


def compute(ctx) -> dict:
    """Input: {"touched": true} looks at new evidence only, where the day was worked out before."""
    with ctx.effect() as effect:
        tell = ctx.progress
        if ctx.input.get("touched"):
            found = actions.follow(tell=tell)
        else:
            found = actions.compute(tell=tell)
        effect.result = summary(found) if found is not None else {}
    return effect.result


def summary(found: Computed) -> dict:
    """What the command and job rows tell of a run. Means are points of those with enough evidence."""
    told = {"as_of": found.as_of.isoformat(), "examined": found.examined, "changed": found.changed}
    for trait in TRAITS:
        known, high, mean = found.counts.get(trait, (0, 0, None))
        told[trait] = {"known": known, "high": high, "mean": None if mean is None else round(float(mean) / 100, 2)}
    return {**told, "seconds": found.seconds}


COMPUTE = JobKind(code="scores.compute", label=gettext_lazy("Scores worked out"), handler=compute, whole_brand=True)
