"""Gathers the slices' models for Django."""

from visits.plan.models import PlannedVisit, VisitGoal
from visits.plan.rhythm_models import BusyDay, CadenceOverride, CadenceWindow, CountingRule, VisitorPace

__all__ = [
    "BusyDay",
    "CadenceOverride",
    "CadenceWindow",
    "CountingRule",
    "PlannedVisit",
    "VisitGoal",
    "VisitorPace",
]
