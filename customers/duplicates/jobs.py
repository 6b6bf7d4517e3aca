"""The jobs of duplicates: the nightly scan, and merges too large for a page to wait for."""

from __future__ import annotations

from dataclasses import asdict

from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.jobs.kinds import JobKind
from customers.duplicates import actions, scanning
from customers.duplicates.models import Merge


def scan(ctx) -> dict:
    """Reads and compares without a lock; writes only what differs, so that a second run changes nothing."""
    finish = scanning.scan(lambda done, total: ctx.progress(done, total))
    with ctx.effect() as effect:
        effect.result = asdict(finish())
    return effect.result


def merge(ctx) -> dict:
    with ctx.effect() as effect:
        made = actions.carry_out(merge=Merge.objects.get(pk=ctx.input["merge"]), by=ctx.asked_by)
        effect.result = {"merge": made.pk, "rows": sum(made.moved.values())}
    return effect.result


def unmerge(ctx) -> dict:
    with ctx.effect() as effect:
        made = actions.take_back(merge=Merge.objects.get(pk=ctx.input["merge"]), by=ctx.asked_by)
        effect.result = {"merge": made.pk, "rows": sum(made.moved.values())}
    return effect.result


def _page_of(job) -> str | None:
    made = (job.result or {}).get("merge")
    return reverse("customers:merge", args=[made]) if made else None


SCAN = JobKind(
    code="duplicates.scan",
    label=gettext_lazy("Look for duplicates"),
    handler=scan,
    result_url=lambda job: reverse("customers:duplicates"),
    whole_brand=True,
)
MERGE = JobKind(code="customers.merge", label=gettext_lazy("Merge customers"), handler=merge, result_url=_page_of)
UNMERGE = JobKind(
    code="customers.unmerge", label=gettext_lazy("Undo a merge of customers"), handler=unmerge, result_url=_page_of
)
