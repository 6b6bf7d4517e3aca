"""What a customer's timeline tells of its tier."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crm.clock import noon_of
from crm.panels import TimelineEntry
from customers.profile.models import Customer
from customers.tiers.explaining import history
from customers.tiers.models import OVERRIDE, TierDecision


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Each day the tier changed, as its history tells it; not where only the reason did. Two statements."""
    url = reverse("customers:detail", args=[customer.pk])
    return [
        TimelineEntry(noon_of(one.as_of), "tier", _title(one), _text(one), url=url, tone=_tone(one), timed=False)
        for one in history(customer)
        if since <= one.as_of <= until and one.tier != one.previous_tier
    ]


def _title(one: TierDecision) -> str:
    if not one.tier:
        return _("Left the tiers (was %(before)s)") % {"before": one.previous_tier}
    if not one.previous_tier:
        return _("Came into tier %(tier)s") % {"tier": one.tier}
    return _("From tier %(before)s to %(tier)s") % {"before": one.previous_tier, "tier": one.tier}


def _text(one: TierDecision) -> str:
    return _("It was set by hand, whatever the rule says.") if one.reason == OVERRIDE else ""


def _tone(one: TierDecision) -> str:
    if not one.tier or not one.previous_tier:
        return ""
    return "ok" if one.tier < one.previous_tier else "bad"
