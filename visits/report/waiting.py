"""Visits that nobody has reported: those since the last working day are to report, those before were not made."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from crm.workdays import last_working_day
from visits.plan.models import PlannedVisit
from visits.plan.visiting import visits_anybody
from visits.plan.waiting import not_made
from visits.report.reading import until_today

MOST = 30


def tasks(user, day: datetime.date) -> list[Task]:
    """One's own, a line for each. One statement."""
    if not visits_anybody(user):
        return []
    border, moment = last_working_day(day), localtime().time()
    rows = list(until_today(user, day)[: 2 * MOST])
    due = [one for one in rows if border <= one.day < day or (one.day == day and not is_later(one, moment))]
    due.sort(key=lambda one: (one.day, one.starts_at or datetime.time.max, one.pk))
    return not_made([one for one in rows if one.day < border][:MOST], day) + [
        Task(
            key=f"report:{one.pk}:{one.day}",
            kind="visit",
            icon="calendar-event",
            tone="warn" if one.day < day else "acc",
            reason=_("To report: the visit of %(day)s, %(purpose)s.")
            % {"day": formats.date_format(one.day, "MONTH_DAY_FORMAT"), "purpose": one.get_purpose_display()},
            url=reverse("visits:detail", args=[one.pk]),
            customer_id=one.customer_id,
            action=Action(_("Report"), reverse("visits:report-new", args=[one.pk]), "pencil"),
            days_of_sales=7,
            late=(day - one.day).days,
            minutes=5,
            own=True,
        )
        for one in due[:MOST]
    ]


def is_later(visit: PlannedVisit, moment: datetime.time) -> bool:
    """Its time today is still to come."""
    return visit.starts_at is not None and visit.starts_at > moment
