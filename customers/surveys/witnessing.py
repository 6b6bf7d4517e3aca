"""That a customer answers, or does not, is evidence of how they cooperate; what they answer is none.

Only of those who were asked by letter or in the portal, without one of us beside them. Whoever was asked in person had
no choice but to answer, and of a link that somebody passed on nobody knows whether it arrived.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.db.models import F, Q, QuerySet
from django.utils.timezone import localdate

from crm.clock import today
from customers.relationship.actions import Witnessed, witness, witness_many
from customers.relationship.models import Kind
from customers.surveys.models import SurveyInvitation, SurveyResponse, Through

SOURCE = "survey"


def answered(response: SurveyResponse) -> None:
    """By link or in the portal, in time: later is no answer at all."""
    if response.through == Through.VISIT:
        return
    held, on = response.invitation, localdate(response.answered_at)
    witness(customer=held.customer, kind=Kind.ANSWER, kept=1, on=on, source=SOURCE, ref=str(held.pk))


def reached(rows: QuerySet[SurveyInvitation]) -> list[tuple[int, int, datetime.date]]:
    """(invitation, customer, last day) of those who know of it: a letter went, or they were in the portal since it
    opened. One statement.
    """
    seen = Q(
        customer__portal_accounts__is_active=True,
        customer__portal_accounts__last_seen_at__date__gte=F("survey__opens_on"),
    )
    found = rows.counting().filter(Q(sent_at__isnull=False) | seen).order_by("pk").distinct()
    return list(found.values_list("pk", "customer_id", "survey__closes_on"))


def silent(invited: Iterable[tuple[int, int, datetime.date]]) -> int:
    """Of `reached`: the round is over and they said nothing, not even that they do not want to."""
    return witness_many(
        [
            Witnessed(customer_id, Kind.ANSWER, 0, min(last, today()), SOURCE, str(pk))
            for pk, customer_id, last in invited
        ]
    )
