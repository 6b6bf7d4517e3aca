"""The job that works a draft out."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.jobs.context import JobContext
from crm.jobs.kinds import JobKind
from crm.jobs.runner import Refused
from visits.planning import proposing
from visits.planning.models import PlanDraft, State


def work(ctx: JobContext) -> dict:
    """Input: {"draft": id}. One that is decided on already is left as it is."""
    draft = PlanDraft.objects.select_related("visitor").filter(pk=ctx.input["draft"]).first()
    if draft is None:
        raise Refused(_("This draft is not there any more."))
    if draft.state not in (State.WAITING, State.READY):
        raise Refused(_("This draft is %(state)s.") % {"state": draft.get_state_display()})
    found = proposing.propose(draft, lambda done, total: ctx.progress(done, total), ctx.stop_event.is_set)
    ctx.check()
    with ctx.effect() as effect:
        try:
            proposing.keep(draft, found)
        except ValidationError as refusal:
            raise Refused("; ".join(refusal.messages)) from refusal
        effect.result = {"draft": draft.pk, "moved": draft.result["moved"], "new": draft.result["new"]}
    return effect.result


def page_of(job) -> str | None:
    made = (job.result or {}).get("draft")
    return reverse("visits:draft", args=[made]) if made else None


DRAFT = JobKind(
    code="visits.draft",
    label=gettext_lazy("Plan of visits worked out"),
    handler=work,
    result_url=page_of,
)
