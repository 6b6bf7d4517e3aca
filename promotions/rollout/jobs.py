"""Jobs: asking the rest of a large audience to take part."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.jobs.kinds import JobKind
from promotions.policies.audience import Audience, customers_of
from promotions.rollout.actions import invite_page
from promotions.rollout.models import Promotion
from promotions.rollout.money import all_asked


def invite(ctx) -> dict:
    """Each page is kept as it is asked; killed and run again it goes on where it was."""
    promotion = Promotion.objects.get(pk=ctx.input["promotion"])
    by, asked = ctx.asked_by, 0
    total = customers_of(Audience.of(promotion.audience), by).count()
    while n := invite_page(promotion, by):
        asked += n
        ctx.progress(asked, total)
    all_asked(promotion)
    return {"asked": asked}


INVITE = JobKind(
    code="promotions.invite",
    label=gettext_lazy("Ask customers to take part in a promotion"),
    handler=invite,
    result_url=lambda job: reverse("promotions:run", args=[job.input["promotion"]]),
)
