"""Times of one's visits that do not suit the customer."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from crm.today.ranking import Action, Task
from visits.agenda import reading
from visits.agenda.models import TimeAnswer
from visits.plan.visiting import visits_anybody

MOST = 30


def tasks(user, day: datetime.date) -> list[Task]:
    """One's own; one tap moves the visit to when they would rather have it. One statement."""
    if not visits_anybody(user):
        return []
    return [_task(one, day) for one in reading.waiting(user, day, MOST)]


def _task(one: TimeAnswer, day: datetime.date) -> Task:
    url = reverse("visits:detail", args=[one.visit_id])
    planned = formats.date_format(one.day, "MONTH_DAY_FORMAT")
    if one.proposed_on is None:
        reason = _("The visit of %(day)s does not suit them.") % {"day": planned}
        action = Action(_("Move the visit"), reverse("visits:edit", args=[one.visit_id]), "calendar-event")
    else:
        other = _when(one.proposed_on, one.proposed_at)
        reason = _("The visit of %(day)s does not suit them; they propose %(other)s.") % {
            "day": planned,
            "other": other,
        }
        accept = reverse("visits:answer-accept", args=[one.visit_id])
        label = pgettext("visit", "Move to %(day)s") % {"day": other}
        action = Action(label, accept, "arrow-right", post=True, fields=(("next", "today"),))
    if one.text:
        reason = f"{reason} “{one.text}”"
    return Task(
        key=f"visit-time:{one.visit_id}:{one.at.isoformat()}",
        kind="visit-time",
        icon="calendar-event",
        tone="warn",
        reason=reason,
        url=url,
        customer_id=one.visit.customer_id,
        action=action,
        days_of_sales=7,
        # The nearer the day, the sooner it must be settled.
        late=max(0, 3 - (one.day - day).days),
        minutes=5,
        own=True,
    )


def _when(day: datetime.date, at: datetime.time | None) -> str:
    text = formats.date_format(day, "MONTH_DAY_FORMAT")
    return f"{text} {at:%H:%M}" if at is not None else text
