"""Contacts and common ground in the admin, for looking up; private ones are their author's there too."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.contacts.models import Contact, Topic


@admin.register(Contact, site=site)
class ContactAdmin(ScopedAdmin):
    list_display = ["customer", "by", "happened_at", "channel", "mood_before", "mood_after", "is_private"]
    list_select_related = ["customer", "by"]
    list_filter = ["channel", "just_listened"]
    search_fields = ["text", "customer__code", "customer__name"]
    ordering = ["-happened_at", "-pk"]
    fields = [
        *(
            "customer",
            "person",
            "by",
            "happened_at",
            "channel",
            "direction",
            "mood_before",
            "mood_after",
            "openness",
            "business",
        ),
        *(
            "text",
            "next_step",
            "next_on",
            "purpose",
            "just_listened",
            "asked_nothing",
            "is_private",
            "written_at",
            "created_at",
        ),
        "removed_at",
    ]


@admin.register(Topic, site=site)
class TopicAdmin(ScopedAdmin):
    list_display = ["customer", "person", "kind", "text", "last_used_on", "used", "retired_on"]
    list_select_related = ["customer", "person"]
    list_filter = ["kind"]
    search_fields = ["text", "customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = ["customer", "person", "kind", "text", "since", "source", "last_used_on", "used", "retired_on", "added_by"]
