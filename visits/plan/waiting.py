"""Visits that should have been made, and how much of a day is taken by those of today."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import Sum
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.today.ranking import Action, Task
from crm.workdays import next_working_day
from customers.profile.colleagues import own_of
from visits.plan import rhythm_words, slipping
from visits.plan.models import PlannedVisit
from visits.plan.visiting import visits_anybody

MOST = 30
MOST_SLIPPING = 20


def not_made(rows: Iterable[PlannedVisit], day: datetime.date) -> list[Task]:
    """A line for each of these, of before the last working day (those since have a line of the reports); one tap moves
    it to the next one.
    """
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


def slipping_tasks(user, day: datetime.date) -> list[Task]:
    """Of one's own customers those whose visit is late and nowhere planned. Seven statements, however many."""
    if not visits_anybody(user):
        return []
    found = slipping.slipping(own_of(user, day), day, MOST_SLIPPING, slipping.LATE)
    return [
        Task(
            key=f"slipping:{one.customer.pk}:{one.due.last or 'never'}",
            kind="slipping",
            icon="calendar-event",
            tone="warn",
            reason=_("No visit is planned, and it slips: %(late)s (%(rhythm)s).")
            % {"late": rhythm_words.standing(one.due), "rhythm": rhythm_words.rhythm(one.due.rhythm)},
            url=reverse("visits:cadence", args=[one.customer.pk]),
            customer_id=one.customer.pk,
            action=_plan(one),
            days_of_sales=3,
            late=one.due.late,
            minutes=5,
        )
        for one in found
    ]


def _plan(one: slipping.Slipping) -> Action:
    if one.due.rhythm.by_call:
        return Action(_("Log a contact"), f"{reverse('contacts:new')}?customer={one.customer.pk}", "message")
    return Action(_("Plan a visit"), f"{reverse('visits:plan')}?customer={one.customer.pk}", "calendar-event")


def busy_minutes(user, day: datetime.date) -> int:
    """Of the day's planned visits. One statement."""
    if not visits_anybody(user):
        return 0
    planned = PlannedVisit.objects.visible_to(user).planned().made_by(user.pk).between(day, day)
    return planned.aggregate(minutes=Sum("minutes"))["minutes"] or 0
