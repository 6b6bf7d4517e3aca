"""Support in the admin: the ledger is read here and written on the pages; the kinds of support are kept here."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.support import setting
from customers.support.models import (
    Entitlement,
    EntitlementException,
    SupportBudget,
    SupportCategory,
    SupportCost,
    SupportRequest,
)

_OF_CUSTOMER = ["customer__code", "customer__name"]


@admin.register(SupportCategory, site=site)
class SupportCategoryAdmin(ScopedAdmin):
    list_display = ["__str__", "kind", "draws_on", "position", "is_active"]
    list_filter = ["kind", "is_active"]
    search_fields = ["code", "name"]
    ordering = ["position", "pk"]
    fields = ["code", "name", "kind", "draws_on", "position", "is_active"]

    def create(self, request, values):
        return setting.add_category(by=request.user, **values)

    def alter(self, request, row, values):
        return setting.change_category(category=row, by=request.user, **values)


@admin.register(Entitlement, site=site)
class EntitlementAdmin(ScopedAdmin):
    list_display = ["policy", "tier", "kind", "gives", "amount", "period", "since", "made_by"]
    list_select_related = ["policy", "made_by"]
    list_filter = ["tier", "gives"]
    ordering = ["tier", "gives", "-since", "-pk"]
    fields = ["policy", "tier", "kind", "gives", "amount", "period", "since", "note", "made_by", "made_at"]


@admin.register(EntitlementException, site=site)
class EntitlementExceptionAdmin(ScopedAdmin):
    list_display = ["customer", "gives", "amount", "period", "since", "until", "made_by", "approved_by"]
    list_select_related = ["customer", "made_by", "approved_by"]
    list_filter = ["gives"]
    search_fields = _OF_CUSTOMER
    ordering = ["-pk"]
    fields = [
        "customer",
        "gives",
        "amount",
        "period",
        "since",
        "until",
        "reason",
        "made_by",
        "made_at",
        "approved_by",
        "approved_at",
        "dropped_by",
        "dropped_at",
    ]


@admin.register(SupportBudget, site=site)
class SupportBudgetAdmin(ScopedAdmin):
    list_display = ["region", "quarter", "amount", "note"]
    list_select_related = ["region"]
    search_fields = ["region__code", "region__name"]
    ordering = ["-quarter", "region__path"]
    fields = ["region", "quarter", "amount", "note"]


@admin.register(SupportRequest, site=site)
class SupportRequestAdmin(ScopedAdmin):
    list_display = [
        "customer",
        "category",
        "asked_on",
        "asked_amount",
        "state",
        "granted_amount",
        "booked",
        "over_budget",
    ]
    list_select_related = ["customer", "category"]
    list_filter = ["state", "over_budget", "live"]
    search_fields = _OF_CUSTOMER
    ordering = ["-pk"]
    fields = [
        "customer",
        "category",
        "what",
        "asked_amount",
        "asked_on",
        "through",
        "asker",
        "expected",
        "written_by",
        "written_at",
        "state",
        "decided_on",
        "decided_by",
        "granted_amount",
        "answer",
        "tier",
        "region",
        "over_budget",
        "over_entitlement",
        "over_reason",
        "delivered_on",
        "booked",
        "used",
        "live",
        "corrects",
    ]


@admin.register(SupportCost, site=site)
class SupportCostAdmin(ScopedAdmin):
    list_display = ["request", "amount", "booked_on", "note", "booked_by"]
    list_select_related = ["request", "booked_by"]
    search_fields = ["request__customer__code", "request__customer__name"]
    ordering = ["-pk"]
    fields = ["request", "amount", "booked_on", "note", "corrects", "booked_by", "booked_at"]
