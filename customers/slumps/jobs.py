"""The job that looks for slumps: nightly, and after each import of sales."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.jobs.kinds import JobKind
from customers.slumps import detecting, telling
from customers.slumps.detecting import Found


def detect(ctx) -> dict:
    """Input: {"full": true} learns all days of the ledger anew."""
    with ctx.effect() as effect:
        found = detecting.detect(full=bool(ctx.input.get("full")), tell=lambda done, total: ctx.progress(done, total))
        telling.tell(found.as_of)
        effect.result = summary(found)
    return effect.result


def summary(found: Found) -> dict:
    return {
        "as_of": found.as_of.isoformat(),
        "examined": found.examined,
        "opened": found.opened,
        "closed": found.closed,
        "open": found.open,
        "silent": found.silent,
        "seconds": found.seconds,
    }


def page_of(job) -> str:
    return reverse("slumps:list")


DETECT = JobKind(
    code="slumps.detect",
    label=gettext_lazy("Slumps looked for"),
    handler=detect,
    result_url=page_of,
    whole_brand=True,
)
