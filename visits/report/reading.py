"""Reports as pages, the timeline and dealers see them; as few statements for many as for few."""

from __future__ import annotations

import datetime

from django.db.models import Prefetch, Q, QuerySet

from crm.accounts.models import User
from customers.files.models import Attachment
from customers.issues.models import Issue
from customers.profile.models import Customer
from visits.plan.models import PlannedVisit, VisitGoal
from visits.report.models import ReportAddition, VisitReport

PAGE = 50
MOST_SHARED = 5
MOST_ISSUES = 5


def rows_for(user: User) -> QuerySet[VisitReport]:
    """What this person sees, with what a line shows."""
    rows = VisitReport.objects.visible_to(user)
    return rows.select_related("visit__customer", "visit__visitor", "contact__person", "by")


def whole(rows: QuerySet[VisitReport], user: User) -> QuerySet[VisitReport]:
    """With goals, issues, photos and additions, as far as this person sees them; five statements, however many rows."""
    return rows.select_related("note").prefetch_related(
        Prefetch("visit__goals", VisitGoal.objects.order_by("position", "pk")),
        Prefetch("issues", Issue.objects.visible_to(user).select_related("owner").order_by("pk")),
        Prefetch("photos", Attachment.objects.visible_to(user).live().order_by("pk")),
        Prefetch("additions", ReportAddition.objects.select_related("by").order_by("at", "pk")),
    )


def private_part(report: VisitReport, user: User) -> str:
    """Its author's alone, whoever else asks."""
    note = report.note
    if note is None or note.written_by_id != user.pk or note.removed_at is not None:
        return ""
    return note.text


def page_of(rows: QuerySet[VisitReport], before: VisitReport | None = None) -> tuple[list[VisitReport], int | None]:
    """The latest visits first, and the key of the report to go on from."""
    if before is not None:
        day = before.visit.day
        rows = rows.filter(Q(visit__day__lt=day) | Q(visit__day=day, pk__lt=before.pk))
    found = list(rows.latest_first()[: PAGE + 1])
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def until_today(user: User, day: datetime.date) -> QuerySet[PlannedVisit]:
    """One's own until this day that nobody said anything of, the latest day first."""
    return PlannedVisit.objects.visible_to(user).planned().made_by(user.pk).filter(day__lte=day).order_by("-day", "pk")


def open_issues(user: User, customer: Customer) -> list[Issue]:
    """What is still to be solved for them: to speak of before somebody else does."""
    rows = Issue.objects.visible_to(user).unsolved().filter(customer=customer)
    return list(rows.most_pressing_first()[:MOST_ISSUES])


def shared_with(customer: Customer) -> list[VisitReport]:
    """What was shared with the customer, the latest first; of it the day, who came and the shared part are theirs."""
    rows = VisitReport.objects.filter(visit__customer=customer).exclude(shared="")
    return list(rows.select_related("visit__visitor").latest_first()[:MOST_SHARED])
