"""Promises that are due: ours to keep, theirs to ask about."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.promises import reading
from customers.promises.models import Side

MOST = 50


def tasks(user, day: datetime.date) -> list[Task]:
    """Each kept in one tap; broken and put off stand on its page. One statement."""
    if not user.may_write:
        return []
    return [
        Task(
            key=f"promise:{one.pk}:{one.due_on}",
            kind="promise",
            icon="clipboard-check",
            tone="bad" if one.side == Side.OURS and one.due_on < day else "warn",
            reason=(
                _("We promised until %(day)s: %(text)s")
                if one.side == Side.OURS
                else _("They promised until %(day)s: %(text)s")
            )
            % {"day": formats.date_format(one.due_on, "MONTH_DAY_FORMAT"), "text": one.text},
            url=reverse("promises:detail", args=[one.pk]),
            customer_id=one.customer_id,
            action=Action(
                _("Kept"),
                reverse("promises:keep", args=[one.pk]),
                "check",
                post=True,
                fields=(("version", str(one.version)), ("on", str(day)), ("next", "today")),
            ),
            days_of_sales=14 if one.side == Side.OURS else 7,
            late=(day - one.due_on).days,
            minutes=10,
            own=True,
        )
        for one in reading.to_keep_now(user, day, MOST)
    ]
