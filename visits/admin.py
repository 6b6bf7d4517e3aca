"""Visits and their reports in the admin: read here, written on the pages; private parts are in none of it."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from visits.plan.models import PlannedVisit
from visits.planning.models import PlanDraft
from visits.report.models import VisitReport


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


@admin.register(VisitReport, site=site)
class VisitReportAdmin(ScopedAdmin):
    list_display = ["visit", "by", "filed_at", "minutes", "distance_m", "cooperation"]
    list_select_related = ["visit", "by"]
    list_filter = ["cooperation"]
    search_fields = ["visit__customer__code", "visit__customer__name", "found", "solved"]
    ordering = ["-pk"]
    fields = [
        *("visit", "contact", "by", "filed_at", "minutes", "found", "solved", "shared", "cooperation"),
        *("latitude", "longitude", "datum", "accuracy_m", "age_s", "checked_in_at", "distance_m"),
    ]
