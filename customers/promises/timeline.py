"""Promises on a customer's timeline: when they were made and what became of them (settings.TIMELINE)."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.panels import TimelineEntry
from customers.profile.models import Customer
from customers.promises.models import Commitment, Side, State

MOST = 500
_TONES = {State.KEPT: "ok", State.BROKEN: "bad", State.RENEGOTIATED: "warn"}


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Those taken back as a mistake are not told of. One statement."""
    days = (since, until)
    rows = Commitment.objects.visible_to(user).filter(customer=customer).exclude(state=State.TAKEN_BACK)
    rows = rows.filter(Q(made_on__range=days) | Q(settled_on__range=days)).order_by("-made_on", "-pk")
    found = []
    for one in rows[:MOST]:
        url = reverse("promises:detail", args=[one.pk])
        if since <= one.made_on <= until:
            title = _("We promised") if one.side == Side.OURS else _("They promised")
            found.append(TimelineEntry(one.made_on, "promise", title, one.text, url))
        if one.settled_on is not None and since <= one.settled_on <= until:
            title = ended(one)
            found.append(
                TimelineEntry(one.settled_on, "promise", title, one.text, url, _TONES.get(State(one.state), ""))
            )
    return sorted(found, key=lambda entry: entry.at, reverse=True)


def ended(one: Commitment) -> str:
    if one.state == State.KEPT:
        return _("Promise kept late") if one.was_late else _("Promise kept")
    return _("Promise broken") if one.state == State.BROKEN else _("Promise put off")
