"""Support that waits for somebody's word: requests, exceptions from what a tier gives, budgets that are exceeded."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.support import budgeting, reading
from customers.support.words import money

MOST = 50


def tasks(user, day: datetime.date) -> list[Task]:
    """Four statements at most."""
    if not user.may_write or user.role == "api":
        return []
    found = [_request(row, day) for row in reading.waiting_for(user, MOST)]
    found += [_exception(row, day) for row in reading.exceptions_waiting(user, day, MOST)]
    return found + [_over(one, day) for one in budgeting.over_budget(user, day)]


def _request(row, day: datetime.date) -> Task:
    asked = f"{money(row.asked_amount)} · {row.what}" if row.asked_amount is not None else row.what
    return Task(
        key=f"support:{row.pk}",
        kind="support",
        icon="gift",
        tone="acc",
        reason=_("Asks for %(kind)s: %(what)s") % {"kind": row.category.title, "what": asked},
        url=reverse("support:detail", args=[row.pk]),
        customer_id=row.customer_id,
        action=Action(_("Decide"), reverse("support:grant", args=[row.pk]), "check"),
        stake=row.asked_amount,
        days_of_sales=3,
        late=(day - row.asked_on).days,
        minutes=10,
        own=True,
    )


def _exception(row, day: datetime.date) -> Task:
    url = reverse("support:customer", args=[row.customer_id])
    return Task(
        key=f"exception:{row.pk}",
        kind="exception",
        icon="percentage",
        tone="warn",
        reason=_("An exception that %(who)s proposes waits for your word.") % {"who": row.made_by or "Qiao"},
        url=url,
        customer_id=row.customer_id,
        action=Action(_("Decide"), url, "check"),
        days_of_sales=3,
        late=max(0, (day - row.since).days),
        minutes=5,
        own=True,
    )


def _over(one, day: datetime.date) -> Task:
    url = f"{reverse('support:list')}?over=1"
    reason = _("%(name)s is over its budget of support: %(spent)s of %(budget)s this quarter.") % {
        "name": one.region.name,
        "spent": money(one.spent),
        "budget": money(one.amount),
    }
    return Task(
        key=f"budget:{one.region.pk}:{budgeting.quarter_of(day)}",
        kind="budget",
        icon="report-money",
        tone="bad",
        reason=reason,
        url=url,
        action=Action(_("Look"), url, "eye"),
        stake=one.spent - one.amount,
        minutes=15,
    )
