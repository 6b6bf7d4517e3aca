"""Contacts on a customer's timeline (settings.TIMELINE)."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import make_aware
from django.utils.translation import gettext as _

from crm.panels import TimelineEntry
from customers.contacts.models import Contact
from customers.profile.models import Customer

MOST = 500


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Private ones only one's own; a visit's report is told by the visits. One statement; the latest of very many."""
    first, last = (make_aware(datetime.datetime.combine(day, datetime.time())) for day in (since, until + _A_DAY))
    rows = Contact.objects.visible_to(user).live().filter(customer=customer)
    rows = rows.filter(happened_at__gte=first, happened_at__lt=last, link="").select_related("by", "person")
    return [entry_of(one) for one in rows.order_by("-happened_at", "-pk")[:MOST]]


_A_DAY = datetime.timedelta(days=1)


def entry_of(contact: Contact) -> TimelineEntry:
    told = {"channel": contact.get_channel_display(), "who": contact.by or "Qiao"}
    title = _("%(channel)s, %(who)s") % told
    parts = [" ".join(contact.text.split()), contact.get_mood_display()]
    return TimelineEntry(
        at=contact.happened_at,
        kind="contact",
        title=title,
        text=Truncator(" · ".join(part for part in parts if part)).chars(200),
        url=reverse("contacts:detail", args=[contact.pk]),
        tone=tone_of(contact.mood),
    )


def tone_of(mood: int | None) -> str:
    if mood is None or mood == 3:
        return ""
    return "bad" if mood < 3 else "ok"
