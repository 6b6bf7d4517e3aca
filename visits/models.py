"""Gathers the slices' models for Django."""

from visits.plan.models import PlannedVisit, VisitGoal

__all__ = ["PlannedVisit", "VisitGoal"]
