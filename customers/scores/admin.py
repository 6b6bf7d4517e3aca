"""Scores and runs in the admin, for looking up; nothing here is entered by hand."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.scores.models import Score


@admin.register(Score, site=site)
class ScoreAdmin(ScopedAdmin):
    list_display = ["customer", "trait", "as_of", "value", "lower", "events", "high", "current", "replay"]
    list_select_related = ["customer"]
    list_filter = ["trait", "high", "current", "replay"]
    search_fields = ["customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = [
        "customer",
        "trait",
        "as_of",
        "value",
        "lower",
        "sure",
        "events",
        "enough",
        "high",
        "components",
        "because",
        "rule_version",
        "replay",
        "current",
        "created_at",
    ]
