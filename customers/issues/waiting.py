"""Issues that are late, about to be, to be answered, or not solved as the customer says; for heads those that were
escalated, and what goes round at many customers of a region.
"""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from crm.clock import now
from crm.today.ranking import Action, Task
from customers.issues import measuring, reading
from customers.issues.models import Category, State
from customers.issues.rules import brand_row

MOST = 50
DAYS_BY_SEVERITY = 7
"""Days of the customer's sales at stake, for each step of severity."""


def tasks(user, day: datetime.date) -> list[Task]:
    """One statement, and two more for heads."""
    found, moment = _waves(user, day), now()
    for one in reading.for_today(user, day, MOST):
        url = reverse("issues:detail", args=[one.pk])
        until = formats.date_format(one.due_on, "MONTH_DAY_FORMAT")
        if one.word is False:
            reason = _("Not solved, says the customer: %(title)s") % {"title": one.title}
        elif one.first_response_at is None and one.answer_due_at is not None and one.answer_due_at < one.due_at:
            at = formats.date_format(timezone.localtime(one.answer_due_at), "DATETIME_FORMAT")
            reason = _("To be answered by %(moment)s: %(title)s") % {"moment": at, "title": one.title}
        elif one.state == State.WAITING:
            reason = _("Late, and waiting for the customer: %(title)s") % {"title": one.title}
        else:
            reason = _("To be solved by %(day)s: %(title)s") % {"day": until, "title": one.title}
        found.append(
            Task(
                key=f"issue:{one.pk}:{one.due_on}",
                kind="issue",
                icon="flag",
                tone="bad" if one.is_late_at(moment) or one.word is False or _is_unheard(one, moment) else "warn",
                reason=reason,
                url=url,
                customer_id=one.customer_id,
                action=Action(_("Answer"), url, "message"),
                days_of_sales=DAYS_BY_SEVERITY * one.severity,
                late=(one.day_of_clock(day) - one.due_on).days,
                minutes=20,
                own=True,
            )
        )
    return found


def _is_unheard(one, moment: datetime.datetime) -> bool:
    return one.first_response_at is None and one.answer_due_at is not None and one.answer_due_at < moment


def _waves(user, day: datetime.date) -> list[Task]:
    """One problem at many customers is nobody's alone: it is for whoever looks after the region."""
    if not (user.is_head or user.is_admin):
        return []
    labels = dict(Category.choices)
    found = []
    for one in measuring.waves_seen_by(user, day, brand_row()):
        url = f"{reverse('issues:list')}?state=all&category={one.category}&region={one.region}&since={one.since}"
        reason = _("Not one shop's problem: %(about)s at %(n)d customers of %(region)s since %(day)s")
        found.append(
            Task(
                key=f"wave:{one.region}:{one.category}:{measuring.week_of(day)}",
                kind="issue",
                icon="flag",
                tone="warn",
                reason=reason
                % {
                    "about": labels[one.category],
                    "n": one.customers,
                    "region": one.region_name,
                    "day": formats.date_format(one.since, "MONTH_DAY_FORMAT"),
                },
                url=url,
                action=Action(_("Look"), url, "eye"),
                minutes=15,
                own=True,
            )
        )
    return found
