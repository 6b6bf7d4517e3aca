"""Promotions in the story of a customer: that they took part, and how it was run."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.clock import moments_of
from crm.panels import TimelineEntry
from customers.profile.models import Customer
from promotions.rollout.models import Answer, Compliance, Participation

MOST = 100


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Of the days from since to until, both included, the latest first. Two statements."""
    start, end = moments_of(since, until)
    rows = Participation.objects.visible_to(user).counting().filter(customer=customer).select_related("promotion")
    found = []
    for one in rows.filter(answered_at__gte=start, answered_at__lt=end).order_by("-answered_at")[:MOST]:
        values = {"title": one.promotion.title, "answer": one.get_answer_display()}
        found.append(
            TimelineEntry(
                at=one.answered_at,
                kind="promotion",
                title=_("“%(title)s”: %(answer)s") % values,
                text=one.counter,
                url=reverse("promotions:part", args=[one.pk]),
                tone="ok" if one.answer == Answer.ACCEPTED else "warn",
            )
        )
    for one in rows.filter(judged_at__gte=start, judged_at__lt=end).order_by("-judged_at")[:MOST]:
        values = {"title": one.promotion.title, "answer": one.get_compliance_display()}
        found.append(
            TimelineEntry(
                at=one.judged_at,
                kind="promotion",
                title=_("“%(title)s”: %(answer)s") % values,
                text=one.how,
                url=reverse("promotions:part", args=[one.pk]),
                tone="ok" if one.compliance == Compliance.AS_AGREED else "bad",
            )
        )
    return sorted(found, key=lambda entry: entry.at, reverse=True)
