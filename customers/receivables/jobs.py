"""The nightly look at promises to pay: a day has passed, so some are broken now."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.clock import today
from crm.jobs.kinds import JobKind
from customers.receivables import settling


def follow(ctx) -> dict:
    with ctx.effect() as effect:
        effect.result = settling.follow(today())
    return effect.result


FOLLOW = JobKind(code="promises.follow", label=gettext_lazy("Promises to pay judged"), handler=follow, whole_brand=True)
