"""The night's look at issues: what is late or unanswered is shown to the heads, each once; so is what goes round."""

from __future__ import annotations

import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from crm.audit.actions import record_many
from crm.clock import now, today
from crm.jobs.kinds import JobKind
from customers.issues import measuring
from customers.issues.models import Issue, IssueStep, What
from customers.issues.rules import brand_row
from customers.issues.telling import LATE, UNHEARD, tell_heads, tell_waves

AT_ONCE = 500


@transaction.atomic
def escalate(moment: datetime.datetime) -> int:
    """Mark what is late, or should have been answered, and was not marked yet; says how many.

    A few statements a page, none for what was marked. Heads of the customer's region and of those above it are told.
    """
    late = _show(Issue.objects.late(moment), "escalated_at", What.ESCALATED, "issue.escalate", LATE)
    # What was shown as late needs no smaller word; what was shown as not answered is shown again once it is late.
    unheard = Issue.objects.unheard(moment).filter(escalated_at__isnull=True)
    return late + _show(unheard, "unheard_at", What.UNHEARD, "issue.unheard", UNHEARD)


def _show(rows: QuerySet[Issue], mark: str, what: What, action: str, kind) -> int:
    """mark: the field that says that it was shown."""
    count, last = 0, 0
    while page := list(
        rows.filter(pk__gt=last, **{f"{mark}__isnull": True})
        .select_for_update(of=("self",))
        .select_related("customer__region")
        .order_by("pk")[:AT_ONCE]
    ):
        last, moment = page[-1].pk, now()
        Issue.objects.filter(pk__in=[one.pk for one in page]).update(**{mark: moment})
        IssueStep.objects.bulk_create([IssueStep(issue=one, what=what, at=moment) for one in page])
        record_many(
            action=action,
            targets=[(one.customer, {"issue": one.title, "due_on": one.due_on}) for one in page],
        )
        tell_heads(page, kind)
        count += len(page)
    return count


def handler(ctx) -> dict:
    day = today()
    with ctx.effect() as effect:
        waves = measuring.all_waves(day, brand_row())
        effect.result = {"escalated": escalate(now()), "waves": len(waves), "told": tell_waves(waves, day)}
    return effect.result


ESCALATE = JobKind(
    code="issues.escalate", label=gettext_lazy("Late issues shown to the heads"), handler=handler, whole_brand=True
)
