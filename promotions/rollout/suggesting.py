"""Promotions as goals of a visit: an answer to get, a promotion to look at, what was changed to speak of."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from promotions.rollout.models import Answer, Participation, State
from visits.plan.models import Purpose
from visits.plan.suggesting import Suggestion, fitting

Found = dict[int, list[Suggestion]]
DAYS_OF_SALES = 6


def promotions(user, ids: list[int], day: datetime.date) -> Found:
    """One statement."""
    rows = Participation.objects.visible_to(user).counting().filter(customer_id__in=ids, promotion__state=State.OPEN)
    waiting = Q(answer__in=[Answer.INVITED, Answer.COUNTERED], promotion__ends_on__gte=day)
    running = Q(answer=Answer.ACCEPTED, compliance="", promotion__starts_on__lte=day)
    found: Found = {}
    for one in rows.filter(waiting | running).select_related("promotion").order_by("promotion__starts_on", "pk"):
        due = one.promotion.answer_by if one.answer != Answer.ACCEPTED else one.promotion.ends_on
        found.setdefault(one.customer_id, []).append(
            Suggestion(
                key=f"promotion-{one.pk}",
                kind="promotion",
                text=fitting(_text(one) % {"title": one.promotion.title}),
                link=reverse("promotions:part", args=[one.pk]),
                purpose=Purpose.PROMOTION.value,
                icon="gift",
                days_of_sales=DAYS_OF_SALES,
                late=(day - due).days,
            )
        )
    return found


def _text(one: Participation) -> str:
    if one.answer == Answer.INVITED:
        return _("Win them for “%(title)s”")
    if one.answer == Answer.COUNTERED:
        return _("Agree on “%(title)s”, which they want otherwise")
    return _("Check how “%(title)s” is run in the shop")
