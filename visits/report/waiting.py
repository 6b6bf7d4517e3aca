"""Visits of today and yesterday that nobody has reported; those before are late (visits/plan/waiting.py)."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from visits.plan.visiting import visits_anybody
from visits.report.reading import to_report

MOST = 30


def tasks(user, day: datetime.date) -> list[Task]:
    """One's own, a line for each. One statement."""
    if not visits_anybody(user):
        return []
    return [
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
        for one in to_report(user, day)[:MOST]
    ]
