"""Actions on many customers in the background: a page a transaction, each guarded by the job's fence."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.jobs.context import JobContext, Superseded
from crm.jobs.kinds import JobKind
from crm.jobs.models import Job
from crm.jobs.runner import Refused
from customers.care import bulk
from customers.care.models import BulkAction


def do(ctx: JobContext) -> dict:
    """Goes on where it was stopped; done already, it changes nothing."""
    action = _action(ctx)
    _pages(ctx, action, bulk.do_page, lambda: action.changed + action.unchanged + action.refused, action.total)
    return {
        "action": action.pk,
        "changed": action.changed,
        "unchanged": action.unchanged,
        "refused": action.refused,
    }


def undo(ctx: JobContext) -> dict:
    action = _action(ctx)
    _pages(ctx, action, bulk.undo_page, lambda: action.undone + action.left, action.changed)
    return {"action": action.pk, "undone": action.undone, "left": action.left}


def _action(ctx: JobContext) -> BulkAction:
    action = BulkAction.objects.filter(pk=ctx.input["action"]).first()
    if action is None or not ctx.asked_by.is_active or not ctx.asked_by.may_write:
        raise Refused(_("Whoever asked for this may not change customers any more."))
    return action


def _pages(
    ctx: JobContext, action: BulkAction, page: Callable[[BulkAction], bool], done: Callable[[], int], total: int
) -> None:
    more = True
    while more:
        ctx.progress(done(), total)
        with transaction.atomic():
            _hold(ctx)
            more = page(action)
    ctx.progress(done(), max(total, done()))


def _hold(ctx: JobContext) -> None:
    """A worker that was frozen and replaced writes no page: the job's row is held by who has its fence."""
    mine = Job.objects.select_for_update().filter(pk=ctx.job.pk, fence=ctx.fence, state=Job.State.RUNNING)
    if not mine.values_list("pk").first():
        raise Superseded


def _page_of(job) -> str:
    return reverse("customers:bulk", args=[job.input["action"]])


DO = JobKind(code="bulk.do", label=gettext_lazy("Change many customers"), handler=do, result_url=_page_of)
UNDO = JobKind(
    code="bulk.undo", label=gettext_lazy("Take back a change of many customers"), handler=undo, result_url=_page_of
)
