"""Dealers' access in the admin, for looking up; given and ended on the customer's page."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.portal.models import PortalAccount, PortalLink, PortalSession


@admin.register(PortalAccount, site=site)
class PortalAccountAdmin(ScopedAdmin):
    list_display = ["name", "customer", "phone", "email", "is_active", "invited_at", "last_seen_at"]
    list_select_related = ["customer"]
    list_filter = ["is_active"]
    search_fields = ["name", "email", "customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = [
        "customer",
        "person",
        "name",
        "phone",
        "email",
        "language",
        "is_active",
        "invited_by",
        "invited_at",
        "last_seen_at",
        "ended_by",
        "ended_at",
    ]


@admin.register(PortalLink, site=site)
class PortalLinkAdmin(ScopedAdmin):
    """When and for whom; never the link itself."""

    list_display = ["account", "made_by", "made_at", "expires_at", "used_at", "revoked_at", "sent_to", "sent_at"]
    list_select_related = ["account", "made_by"]
    search_fields = ["account__name", "account__customer__code"]
    ordering = ["-pk"]
    fields = ["account", "made_by", "made_at", "expires_at", "used_at", "revoked_at", "sent_to", "sent_at"]


@admin.register(PortalSession, site=site)
class PortalSessionAdmin(ScopedAdmin):
    list_display = ["account", "begun_at", "last_seen_at", "expires_at", "ended_at"]
    list_select_related = ["account"]
    search_fields = ["account__name", "account__customer__code"]
    ordering = ["-pk"]
    fields = ["account", "begun_at", "last_seen_at", "expires_at", "ended_at"]
