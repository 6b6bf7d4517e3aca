"""Issues in the story of a customer: told or found, solved, and what the customer said of it."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.clock import moments_of
from crm.panels import TimelineEntry
from customers.issues.models import Issue, IssueStep, What
from customers.profile.models import Customer

MOST = 200
SHOWN = {
    What.OPENED: "warn",
    What.SOLVED: "ok",
    What.CONFIRMED: "ok",
    What.DENIED: "bad",
    What.REOPENED: "warn",
    What.REJECTED: "",
    What.ESCALATED: "bad",
    What.UNHEARD: "bad",
    What.PAUSED: "",
}


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Of the days from since to until, both included, the latest first. One statement."""
    start, end = moments_of(since, until)
    rows = IssueStep.objects.visible_to(user).filter(issue__customer=customer, what__in=SHOWN)
    found = []
    for step in rows.filter(at__gte=start, at__lt=end).select_related("issue", "by").order_by("-at", "-pk")[:MOST]:
        issue: Issue = step.issue
        tone = "acc" if step.what == What.OPENED and issue.severity < 3 else SHOWN[What(step.what)]
        values = {"what": step.get_what_display(), "title": issue.title}
        found.append(
            TimelineEntry(
                at=step.at,
                kind="issue",
                title=_("Issue %(what)s: %(title)s") % values,
                text=step.text if step.what != What.OPENED else issue.text,
                url=reverse("issues:detail", args=[issue.pk]),
                tone=tone,
            )
        )
    return found
