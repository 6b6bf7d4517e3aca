"""What is to be done about slumps: call tonight, find the cause, plan the visit; and who has stopped reporting."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.profile.colleagues import theirs
from customers.relationship.slumps import day_of
from customers.relationship.slumpshock import Shock
from customers.slumps import network, reading
from customers.slumps.models import Kind, SlumpAlert, State
from customers.slumps.words import sentence, shock_sentence, visit_url

MOST = 50
A_MONTH = 30
WAITING = (State.OPEN, State.CALLED, State.DIAGNOSED)


def tasks(user, day: datetime.date) -> list[Task]:
    """One line an alert: what comes next of its play. At stake is what a month like these days would cost.

    A contact logged after the third bad day counts as the call. What the whole network lost is one line, of no shop.
    Three statements.
    """
    next_step = Q(state=State.OPEN) | Q(kind=Kind.SLUMP, state__in=WAITING)
    rows = reading.rows_for(user).on().filter(theirs(user, day), next_step)
    alerts = list(reading.by_weight(rows)[:MOST])
    spoken = reading.first_contacts(one for one in alerts if one.state == State.OPEN)
    shock = network.news(day) if network.sees_news(user) else None
    found = [_shock(shock)] if shock is not None else []
    return found + [
        _next(one, spoken.get(one.pk), day) if one.is_slump else _silent(one, day)
        for one in alerts
        if one.is_slump or one.pk not in spoken
    ]


def _shock(one: Shock) -> Task:
    return Task(
        key=f"network:{day_of(one.first)}",
        kind="network",
        icon="trending-down",
        tone="info",
        reason=shock_sentence(one),
        url=reverse("slumps:list"),
        minutes=5,
    )


def _next(one: SlumpAlert, spoke: datetime.datetime | None, day: datetime.date) -> Task:
    url = reverse("slumps:detail", args=[one.pk])
    called = one.called_at or spoke
    if one.state == State.DIAGNOSED:
        since, minutes = localdate(one.diagnosed_at) if one.diagnosed_at else one.third_day, 5
        key, icon, tone = f"slump-visit:{one.pk}", "calendar-event", "warn"
        reason = _("The slump came from: %(cause)s. Plan the visit.") % {"cause": one.cause or "—"}
        action = Action(_("Plan a visit"), visit_url(one), "calendar-event")
    elif called is not None:
        since, minutes = localdate(called), 5
        key, icon, tone = f"slump-cause:{one.pk}", "search", "warn"
        reason = _("You have spoken with them: write down what the slump came from.")
        action = Action(_("Find the cause"), f"{url}#cause", "search")
    else:
        since, minutes = one.third_day, 20
        key, icon, tone = f"slump:{one.pk}", "trending-down", "bad"
        reason, action = sentence(one), None
    return Task(
        key=key,
        kind="slump",
        icon=icon,
        tone=tone,
        reason=reason,
        url=url,
        customer_id=one.customer_id,
        action=action,
        stake=(one.lost / max(one.days, 1) * A_MONTH).quantize(one.lost),
        late=(day - since).days,
        minutes=minutes,
    )


def _silent(one: SlumpAlert, day: datetime.date) -> Task:
    """No figures: nobody knows. A few days of sales are at stake."""
    return Task(
        key=f"unreported:{one.pk}",
        kind="unreported",
        icon="clock-exclamation",
        tone="warn",
        reason=sentence(one),
        url=reverse("slumps:detail", args=[one.pk]),
        customer_id=one.customer_id,
        days_of_sales=3,
        late=(day - one.third_day).days,
        minutes=10,
    )
