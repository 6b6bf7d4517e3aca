"""What a customer's timeline tells of visits: planned, made without a report, called off."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.timezone import make_aware

from crm.clock import noon_of
from crm.panels import TimelineEntry
from customers.profile.models import Customer
from visits.plan.models import PlannedVisit, State

_TONES = {State.DONE: "ok", State.PLANNED: "acc"}


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """One statement."""
    rows = PlannedVisit.objects.visible_to(user).filter(customer=customer, is_reported=False).between(since, until)
    return [
        TimelineEntry(
            at=make_aware(datetime.datetime.combine(one.day, one.starts_at)) if one.starts_at else noon_of(one.day),
            kind="visit",
            title=f"{one.get_state_display()} · {one.get_purpose_display()} · {one.visitor}",
            text=one.outcome or one.note,
            url=reverse("visits:detail", args=[one.pk]),
            tone=_TONES.get(State(one.state), ""),
            timed=one.starts_at is not None,
        )
        for one in rows.select_related("visitor")
    ]
