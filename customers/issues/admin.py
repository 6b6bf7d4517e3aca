"""Issues in the admin, for looking up; worked on in their pages."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.issues.models import Issue, IssueStep, IssueTerms


@admin.register(Issue, site=site)
class IssueAdmin(ScopedAdmin):
    list_display = ["title", "customer", "category", "severity", "state", "owner", "due_on", "solved_on"]
    list_select_related = ["customer", "owner"]
    list_filter = ["state", "severity", "category", "origin"]
    search_fields = ["title", "customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = [
        "customer",
        "title",
        "text",
        "origin",
        "category",
        "severity",
        "owner",
        "reported_on",
        "due_on",
        "state",
        "person",
        "told_by",
        "opened_by",
        "opened_at",
        "first_response_at",
        "solved_at",
        "escalated_at",
        "answer",
        "word",
        "stars",
        "word_at",
    ]


@admin.register(IssueStep, site=site)
class IssueStepAdmin(ScopedAdmin):
    list_display = ["issue", "what", "by", "told_by", "at", "is_public"]
    list_select_related = ["issue", "by"]
    list_filter = ["what", "is_public"]
    search_fields = ["issue__customer__code__exact"]
    ordering = ["-pk"]
    fields = ["issue", "what", "by", "told_by", "at", "text", "is_public"]


@admin.register(IssueTerms, site=site)
class IssueTermsAdmin(ScopedAdmin):
    """Changed on their page, where what is wrong with them is said."""

    list_display = ["id", "changed_by", "changed_at"]
    list_select_related = ["changed_by"]
    fields = ["days", "changed_by", "changed_at"]
