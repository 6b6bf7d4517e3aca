"""Visits and their reports in the admin: read here, written on the pages; private parts are in none of it."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from visits.plan import rhythms
from visits.plan.models import PlannedVisit
from visits.plan.notice_models import AgreedBefore, ShortNotice
from visits.plan.rhythm_models import BusyDay, CadenceOverride, CadenceWindow, CountingRule, VisitorPace
from visits.planning.models import PlanDraft
from visits.planning.trip_models import Trip
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


@admin.register(ShortNotice, site=site)
class ShortNoticeAdmin(ScopedAdmin):
    list_display = ["customer", "was_on", "now_on", "told_on", "told_by"]
    list_select_related = ["customer", "told_by"]
    search_fields = ["customer__code", "customer__name"]
    ordering = ["-told_on", "-pk"]
    fields = ["customer", "visit", "was_on", "now_on", "told_on", "told_by"]


@admin.register(AgreedBefore, site=site)
class AgreedBeforeAdmin(ScopedAdmin):
    list_display = ["visit", "day", "starts_at", "ended_on", "they_asked"]
    list_select_related = ["visit"]
    list_filter = ["they_asked"]
    search_fields = ["visit__customer__code", "visit__customer__name"]
    ordering = ["-ended_on", "-pk"]
    fields = ["visit", "day", "starts_at", "ended_on", "they_asked"]


@admin.register(Trip, site=site)
class TripAdmin(ScopedAdmin):
    list_display = ["person", "first", "last", "place", "made_by"]
    list_select_related = ["person", "made_by"]
    search_fields = ["person__username", "person__name", "place"]
    ordering = ["-first", "-pk"]
    fields = ["person", "first", "last", "place", "latitude", "longitude", "made_by", "made_at"]


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
        *("visit", "contact", "by", "written_at", "filed_at", "minutes", "found", "solved", "shared", "cooperation"),
        *("latitude", "longitude", "datum", "accuracy_m", "age_s", "checked_in_at", "distance_m"),
    ]


@admin.register(CountingRule, site=site)
class CountingRuleAdmin(ScopedAdmin):
    list_display = ["__str__", "source", "direction", "tier", "only_met", "is_active"]
    list_filter = ["source", "is_active"]
    ordering = ["-source", "tier", "kind", "pk"]
    fields = ["source", "kind", "direction", "tier", "only_met", "is_active"]

    def create(self, request, values):
        return rhythms.add_rule(by=request.user, **values)

    def alter(self, request, row, values):
        return rhythms.change_rule(rule=row, by=request.user, **values)


@admin.register(CadenceWindow, site=site)
class CadenceWindowAdmin(ScopedAdmin):
    list_display = ["__str__", "least_percent", "most_percent"]
    ordering = ["tier"]
    fields = ["tier", "least_percent", "most_percent"]
    readonly_fields = ["tier"]

    def alter(self, request, row, values):
        held = {"least_percent": row.least_percent, "most_percent": row.most_percent}
        return rhythms.change_window(window=row, by=request.user, **{**held, **values})


@admin.register(CadenceOverride, site=site)
class CadenceOverrideAdmin(ScopedAdmin):
    list_display = ["customer", "days", "by_call", "since", "until", "made_by"]
    list_select_related = ["customer", "made_by"]
    list_filter = ["by_call"]
    search_fields = ["customer__code", "customer__name"]
    ordering = ["-since", "-pk"]
    fields = [
        "customer",
        "days",
        "least_days",
        "most_days",
        "by_call",
        "reason",
        "since",
        "until",
        "made_by",
        "made_at",
    ]


@admin.register(BusyDay, site=site)
class BusyDayAdmin(ScopedAdmin):
    list_display = ["person", "kind", "first", "last", "part", "made_by"]
    list_select_related = ["person", "made_by"]
    list_filter = ["kind", "part"]
    search_fields = ["person__username", "person__name"]
    ordering = ["-first", "-pk"]
    fields = ["person", "kind", "first", "last", "part", "note", "made_by", "made_at"]


@admin.register(VisitorPace, site=site)
class VisitorPaceAdmin(ScopedAdmin):
    list_display = ["person", "there", "travel", "day"]
    list_select_related = ["person"]
    search_fields = ["person__username", "person__name"]
    ordering = ["person"]
    fields = ["person", "there", "travel", "day"]
