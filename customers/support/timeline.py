"""What a customer's timeline tells of support: what it asked for, and what became of it."""

from __future__ import annotations

import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from crm.panels import TimelineEntry
from customers.profile.models import Customer
from customers.support.models import GIVEN, State, SupportRequest
from customers.support.words import money

_TONES = {State.GRANTED: "ok", State.DELIVERED: "ok", State.PARTLY: "acc", State.REFUSED: "warn"}


def entries(user, customer: Customer, since: datetime.date, until: datetime.date) -> list[TimelineEntry]:
    """Of the days from since to until, both included; one statement."""
    rows = SupportRequest.objects.visible_to(user).live().filter(customer=customer).select_related("category")
    rows = rows.filter(Q(asked_on__gte=since, asked_on__lte=until) | Q(decided_on__gte=since, decided_on__lte=until))
    found = []
    for row in rows:
        url = reverse("support:detail", args=[row.pk])
        kind = row.category.title
        if since <= row.asked_on <= until:
            text = row.what if row.asked_amount is None else f"{money(row.asked_amount)} · {row.what}"
            title = _("Asked for support: %(kind)s") % {"kind": kind}
            found.append(TimelineEntry(row.asked_on, "support", title, text, url))
        if row.decided_on is not None and since <= row.decided_on <= until:
            title = _("Support %(state)s: %(kind)s") % {"state": row.get_state_display(), "kind": kind}
            text = money(row.granted_amount) if row.state in GIVEN and row.granted_amount else row.answer
            tone = _TONES.get(State(row.state), "")
            found.append(TimelineEntry(row.decided_on, "support", title, text, url, tone))
    return found
