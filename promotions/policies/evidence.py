"""That a customer answers a notice in time, or says nothing, is evidence of how they cooperate; what they answer is
none: who says that it cannot be done has answered.

Only of those who were reached: an answer in the portal, or a notice that was opened there and left lying.
"""

from __future__ import annotations

import datetime

from django.utils.timezone import localdate

from customers.relationship.actions import Witnessed, witness, witness_many
from customers.relationship.models import Kind
from promotions.policies.answer_models import NoticeDelivery, Through

SOURCE = "notice"
AT_ONCE = 1000


def _ref(delivery: NoticeDelivery) -> str:
    """Each version that is answered anew is an event of its own."""
    return f"{delivery.pk}.{delivery.version.number}"


def answered(delivery: NoticeDelivery) -> None:
    """In the portal, by the last day or after it: late is half kept."""
    assert delivery.answered_at is not None
    on = localdate(delivery.answered_at)
    kept = 1 if on <= delivery.answer_by else 0.5
    witness(customer=delivery.customer, kind=Kind.ANSWER, kept=kept, on=on, source=SOURCE, ref=_ref(delivery))


def silent(day: datetime.date, *, since: datetime.date) -> int:
    """Of notices whose last day to answer was in [since, day): opened in the portal, not answered. Says how many were
    new. What was witnessed once stays: who answers afterwards has kept the others waiting all the same.
    """
    rows = NoticeDelivery.objects.of_sent().unanswered().filter(answer_by__lt=day, answer_by__gte=since)
    rows = rows.filter(read_at__isnull=False, read_through=Through.PORTAL).select_related("version").order_by("pk")
    n, last = 0, 0
    while page := list(rows.filter(pk__gt=last)[:AT_ONCE]):
        last = page[-1].pk
        n += witness_many(
            [Witnessed(one.customer_id, Kind.ANSWER, 0, one.answer_by, SOURCE, _ref(one)) for one in page]
        )
    return n
