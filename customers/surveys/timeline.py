"""Surveys in the story of a customer: that they answered, and how content they are, for those who may see it."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.clock import moments_of
from crm.panels import TimelineEntry
from customers.profile.models import Customer
from customers.surveys.models import SurveyResponse

MOST = 100
CONTENT, POOR = 8, 4


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Of the days from since to until, both included, the latest first. One statement."""
    start, end = moments_of(since, until)
    rows = SurveyResponse.objects.visible_to(user).counting().filter(invitation__customer=customer)
    rows = rows.filter(answered_at__gte=start, answered_at__lt=end)
    return [
        TimelineEntry(
            at=one.answered_at,
            kind="survey",
            title=_("Survey answered: content %(n)d of 10") % {"n": one.overall},
            text=one.comment,
            url=reverse("surveys:customer", args=[customer.pk]),
            tone="ok" if one.overall >= CONTENT else "bad" if one.overall <= POOR else "",
        )
        for one in rows.order_by("-answered_at", "-pk")[:MOST]
    ]
