"""Visits when two customers become one: all go over. A person plans one visit to the one that stays on a day."""

from __future__ import annotations

from django.db.models import Count
from django.utils.translation import gettext as _

from crm.merging import Work, move, set_aside, special, this_moment
from visits.plan.models import PlannedVisit, State, VisitGoal


def visits(work: Work) -> None:
    """Of two that somebody planned for the same day, the survivor's stays with the goals of both; the other is called
    off, and both say so.
    """
    mine = PlannedVisit.objects.planned().filter(customer_id=work.survivor_id)
    kept = {(one.visitor_id, one.day): one.pk for one in mine}
    theirs = PlannedVisit.objects.planned().filter(customer_id=work.loser_id).order_by("pk")
    twice = {one.pk: kept[one.visitor_id, one.day] for one in theirs if (one.visitor_id, one.day) in kept}
    if twice:
        _join(work, twice)
    work.update(PlannedVisit, "customer_id = %s", [work.loser_id], customer_id=work.survivor_id)


def _join(work: Work, twice: dict[int, int]) -> None:
    """{visit that is called off: visit that stays}; as many statements for many as for one."""
    goals = VisitGoal.objects.filter(visit_id__in=[*twice, *twice.values()]).order_by()
    had = dict(goals.values_list("visit_id").annotate(n=Count("pk")))
    richer = [stays for gone, stays in twice.items() if gone in had]
    where, gone = f"({', '.join(['%s'] * len(twice))})", list(twice)
    work.update(
        VisitGoal,
        f"visit_id IN {where}",
        gone,
        position=lambda row: row["position"] + had.get(twice[row["visit_id"]], 0),
        visit_id=lambda row: twice[row["visit_id"]],
    )
    if richer:
        work.update(PlannedVisit, f"id IN ({', '.join(['%s'] * len(richer))})", richer, version=_next)
    work.update(
        PlannedVisit,
        f"id IN {where}",
        gone,
        state=State.CANCELLED.value,
        ended_at=this_moment(),
        outcome=_("Merged with another customer, whom a visit is planned to on the same day."),
        version=_next,
    )


def _next(row: dict) -> int:
    return row["version"] + 1


RULES = [
    move("visits.ShortNotice"),
    special("visits.PlannedVisit", visits),
    set_aside("visits.CadenceOverride", why="the rhythm of the one that stays was agreed for what is there"),
]
