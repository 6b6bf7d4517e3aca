"""What waits for somebody about promotions: wishes to answer, promotions that are over and not judged, claims, and who
of theirs has not said whether they take part.
"""

from __future__ import annotations

import datetime

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.profile.models import Responsibility
from promotions.rollout.models import Answer, Participation, State

MOST = 40
BEFORE = datetime.timedelta(days=3)
"""So long before the day to answer one is told who of one's customers has not."""


def tasks(user, day: datetime.date) -> list[Task]:
    """Of those in one's charge: each that waits, and a line a promotion of who has not answered. One statement."""
    if not user.may_write:
        return []
    mine = Responsibility.objects.in_force(day).filter(user=user).order_by().values("customer_id")
    rows = Participation.objects.visible_to(user).counting().filter(customer_id__in=mine, promotion__state=State.OPEN)
    over = Q(answer=Answer.ACCEPTED, compliance="", promotion__ends_on__lt=day)
    claimed = Q(answer=Answer.ACCEPTED, claim__isnull=False, settled_on__isnull=True) & ~Q(compliance="")
    silent = Q(answer=Answer.INVITED, promotion__answer_by__lte=day + BEFORE, promotion__ends_on__gte=day)
    together = [F("promotion_id"), F("answer")]
    rows = rows.filter(Q(answer=Answer.COUNTERED) | over | claimed | silent).annotate(
        n=Window(Count("pk"), partition_by=together), place=Window(RowNumber(), partition_by=together, order_by="pk")
    )
    rows = rows.exclude(answer=Answer.INVITED, place__gt=1).select_related("promotion")
    return [
        _of_silent(one, one.n, day) if one.answer == Answer.INVITED else _of_one(one, day)
        for one in rows.order_by("promotion__ends_on", "pk")[:MOST]
    ]


def _of_one(one: Participation, day: datetime.date) -> Task:
    url = reverse("promotions:part", args=[one.pk])
    reason, label = _what(one)
    return Task(
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


def _of_silent(one: Participation, n: int, day: datetime.date) -> Task:
    """one: the first of n of a promotion who have not said whether they take part."""
    promotion, alone = one.promotion, n == 1
    if alone:
        url, label = reverse("promotions:part", args=[one.pk]), _("Ask them")
    else:
        url, label = f"{reverse('promotions:run', args=[promotion.pk])}?stage=invited", _("See who")
    until = promotion.answer_by
    values = {"n": n, "title": promotion.title, "day": formats.date_format(until, "MONTH_DAY_FORMAT")}
    return Task(
        key=f"promotion-silent:{promotion.pk}:{until}",
        kind="promotion",
        icon="gift",
        tone="bad" if until < day else "warn",
        reason=_silence(n, until < day) % values,
        url=url,
        customer_id=one.customer_id if alone else None,
        action=Action(label, url, "phone" if alone else "users"),
        days_of_sales=3,
        late=(day - until).days,
        minutes=5 * min(n, 6),
        own=True,
    )


def _silence(n: int, late: bool) -> str:
    if n == 1:
        if late:
            return _("Has not said whether they take part in “%(title)s”; the day was %(day)s")
        return _("Has not said whether they take part in “%(title)s”, by %(day)s")
    if late:
        return _("%(n)d of your customers have not said whether they take part in “%(title)s”; the day was %(day)s")
    return _("%(n)d of your customers have not said whether they take part in “%(title)s”, by %(day)s")


def _what(one: Participation) -> tuple[str, str]:
    if one.answer == Answer.COUNTERED:
        return _("Wants “%(title)s” otherwise"), _("Look at it")
    if not one.compliance:
        return _("“%(title)s” is over: say how it was run"), _("Say how")
    return _("Claims money for “%(title)s”"), _("Settle")
