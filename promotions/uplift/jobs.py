"""Jobs: measure one promotion, and at night those that are over and were not measured, or whose four weeks are over."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.accounts.models import User
from crm.clock import today
from crm.jobs.actions import enqueue
from crm.jobs.kinds import JobKind
from crm.jobs.models import Job
from promotions.rollout.models import Participation, Promotion, State
from promotions.uplift.frame import DAYS
from promotions.uplift.measuring import measure_and_keep

LATEST = datetime.timedelta(days=3)
"""Sales of the last days may still come in: so long after its end it is measured by itself."""


def ask_to_measure(promotion: Promotion, by: User) -> Job:
    """Raises ValidationError while it runs."""
    if promotion.ends_on >= today():
        raise ValidationError(_("It is not over yet: what it brought is measured when it is."), code="running")
    return enqueue(kind=MEASURE.code, input={"promotion": promotion.pk}, asked_by=by)


def measure(ctx) -> dict:
    found = measure_and_keep(promotion=Promotion.objects.get(pk=ctx.input["promotion"]), by=ctx.asked_by)
    return {"measurable": found["measurable"], "lift": found.get("lift")}


def measure_due(ctx) -> dict:
    day = today()
    rows = Promotion.objects.filter(state__in=[State.OPEN, State.CLOSED], ends_on__lt=day - LATEST)
    whole = day - datetime.timedelta(days=DAYS.after)
    shops = Participation.objects.filter(promotion=OuterRef("pk"), measured__isnull=False)
    rows = rows.filter(
        Q(measured_at__isnull=True)
        # Measured before results were kept shop by shop.
        | Q(~Exists(shops), result__measurable=True)
        | Q(result__after__isnull=True, ends_on__lt=whole, ends_on__gte=whole - 4 * LATEST)
    )
    found = list(rows.order_by("pk"))
    for n, one in enumerate(found):
        ctx.progress(n, len(found))
        measure_and_keep(promotion=one)
    return {"measured": len(found)}


MEASURE = JobKind(
    code="promotions.measure",
    label=gettext_lazy("Measure what a promotion brought"),
    handler=measure,
    result_url=lambda job: reverse("promotions:result", args=[job.input["promotion"]]),
)
MEASURE_DUE = JobKind(
    code="promotions.measure_due",
    label=gettext_lazy("Measure promotions that are over"),
    handler=measure_due,
    whole_brand=True,
)
