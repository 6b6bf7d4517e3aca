"""Visits in the admin: read here, planned and changed on the pages."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from visits.plan.models import PlannedVisit
from visits.planning.models import PlanDraft


@admin.register(PlannedVisit, site=site)
class PlannedVisitAdmin(ScopedAdmin):
    list_display = ["customer", "visitor", "day", "starts_at", "purpose", "state", "planned_by"]
    list_select_related = ["customer", "visitor", "planned_by"]
    list_filter = ["state", "purpose"]
    search_fields = ["customer__code", "customer__name", "visitor__username", "visitor__name"]
    ordering = ["-day", "-pk"]
    fields = [
        "customer",
        "visitor",
        "day",
        "starts_at",
        "minutes",
        "purpose",
        "note",
        "is_agreed",
        "state",
        "ended_at",
        "outcome",
        "planned_by",
        "planned_at",
    ]


@admin.register(PlanDraft, site=site)
class PlanDraftAdmin(ScopedAdmin):
    list_display = ["visitor", "first", "last", "state", "asked_by", "created_at"]
    list_select_related = ["visitor", "asked_by"]
    list_filter = ["state"]
    ordering = ["-pk"]
    fields = ["visitor", "first", "last", "state", "asked_by", "created_at", "decided_by", "decided_at"]
