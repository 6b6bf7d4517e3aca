"""Whom to call tonight: slumps since which nobody has spoken with the customer."""

from __future__ import annotations

import datetime

from django.urls import reverse

from crm.today.ranking import Task
from customers.slumps import reading
from customers.slumps.models import Kind, State
from customers.slumps.words import sentence

MOST = 50
A_MONTH = 30


def tasks(user, day: datetime.date) -> list[Task]:
    """At stake is what a month like these days would cost. Two statements."""
    rows = reading.rows_for(user).on().filter(kind=Kind.SLUMP, state=State.OPEN)
    alerts = list(reading.by_weight(rows)[:MOST])
    spoken = reading.first_contacts(alerts)
    return [
        Task(
            key=f"slump:{one.pk}",
            kind="slump",
            icon="trending-down",
            tone="bad",
            reason=sentence(one),
            url=reverse("slumps:detail", args=[one.pk]),
            customer_id=one.customer_id,
            stake=(one.lost / max(one.days, 1) * A_MONTH).quantize(one.lost),
            late=(day - one.third_day).days,
            minutes=20,
        )
        for one in alerts
        if one.pk not in spoken
    ]
