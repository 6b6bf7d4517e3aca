"""Customers of tier A and B of whom nothing was heard for a whole cadence: ask them."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crm.today.ranking import Task
from customers.profile.colleagues import own_of
from customers.trust.unheard import unheard

MOST = 20


def cadence() -> dict[str, int]:
    """Days between visits by tier, as whoever judges tiers agreed; {}: the usual ones."""
    path = settings.CADENCE_OF_TIERS
    return import_string(path)() if path else {}


def tasks(user, day: datetime.date) -> list[Task]:
    """Two statements. At stake are a few days of sales: nobody knows yet whether anything is."""
    customers = own_of(user, day).filter(standing__tier__in=("A", "B"))
    found = []
    for one in unheard(customers, day, MOST, cadence()):
        since = "never" if one.days is None else day - datetime.timedelta(days=one.days)
        if one.days is None:
            reason = _("Nothing was ever heard of them: ask how they are.")
        else:
            reason = ngettext(
                "Nothing heard for %(n)d day: ask how they are.",
                "Nothing heard for %(n)d days: ask how they are.",
                one.days,
            ) % {"n": one.days}
        found.append(
            Task(
                key=f"unheard:{one.customer.pk}:{since}",
                kind="unheard",
                icon="eye-off",
                tone="warn",
                reason=reason,
                url=reverse("customers:trust", args=[one.customer.pk]),
                customer_id=one.customer.pk,
                days_of_sales=2,
                late=(one.days - one.cadence) if one.days is not None else 0,
                minutes=10,
            )
        )
    return found
