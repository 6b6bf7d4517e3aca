"""What a customer's timeline tells of photos and documents."""

from __future__ import annotations

import datetime

from django.urls import reverse

from crm.clock import moments_of
from crm.panels import TimelineEntry
from customers.files.models import Attachment
from customers.profile.models import Customer


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """When they were added; one statement."""
    start, end = moments_of(since, until)
    rows = (
        Attachment.objects.visible_to(user)
        .live()
        .filter(customer=customer, uploaded_at__gte=start, uploaded_at__lt=end)
    )
    return [
        TimelineEntry(
            one.uploaded_at,
            "file",
            f"{one.get_category_display()} · {one.title}",
            one.note,
            reverse("customers:file", args=[one.pk]),
        )
        for one in rows
    ]
