"""Erasures in the admin: read only, like every ledger."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.privacy.models import Erasure


@admin.register(Erasure, site=site)
class ErasureAdmin(ScopedAdmin):
    list_display = ["pk", "subject", "subject_id", "code", "state", "ground", "asked_by", "asked_at", "done_at"]
    list_select_related = ["asked_by"]
    list_filter = ["state", "subject", "ground"]
    search_fields = ["code__exact"]
    ordering = ["-pk"]
    fields = [
        "subject",
        "subject_id",
        "code",
        "region",
        "state",
        "ground",
        "reason",
        "chosen",
        "counts",
        "asked_by",
        "asked_at",
        "decided_by",
        "decided_at",
        "done_at",
    ]
