"""Gathers the slices' models for Django."""

from visits.plan.models import PlannedVisit, VisitGoal
from visits.planning.models import DraftVisit, PlanDraft, WorkingDay

__all__ = ["DraftVisit", "PlanDraft", "PlannedVisit", "VisitGoal", "WorkingDay"]
