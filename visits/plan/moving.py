"""Visits when two customers become one: all go over. A person plans one visit to the one that stays on a day."""

from __future__ import annotations

import datetime

from django.db import connection
from django.utils.translation import gettext as _

from crm.clock import now
from crm.merging import Work, special
from visits.plan.models import PlannedVisit, State, VisitGoal


def visits(work: Work) -> None:
    """Of two that somebody planned for the same day, the survivor's stays with the goals of both; the other is called
    off, and both say so.
    """
    mine = PlannedVisit.objects.planned().filter(customer_id=work.survivor_id)
    kept = {(one.visitor_id, one.day): one.pk for one in mine}
    theirs = PlannedVisit.objects.planned().filter(customer_id=work.loser_id).order_by("pk")
    twice = [(one.pk, kept[one.visitor_id, one.day]) for one in theirs if (one.visitor_id, one.day) in kept]
    moment = now()
    if connection.vendor == "sqlite":
        moment = moment.astimezone(datetime.UTC).replace(tzinfo=None)  # as the column holds it
    for loser, survivor in twice:
        last = VisitGoal.objects.filter(visit_id=survivor).count()
        if work.update(
            VisitGoal,
            "visit_id = %s",
            [loser],
            visit_id=survivor,
            position=lambda row, last=last: row["position"] + last,
        ):
            work.update(PlannedVisit, "id = %s", [survivor], version=_next)
        work.update(
            PlannedVisit,
            "id = %s",
            [loser],
            state=State.CANCELLED.value,
            ended_at=moment,
            outcome=_("Merged with another customer, whom a visit is planned to on the same day."),
            version=_next,
        )
    work.update(PlannedVisit, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


def _next(row: dict) -> int:
    return row["version"] + 1


RULES = [special("visits.PlannedVisit", visits)]
