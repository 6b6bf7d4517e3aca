"""What runs once a day. settings.NIGHTLY lists (local time, job kind) in the data's order."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.utils import timezone

from crm.jobs.actions import enqueue
from crm.jobs.models import Job


def ask() -> int:
    """Enqueue each nightly job whose time has come today; the key makes a second beat harmless. Returns how many."""
    local = timezone.localtime()
    due = [
        (f"{kind}:{local.date()}", kind)
        for at, kind in settings.NIGHTLY
        if local.time() >= datetime.time.fromisoformat(at)
    ]
    there = set(Job.objects.filter(key__in=[key for key, _kind in due]).values_list("key", flat=True))
    for key, kind in due:
        if key not in there:
            enqueue(kind=kind, key=key)
    return len(due) - len(there)
