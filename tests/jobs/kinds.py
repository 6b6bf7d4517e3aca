"""Kinds of job for the tests of the runner, named in settings like any other."""

from __future__ import annotations

from django.core.exceptions import ValidationError

from crm.accounts.actions import create_region
from crm.jobs.kinds import JobKind
from crm.jobs.runner import Refused

seen: list = []  # what handlers saw, emptied by the fixture


def _region(ctx):
    """One effect: a region with the code of the input."""
    with ctx.effect() as outcome:
        create_region(code=ctx.input["code"], name=ctx.input["code"])
        outcome.result = {"made": ctx.input["code"]}


def _plain(ctx):
    seen.append(ctx.job.pk)
    return {"attempt": ctx.job.attempts}


def _breaks(ctx):
    seen.append(ctx.job.pk)
    raise RuntimeError("no good today")


def _half(ctx):
    """Breaks after its writes, inside the effect."""
    with ctx.effect():
        create_region(code=ctx.input["code"], name="half")
        raise RuntimeError("half way")


def _refuses(ctx):
    raise Refused("This will never work.")


def _invalid(ctx):
    raise ValidationError({"code": "Not like this."})


def _steps(ctx):
    for step in range(ctx.input["steps"]):
        seen.append(step)
        hook = ctx.input.get("stop_at")
        if hook == step:
            ctx.stop_event.set()  # what the beat thread does when somebody pressed stop
        ctx.progress(step + 1, ctx.input["steps"], f"step {step + 1}")
    return {"steps": ctx.input["steps"]}


REGION = JobKind(code="test.region", label="region", handler=_region)
PLAIN = JobKind(code="test.plain", label="plain", handler=_plain)
BREAKS = JobKind(code="test.breaks", label="breaks", handler=_breaks, max_attempts=3)
HALF = JobKind(code="test.half", label="half", handler=_half, max_attempts=1)
REFUSES = JobKind(code="test.refuses", label="refuses", handler=_refuses)
INVALID = JobKind(code="test.invalid", label="invalid", handler=_invalid)
STEPS = JobKind(code="test.steps", label="steps", handler=_steps)
ONCE = JobKind(code="test.once", label="once", handler=_breaks, max_attempts=1, may_retry=False)
ALL = ["REGION", "PLAIN", "BREAKS", "HALF", "REFUSES", "INVALID", "STEPS", "ONCE"]
