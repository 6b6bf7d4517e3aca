"""Promises in the admin, for looking up; made and settled on the pages."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.promises.models import Commitment


@admin.register(Commitment, site=site)
class CommitmentAdmin(ScopedAdmin):
    list_display = ["customer", "side", "text", "due_on", "owner", "state", "settled_on"]
    list_select_related = ["customer", "owner"]
    list_filter = ["side", "state"]
    search_fields = ["text", "customer__code", "customer__name"]
    ordering = ["-due_on", "-pk"]
    fields = [
        *("customer", "side", "text", "made_on", "due_on", "owner", "person", "state", "settled_on", "settled_by"),
        *("outcome", "earlier", "written_by", "written_at"),
    ]
