"""What waits for somebody about promotions: wishes to answer, promotions that are over and not judged, claims."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.profile.models import Responsibility
from promotions.rollout.models import Answer, Participation, State

MOST = 40


def tasks(user, day: datetime.date) -> list[Task]:
    """Of those in one's charge. One statement."""
    if not user.may_write:
        return []
    mine = Responsibility.objects.in_force(day).filter(user=user).order_by().values("customer_id")
    rows = Participation.objects.visible_to(user).counting().filter(customer_id__in=mine, promotion__state=State.OPEN)
    over = Q(answer=Answer.ACCEPTED, compliance="", promotion__ends_on__lt=day)
    claimed = Q(answer=Answer.ACCEPTED, claim__isnull=False, settled_on__isnull=True) & ~Q(compliance="")
    rows = rows.filter(Q(answer=Answer.COUNTERED) | over | claimed).select_related("promotion")
    found = []
    for one in rows.order_by("promotion__ends_on", "pk")[:MOST]:
        url = reverse("promotions:part", args=[one.pk])
        reason, label = _what(one)
        found.append(
            Task(
                key=f"promotion:{one.pk}:{one.answer}:{one.compliance}",
                kind="promotion",
                icon="gift",
                tone="warn",
                reason=reason % {"title": one.promotion.title},
                url=url,
                customer_id=one.customer_id,
                action=Action(label, url, "gift"),
                days_of_sales=4,
                late=(day - one.promotion.ends_on).days,
                minutes=10,
                own=True,
            )
        )
    return found


def _what(one: Participation) -> tuple[str, str]:
    if one.answer == Answer.COUNTERED:
        return _("Wants “%(title)s” otherwise"), _("Look at it")
    if not one.compliance:
        return _("“%(title)s” is over: say how it was run"), _("Say how")
    return _("Claims money for “%(title)s”"), _("Settle")
