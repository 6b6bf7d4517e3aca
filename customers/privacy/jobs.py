"""Jobs: an erasure that was let go ahead, and the night's retention."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.jobs.kinds import JobKind
from crm.jobs.runner import Refused
from customers.privacy import retention
from customers.privacy.actions import carry_out
from customers.privacy.models import Erasure


def erase(ctx) -> dict | None:
    erasure = Erasure.objects.filter(pk=ctx.input["erasure"]).first()
    if erasure is None or erasure.state not in (Erasure.State.RUNNING, Erasure.State.DONE):
        raise Refused(_("This erasure is no longer wanted."))
    done_before = erasure.state == Erasure.State.DONE
    carry_out(erasure, effect=ctx.effect, by=ctx.asked_by)
    return {"erasure": erasure.pk, "rows": sum(erasure.counts.values())} if done_before else None


def retain(ctx) -> dict:
    return retention.run()


ERASE = JobKind(
    code="privacy.erase",
    label=gettext_lazy("Erase what is held"),
    handler=erase,
    result_url=lambda job: reverse("customers:erasure", args=[job.input["erasure"]]),
)
RETAIN = JobKind(
    code="privacy.retain",
    label=gettext_lazy("Erase what was kept long enough"),
    handler=retain,
    result_url=lambda job: reverse("customers:retention"),
    whole_brand=True,
)
