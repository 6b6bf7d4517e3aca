"""Notices in the story of a customer: what they were told, and what they answered."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.clock import moments_of
from crm.panels import TimelineEntry
from customers.profile.models import Customer
from promotions.policies.answer_models import Answer, NoticeAnswer, NoticeDelivery

MOST = 100


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Of the days from since to until, both included, the latest first. Two statements."""
    start, end = moments_of(since, until)
    told = NoticeDelivery.objects.visible_to(user).counting().filter(customer=customer)
    told = told.filter(told_at__gte=start, told_at__lt=end).select_related("version__notice")
    found = [
        TimelineEntry(
            at=one.told_at,
            kind="notice",
            title=_("Told: %(title)s") % {"title": one.version.title},
            url=reverse("notices:one", args=[one.pk]),
        )
        for one in told.order_by("-told_at", "-pk")[:MOST]
    ]
    said = NoticeAnswer.objects.visible_to(user).filter(delivery__customer=customer, delivery__set_aside=False)
    said = said.filter(at__gte=start, at__lt=end).select_related("version__notice")
    for one in said.order_by("-at", "-pk")[:MOST]:
        values = {"answer": one.get_answer_display(), "title": one.version.title}
        found.append(
            TimelineEntry(
                at=one.at,
                kind="notice",
                title=_("“%(title)s”: %(answer)s") % values,
                text=one.text,
                url=reverse("notices:one", args=[one.delivery_id]),
                tone="ok" if one.answer == Answer.AGREE else "warn",
            )
        )
    return sorted(found, key=lambda entry: entry.at, reverse=True)
