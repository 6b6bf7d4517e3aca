"""The night's look at issues: those that are late are shown to the heads, each once."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext_lazy

from crm.audit.actions import record_many
from crm.clock import now, today
from crm.jobs.kinds import JobKind
from customers.issues.models import Issue, IssueStep, What
from customers.issues.telling import tell_heads

AT_ONCE = 500


@transaction.atomic
def escalate(day) -> int:
    """Mark what is late and was not marked yet; says how many. A few statements a page, none for what was marked.

    Heads of the customer's region and of those above it are told.
    """
    count, last = 0, 0
    while page := list(
        Issue.objects.late(day)
        .filter(escalated_at__isnull=True, pk__gt=last)
        .select_for_update(of=("self",))
        .select_related("customer__region")
        .order_by("pk")[:AT_ONCE]
    ):
        last, moment = page[-1].pk, now()
        Issue.objects.filter(pk__in=[one.pk for one in page]).update(escalated_at=moment)
        IssueStep.objects.bulk_create([IssueStep(issue=one, what=What.ESCALATED, at=moment) for one in page])
        record_many(
            action="issue.escalate",
            targets=[(one.customer, {"issue": one.title, "due_on": one.due_on}) for one in page],
        )
        tell_heads(page)
        count += len(page)
    return count


def handler(ctx) -> dict:
    with ctx.effect() as effect:
        effect.result = {"escalated": escalate(today())}
    return effect.result


ESCALATE = JobKind(
    code="issues.escalate", label=gettext_lazy("Late issues shown to the heads"), handler=handler, whole_brand=True
)
