"""Answers that wait for whoever looks after the customer to guess them first."""

from __future__ import annotations

import datetime

from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext as _

from crm.today.ranking import Action, Task
from customers.surveys.guessing import NEVER_GUESS, guessers
from customers.surveys.models import State, SurveyInvitation

MOST = 50


def tasks(user, day: datetime.date) -> list[Task]:
    """The longest answered first. One statement."""
    if not user.may_write or user.role in NEVER_GUESS:
        return []
    mine = guessers(day).filter(user=user).values("customer_id")
    rows = SurveyInvitation.objects.visible_to(user).counting().filter(customer_id__in=mine, state=State.ANSWERED)
    rows = rows.filter(guessed_at__isnull=True, waived="").select_related("customer", "response")
    found = []
    for one in rows.order_by("response__answered_at", "pk")[:MOST]:
        url = reverse("surveys:guess", args=[one.pk])
        found.append(
            Task(
                key=f"guess:{one.pk}",
                kind="guess",
                icon="help-circle",
                tone="warn",
                reason=_("Guess first: an answer of %(name)s waits.") % {"name": one.customer.name},
                url=url,
                customer_id=one.customer_id,
                action=Action(_("Guess"), url, "help-circle"),
                days_of_sales=3,
                late=(day - localdate(one.response.answered_at)).days,
                minutes=3,
                own=True,
            )
        )
    return found
