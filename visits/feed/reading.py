"""Whose visits a calendar shows: a person's own, of the last weeks and what is to come."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.utils.translation import gettext as _

from crm.accounts.models import User
from visits.feed.calendar import Entry
from visits.plan.actions import AHEAD_DAYS
from visits.plan.models import PlannedVisit
from visits.plan.reading import rows_for

PAST = datetime.timedelta(days=60)
AHEAD = datetime.timedelta(days=AHEAD_DAYS)
MOST = 1000


def entries(user: User, day: datetime.date, url_of: Callable[[PlannedVisit], str]) -> list[Entry]:
    """What the visit is for, and of customers in sight their address; no goal, note or outcome. One statement."""
    rows = rows_for(user, user).between(day - PAST, day + AHEAD).order_by("-day", "-pk")[:MOST]
    return [
        Entry(
            id=one.pk,
            version=one.version,
            state=one.state,
            agreed=one.is_agreed,
            day=one.day,
            starts_at=one.starts_at,
            minutes=one.minutes,
            title=_("%(name)s · %(purpose)s") % {"name": one.customer.name, "purpose": one.get_purpose_display()},
            place=_place(one),
            url=url_of(one),
            planned_at=one.planned_at,
        )
        for one in rows
    ]


def _place(one: PlannedVisit) -> str:
    if not one.sees_customer:
        return ""
    customer = one.customer
    parts = dict.fromkeys((customer.province, customer.city, customer.district, customer.address))
    return " ".join(part for part in parts if part)
