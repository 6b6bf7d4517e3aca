"""Whoever is in charge of a shop is told that it sells clearly less than is normal for it."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crm.notifications.actions import Telling, notify_many
from crm.notifications.kinds import NOW, NotificationKind
from crm.shell import numbers
from customers.profile.models import Responsibility
from customers.slumps.models import Kind, SlumpAlert, State

FRESH_DAYS = 7
"""An alert whose third bad day is longer ago is told of on Today only."""


def _words(params) -> tuple[str, str]:
    title = _("%(name)s sells %(depth)s less than is normal for it") % {
        "name": params["name"],
        "depth": numbers.percent(params["depth"], 0),
    }
    return title, _("Call tonight: listen first, then ask what happened.")


OPENED = NotificationKind(
    "slump.opened", gettext_lazy("A shop of mine is in a slump"), "trending-down", _words, mail=NOW
)


def tell(day: datetime.date) -> int:
    """Of the open alerts of these days, each once. Two statements, and those of telling."""
    rows = SlumpAlert.objects.filter(kind=Kind.SLUMP, state=State.OPEN, closed_on__isnull=True)
    fresh = list(
        rows.filter(third_day__gt=day - datetime.timedelta(days=FRESH_DAYS)).values(
            "pk", "customer_id", "customer__name", "depth"
        )
    )
    held = Responsibility.objects.in_force(day).filter(customer_id__in={one["customer_id"] for one in fresh})
    owners = dict(held.order_by("since").values_list("customer_id", "user_id"))
    tellings = [
        Telling(
            owners[one["customer_id"]],
            f"slump:{one['pk']}",
            {"name": one["customer__name"], "depth": float(one["depth"] or 0)},
            reverse("slumps:detail", args=[one["pk"]]),
        )
        for one in fresh
        if one["customer_id"] in owners
    ]
    return notify_many(kind=OPENED.code, tellings=tellings) if tellings else 0
