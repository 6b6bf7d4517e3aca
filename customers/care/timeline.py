"""What a customer's timeline tells of notes, of who was in charge and of special care."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.clock import moments_of, noon_of
from crm.panels import TimelineEntry
from customers.care.models import Note
from customers.profile.models import Customer, Responsibility, SpecialCare


def notes(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Those this person may read; one statement."""
    start, end = moments_of(since, until)
    rows = Note.objects.visible_to(user).live().filter(customer=customer, at__gte=start, at__lt=end)
    url = reverse("customers:notes", args=[customer.pk])
    return [
        TimelineEntry(
            at=one.at,
            kind="note",
            title=" · ".join(
                str(part) for part in (one.written_by or "Qiao", one.mood and one.get_mood_display()) if part
            ),
            text=one.text,
            url=f"{url}#note-{one.pk}",
            tone="warn" if one.is_private else "",
        )
        for one in rows.select_related("written_by")
    ]


def care(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Who took it over, and when it became special or ceased to be; two statements."""
    days = (since, until)
    held = Responsibility.objects.visible_to(user).filter(customer=customer, since__range=days).select_related("user")
    found = [
        TimelineEntry(
            noon_of(one.since), "care", _("%(person)s is in charge") % {"person": one.user}, tone="info", timed=False
        )
        for one in held
    ]
    url = reverse("customers:special", args=[customer.pk])
    for one in SpecialCare.objects.visible_to(user).filter(customer=customer).select_related("user"):
        if since <= one.since <= until:
            title = _("Special customer, looked after by %(person)s") % {"person": one.user}
            found.append(TimelineEntry(noon_of(one.since), "care", title, one.reason, url, "acc", timed=False))
        if one.ended_on is not None and since <= one.ended_on <= until:
            title = _("No longer a special customer")
            found.append(TimelineEntry(noon_of(one.ended_on), "care", title, one.outcome, url, timed=False))
    return found
