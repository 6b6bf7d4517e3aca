"""Issues in the story of a customer: told or found, solved, and what the customer said of it."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _

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
}


def entries(user, customer: Customer, since=None, until=None, most: int = MOST) -> list[TimelineEntry]:
    """Moments from `since` until before `until`, the latest first. customer came through visible_to. One statement."""
    rows = IssueStep.objects.visible_to(user).filter(issue__customer=customer, what__in=SHOWN)
    if since is not None:
        rows = rows.filter(at__gte=since)
    if until is not None:
        rows = rows.filter(at__lt=until)
    found = []
    for step in rows.select_related("issue", "by").order_by("-at", "-pk")[:most]:
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
