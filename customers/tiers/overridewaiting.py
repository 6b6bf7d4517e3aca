"""Tiers set by hand: those that wait for a second pair of eyes, and those that are about to end."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.tiers import overriding
from customers.tiers.overridden import OverrideState, TierOverride

MOST = 50


def tasks(user, day: datetime.date) -> list[Task]:
    """For those who look a second time what waits and what ends soon; for others their own that end. One statement."""
    if not user.may_write:
        return []
    soon = Q(state=OverrideState.IN_FORCE, until__gte=day, until__lte=day + datetime.timedelta(overriding.EXPIRES_SOON))
    rows = TierOverride.objects.visible_to(user)
    if user.is_head or user.is_admin:
        rows = rows.filter(soon | (Q(state=OverrideState.PROPOSED) & ~Q(proposed_by=user)))
    else:
        rows = rows.filter(soon, proposed_by=user)
    found = []
    for one in rows.select_related("proposed_by").order_by("until", "pk")[:MOST]:
        url = f"{reverse('customers:detail', args=[one.customer_id])}#override"
        waits = one.state == OverrideState.PROPOSED
        text = (
            _("%(who)s proposes tier %(tier)s by hand until %(day)s.")
            if waits
            else _("Tier %(tier)s by hand ends on %(day)s: propose it again if it should stay.")
        )
        day_text = formats.date_format(one.until, "DATE_FORMAT")
        found.append(
            Task(
                key=f"override:{one.pk}:{one.state}",
                kind="override",
                icon="stairs-up",
                tone="acc" if waits else "warn",
                reason=text % {"who": one.proposed_by or "Qiao", "tier": one.tier, "day": day_text},
                url=url,
                customer_id=one.customer_id,
                action=Action(_("Decide") if waits else _("Look"), url, "check" if waits else "eye"),
                days_of_sales=7,
                minutes=5,
                own=True,
            )
        )
    return found
