"""Visits that should have been made, and how much of a day is taken by those of today."""

from __future__ import annotations

import datetime

from django.db.models import Sum
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.today.ranking import Action, Task
from visits.plan import reading
from visits.plan.models import PlannedVisit
from visits.plan.visiting import visits_anybody
from visits.plan.workdays import next_working_day

MOST = 30
_A_DAY = datetime.timedelta(days=1)


def tasks(user, day: datetime.date) -> list[Task]:
    """One's own of before yesterday (those since have a line of the reports); one tap moves it to the next working day.
    One statement.
    """
    if not visits_anybody(user):
        return []
    rows = reading.rows_for(user, user).late(day - _A_DAY).order_by("-day", "pk")[:MOST]
    to = formats.date_format(next_working_day(day), "MONTH_DAY_FORMAT")
    return [
        Task(
            key=f"visit:{one.pk}:{one.day}",
            kind="visit",
            icon="calendar-event",
            tone="warn",
            reason=_("The visit of %(day)s was not made: %(purpose)s.")
            % {"day": formats.date_format(one.day, "MONTH_DAY_FORMAT"), "purpose": one.get_purpose_display()},
            url=reverse("visits:detail", args=[one.pk]),
            customer_id=one.customer_id,
            action=Action(
                pgettext("visit", "Move to %(day)s") % {"day": to},
                reverse("visits:move", args=[one.pk]),
                "arrow-right",
                post=True,
                fields=(("next", "today"),),
            ),
            days_of_sales=7,
            late=(day - one.day).days,
            minutes=5,
            own=True,
        )
        for one in rows
    ]


def busy_minutes(user, day: datetime.date) -> int:
    """Of the day's planned visits. One statement."""
    if not visits_anybody(user):
        return 0
    planned = PlannedVisit.objects.visible_to(user).planned().made_by(user.pk).between(day, day)
    return planned.aggregate(minutes=Sum("minutes"))["minutes"] or 0
