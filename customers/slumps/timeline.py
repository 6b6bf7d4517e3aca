"""Slumps on a customer's timeline (settings.TIMELINE)."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.panels import TimelineEntry
from crm.shell import numbers
from customers.profile.models import Customer
from customers.slumps.models import SlumpAlert
from customers.slumps.words import sentence

MOST = 500


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """When it was told, and when it was over. One statement; the latest where there are very many."""
    told = Q(third_day__range=(since, until)) | Q(closed_on__range=(since, until))
    rows = SlumpAlert.objects.visible_to(user).standing().filter(told, customer=customer).select_related("cause")
    found = []
    for one in rows.defer("evidence").order_by("-third_day", "-pk")[:MOST]:
        if since <= one.third_day <= until:
            found.append(_told(one))
        if one.closed_on is not None and since <= one.closed_on <= until:
            found.append(_over(one))
    return found


def _told(one: SlumpAlert) -> TimelineEntry:
    if one.is_slump:
        title = _("Slump: %(depth)s below normal") % {"depth": numbers.percent(float(one.depth or 0), 0)}
    else:
        title = _("No reports any more")
    parts = [sentence(one), str(one.cause or ""), one.note]
    text = " · ".join(part for part in parts if part)
    return _entry(one, one.third_day, title, text, "bad" if one.is_slump else "warn")


def _over(one: SlumpAlert) -> TimelineEntry:
    assert one.closed_on is not None
    if not one.is_slump:
        title = _("Reports are back")
    elif one.settled:
        title = _("Sales have found a new level")
    else:
        title = _("Sales are back")
    return _entry(one, one.closed_on, title, "", "" if one.settled else "ok")


def _entry(one: SlumpAlert, day: datetime.date, title: str, text: str, tone: str) -> TimelineEntry:
    url = reverse("slumps:detail", args=[one.pk])
    return TimelineEntry(at=day, kind="slump", title=title, text=text, url=url, tone=tone)
