"""Gathers the slices' models for Django."""

from visits.agenda.models import AgendaPoint, TimeAnswer
from visits.feed.models import CalendarFeed
from visits.plan.models import PlannedVisit, VisitGoal
from visits.plan.notice_models import AgreedBefore, ShortNotice
from visits.plan.rhythm_models import BusyDay, CadenceOverride, CadenceWindow, CountingRule, VisitorPace
from visits.planning.models import DraftVisit, PlanDraft, WorkingDay
from visits.planning.trip_models import Trip
from visits.report.models import ReportAddition, VisitReport

__all__ = [
    "AgendaPoint",
    "AgreedBefore",
    "BusyDay",
    "CadenceOverride",
    "CadenceWindow",
    "CalendarFeed",
    "CountingRule",
    "DraftVisit",
    "PlanDraft",
    "PlannedVisit",
    "ReportAddition",
    "ShortNotice",
    "TimeAnswer",
    "Trip",
    "VisitGoal",
    "VisitReport",
    "VisitorPace",
    "WorkingDay",
]
