"""Surveys in the story of a customer: that they answered, and how content they are, for those who may see it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.panels import TimelineEntry
from customers.profile.models import Customer
from customers.surveys.models import SurveyResponse

MOST = 100
CONTENT, POOR = 8, 4


def entries(user, customer: Customer, since=None, until=None, most: int = MOST) -> list[TimelineEntry]:
    """Moments from `since` until before `until`, the latest first. customer came through visible_to. One statement."""
    rows = SurveyResponse.objects.visible_to(user).counting().filter(invitation__customer=customer)
    if since is not None:
        rows = rows.filter(answered_at__gte=since)
    if until is not None:
        rows = rows.filter(answered_at__lt=until)
    return [
        TimelineEntry(
            at=one.answered_at,
            kind="survey",
            title=_("Survey answered: content %(n)d of 10") % {"n": one.overall},
            text=one.comment,
            url=reverse("surveys:customer", args=[customer.pk]),
            tone="ok" if one.overall >= CONTENT else "bad" if one.overall <= POOR else "",
        )
        for one in rows.order_by("-answered_at", "-pk")[:most]
    ]
