"""What a customer's timeline tells of visits: planned, made and called off, and once what reports say of them."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.translation import gettext as _

from crm.panels import TimelineEntry
from customers.contacts.timeline import tone_of
from customers.profile.models import Customer
from visits.plan import timeline as planned
from visits.report.models import VisitReport
from visits.report.reading import rows_for


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Two statements."""
    rows = rows_for(user).filter(visit__customer=customer, visit__day__range=(since, until))
    return planned.entries(user, customer, since, until) + [entry_of(one) for one in rows.latest_first()]


def entry_of(one: VisitReport) -> TimelineEntry:
    parts = [" ".join(text.split()) for text in (one.contact.text, one.found, one.solved)]
    parts.append(one.contact.get_mood_display())
    return TimelineEntry(
        at=one.contact.happened_at,
        kind="visit",
        title=_("Visit reported · %(purpose)s · %(who)s")
        % {"purpose": one.visit.get_purpose_display(), "who": one.visit.visitor},
        text=Truncator(" · ".join(part for part in parts if part)).chars(200),
        url=reverse("visits:report", args=[one.visit_id]),
        tone=tone_of(one.contact.mood) or "ok",
    )
