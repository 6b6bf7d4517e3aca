"""Jobs: asking the rest of a large audience to take part, letters to dealers, reminders at night."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy

from crm.jobs.kinds import JobKind
from promotions.policies.audience import Audience, customers_of
from promotions.rollout import letters
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
    with ctx.effect() as effect:
        all_asked(promotion)
        letters.ask_to_invite(promotion, by, f"promotions.invited:{ctx.job.pk}")
        effect.result = {"asked": asked}
    return effect.result


def _board(job) -> str:
    return reverse("promotions:run", args=[job.input["promotion"]])


INVITE = JobKind(
    code="promotions.invite",
    label=gettext_lazy("Ask customers to take part in a promotion"),
    handler=invite,
    result_url=_board,
)
LETTERS = JobKind(
    code=letters.KIND, label=gettext_lazy("Letters about a promotion"), handler=letters.send, result_url=_board
)
REMIND = JobKind(
    code="promotions.remind",
    label=gettext_lazy("Remind who has not answered about promotions"),
    handler=letters.remind,
    whole_brand=True,
)
