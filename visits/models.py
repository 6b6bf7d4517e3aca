"""Gathers the slices' models for Django."""

from visits.plan.models import PlannedVisit, VisitGoal
from visits.report.models import ReportAddition, VisitReport

__all__ = ["PlannedVisit", "ReportAddition", "VisitGoal", "VisitReport"]
