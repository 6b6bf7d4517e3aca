"""Slumps in the admin: alerts are read here; causes are the brand's own, and administrators change them."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.relationship.branddays import BrandDay
from customers.slumps import causes
from customers.slumps.models import SchoolHoliday, SlumpAlert, SlumpCause


@admin.register(SlumpAlert, site=site)
class SlumpAlertAdmin(ScopedAdmin):
    list_display = ["customer", "kind", "first_day", "third_day", "closed_on", "depth", "lost", "state", "cause"]
    list_select_related = ["customer", "cause"]
    list_filter = ["kind", "state", "withdrawn"]
    search_fields = ["customer__code", "customer__name"]
    ordering = ["-third_day", "-pk"]
    fields = [
        "customer",
        "kind",
        "first_day",
        "third_day",
        "last_day",
        "closed_on",
        "settled",
        "withdrawn",
        "days",
        "depth",
        "expected",
        "got",
        "lost",
        "swing",
        "smallest",
        "peers",
        "back",
        "learning",
        "sensitivity",
        "rule_version",
        "as_of",
        "state",
        "called_at",
        "called_by",
        "cause",
        "note",
        "diagnosed_at",
        "diagnosed_by",
        "planned_at",
        "dismissed_at",
        "dismissed_by",
        "dismissed_for",
    ]


@admin.register(SlumpCause, site=site)
class SlumpCauseAdmin(ScopedAdmin):
    list_display = ["__str__", "parent", "position", "active"]
    list_select_related = ["parent"]
    list_filter = ["active"]
    search_fields = ["code", "name", "name_zh_hans"]
    ordering = ["position", "pk"]
    fields = ["code", "parent", "name", "name_zh_hans", "name_zh_hant", "position", "active"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj is not None else []

    def create(self, request, values):
        return causes.write_cause(cause=None, by=request.user, **values)

    def alter(self, request, row, values):
        return causes.write_cause(cause=row, by=request.user, **values)


@admin.register(BrandDay, site=site)
class BrandDayAdmin(ScopedAdmin):
    """Written on the page of settings, where past days have slumps looked for anew."""

    list_display = ["day", "kind", "name"]
    list_filter = ["kind"]
    search_fields = ["name"]
    ordering = ["-day"]
    fields = ["day", "kind", "name"]


@admin.register(SchoolHoliday, site=site)
class SchoolHolidayAdmin(ScopedAdmin):
    """Written on the page of settings, as the brand's days are."""

    list_display = ["__str__", "first_day", "last_day", "region"]
    list_select_related = ["region"]
    search_fields = ["name", "region__name"]
    ordering = ["-first_day"]
    fields = ["first_day", "last_day", "region", "name"]
