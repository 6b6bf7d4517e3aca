"""What waits for somebody about promotions: wishes to answer, promotions that are over and not judged, claims, and who
of theirs has not said whether they take part.
"""

from __future__ import annotations

import datetime

from django.db.models import Count, Min, Q
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
    """Of those in one's charge. Two statements."""
    return [*_each(user, day), *_silent(user, day)] if user.may_write else []


def _each(user, day: datetime.date) -> list[Task]:
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


def _silent(user, day: datetime.date) -> list[Task]:
    """Who has not said whether they take part, and by when: a line a promotion, of one alone the customer's own."""
    mine = Responsibility.objects.in_force(day).filter(user=user).order_by().values("customer_id")
    rows = Participation.objects.visible_to(user).unanswered().filter(customer_id__in=mine)
    rows = rows.filter(promotion__answer_by__lte=day + BEFORE, promotion__ends_on__gte=day).order_by()
    counted = rows.values("promotion_id", "promotion__title", "promotion__answer_by").annotate(
        n=Count("pk"), part=Min("pk"), customer=Min("customer_id")
    )
    found = []
    for one in counted.order_by("promotion__answer_by", "promotion_id")[:MOST]:
        alone, until = one["n"] == 1, one["promotion__answer_by"]
        values = {
            "n": one["n"],
            "title": one["promotion__title"],
            "day": formats.date_format(until, "MONTH_DAY_FORMAT"),
        }
        if alone:
            url, label = reverse("promotions:part", args=[one["part"]]), _("Ask them")
        else:
            url, label = f"{reverse('promotions:run', args=[one['promotion_id']])}?stage=invited", _("See who")
        found.append(
            Task(
                key=f"promotion-silent:{one['promotion_id']}:{until}",
                kind="promotion",
                icon="gift",
                tone="bad" if until < day else "warn",
                reason=_silence(one["n"], until < day) % values,
                url=url,
                customer_id=one["customer"] if alone else None,
                action=Action(label, url, "phone" if alone else "users"),
                days_of_sales=3,
                late=(day - until).days,
                minutes=5 * min(one["n"], 6),
                own=True,
            )
        )
    return found


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
