"""Gathers the slices' models for Django."""

from visits.agenda.models import AgendaPoint, TimeAnswer
from visits.feed.models import CalendarFeed
from visits.plan.models import PlannedVisit, VisitGoal

__all__ = ["AgendaPoint", "CalendarFeed", "PlannedVisit", "TimeAnswer", "VisitGoal"]
