"""What a customer's timeline tells of how it behaved."""

from __future__ import annotations

import datetime

from crm.clock import noon_of
from crm.panels import TimelineEntry
from customers.profile.models import Customer
from customers.relationship.models import Observation


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """One statement."""
    rows = Observation.objects.visible_to(user).filter(customer=customer, seen_on__range=(since, until))
    return [
        TimelineEntry(
            noon_of(one.seen_on),
            "seen",
            f"{one.get_trait_display()} · {one.score}",
            one.note or one.source,
            tone="ok" if one.score >= 70 else "bad" if one.score < 50 else "",
            timed=False,
        )
        for one in rows
    ]
