"""What a customer's timeline tells of how it behaved."""

from __future__ import annotations

import datetime

from django.utils.translation import gettext as _

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
            one.note or told_source(one.source),
            tone="ok" if one.score >= 70 else "bad" if one.score < 50 else "",
            timed=False,
        )
        for one in rows
    ]


def told_source(source: str) -> str:
    """By what it was seen, in words; what is no code of ours stands as somebody wrote it."""
    return {"survey": _("Surveys"), "receivables": _("Receivables"), "manual": "", "api": ""}.get(source, source)
