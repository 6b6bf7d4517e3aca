"""Issues that are late, about to be, or not solved as the customer says; for heads those that were escalated."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.issues import reading

MOST = 50
DAYS_BY_SEVERITY = 7
"""Days of the customer's sales at stake, for each step of severity."""


def tasks(user, day: datetime.date) -> list[Task]:
    """One statement."""
    found = []
    for one in reading.for_today(user, day, MOST):
        url = reverse("issues:detail", args=[one.pk])
        until = formats.date_format(one.due_on, "MONTH_DAY_FORMAT")
        if one.word is False:
            reason = _("Not solved, says the customer: %(title)s") % {"title": one.title}
        else:
            reason = _("To be solved by %(day)s: %(title)s") % {"day": until, "title": one.title}
        found.append(
            Task(
                key=f"issue:{one.pk}:{one.due_on}",
                kind="issue",
                icon="flag",
                tone="bad" if one.due_on < day or one.word is False else "warn",
                reason=reason,
                url=url,
                customer_id=one.customer_id,
                action=Action(_("Answer"), url, "message"),
                days_of_sales=DAYS_BY_SEVERITY * one.severity,
                late=(day - one.due_on).days,
                minutes=20,
                own=True,
            )
        )
    return found
