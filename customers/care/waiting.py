"""What waits for somebody who looks after customers: briefs to read, special customers to look at again."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.care.models import Handover
from customers.profile.models import SpecialCare

MOST = 50


def tasks(user, day: datetime.date) -> list[Task]:
    """Two statements."""
    unread = Handover.objects.visible_to(user).unread_by(user).select_related("done_by").order_by("since", "pk")
    found = [_handover(one, day) for one in unread[:MOST]]
    due = SpecialCare.objects.visible_to(user).open().filter(review_on__lte=day).order_by("review_on", "pk")
    if not (user.is_head or user.is_admin):
        due = due.filter(user=user)
    return found + [_review(one, day) for one in due[:MOST]]


def _handover(one: Handover, day: datetime.date) -> Task:
    url = reverse("customers:handover-detail", args=[one.pk])
    reason = _("%(who)s hands customers over to you from %(day)s: read the briefs.") % {
        "who": one.done_by or "Qiao",
        "day": formats.date_format(one.since, "DATE_FORMAT"),
    }
    action = Action(_("Read"), url, "file-text")
    return Task(
        f"handover:{one.pk}",
        "handover",
        "users",
        "acc",
        reason,
        url,
        action=action,
        late=max(0, (day - one.since).days),
    )


def _review(one: SpecialCare, day: datetime.date) -> Task:
    url = reverse("customers:special", args=[one.customer_id])
    reason = _("Special customer: the review was due on %(day)s.") % {
        "day": formats.date_format(one.review_on, "DATE_FORMAT")
    }
    return Task(
        key=f"review:{one.pk}:{one.review_on}",
        kind="review",
        icon="star",
        tone="warn",
        reason=reason,
        url=url,
        customer_id=one.customer_id,
        action=Action(_("Review"), url, "star"),
        days_of_sales=7,
        late=(day - one.review_on).days,
        own=True,
    )
