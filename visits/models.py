"""Gathers the slices' models for Django."""

from visits.plan.models import PlannedVisit, VisitGoal
from visits.plan.rhythm_models import BusyDay, CadenceOverride, CadenceWindow, CountingRule, VisitorPace
from visits.planning.models import DraftVisit, PlanDraft, WorkingDay
from visits.report.models import ReportAddition, VisitReport

__all__ = [
    "BusyDay",
    "CadenceOverride",
    "CadenceWindow",
    "CountingRule",
    "DraftVisit",
    "PlanDraft",
    "PlannedVisit",
    "ReportAddition",
    "VisitGoal",
    "VisitReport",
    "VisitorPace",
    "WorkingDay",
]
