"""Notes, stand-ins, special customers, tags, handovers and actions on many in the admin: read, changed on the pages."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.care.kinds import kind_of, kinds, title_of
from customers.care.models import BulkAction, Handover, Note
from customers.profile.models import SpecialCare, StandIn
from customers.profile.tags import Tag

_CUSTOMER = ["customer__code", "customer__name"]


@admin.register(Note, site=site)
class NoteAdmin(ScopedAdmin):
    """Private notes of others are not here either."""

    list_display = ["customer", "text", "mood", "is_private", "written_by", "at", "removed_at"]
    list_select_related = ["customer", "written_by"]
    list_filter = ["mood"]
    search_fields = _CUSTOMER
    ordering = ["-pk"]
    fields = ["customer", "text", "mood", "is_private", "written_by", "at", "removed_at", "removed_by"]


@admin.register(StandIn, site=site)
class StandInAdmin(ScopedAdmin):
    list_display = ["absent", "stand_in", "since", "until", "reason", "made_by"]
    list_select_related = ["absent", "stand_in", "made_by"]
    search_fields = ["absent__username", "absent__name", "stand_in__username", "stand_in__name"]
    ordering = ["-since", "-pk"]
    fields = ["absent", "stand_in", "since", "until", "reason", "made_by", "made_at"]


@admin.register(SpecialCare, site=site)
class SpecialCareAdmin(ScopedAdmin):
    list_display = ["customer", "user", "since", "review_on", "ended_on"]
    list_select_related = ["customer", "user"]
    search_fields = _CUSTOMER
    ordering = ["review_on", "pk"]
    fields = ["customer", "user", "reason", "since", "review_on", "exit_rule", "ended_on", "outcome", "made_by"]


@admin.register(Tag, site=site)
class TagAdmin(ScopedAdmin):
    list_display = ["name", "made_by", "made_at"]
    list_select_related = ["made_by"]
    search_fields = ["name"]
    ordering = ["name"]
    fields = ["name", "made_by", "made_at"]


@admin.register(Handover, site=site)
class HandoverAdmin(ScopedAdmin):
    list_display = ["id", "to", "since", "done_by", "done_at", "read_at", "undone_at"]
    list_select_related = ["to", "done_by"]
    search_fields = ["to__username", "to__name"]
    ordering = ["-pk"]
    fields = ["to", "since", "word", "done_by", "done_at", "read_at", "undone_at"]


class KindFilter(admin.SimpleListFilter):
    """By what was done, in words: the table knows codes that slices bring."""

    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request, model_admin):
        return [(kind.code, kind.label) for kind in kinds().values()]

    def queryset(self, request, queryset):
        return queryset.filter(kind=self.value()) if self.value() in kinds() else queryset


@admin.register(BulkAction, site=site)
class BulkActionAdmin(ScopedAdmin):
    list_display = ["id", "what", "state", "total", "changed", "unchanged", "refused", "undone", "asked_by", "asked_at"]
    list_select_related = ["asked_by"]
    list_filter = [KindFilter, "state"]
    search_fields = ["asked_by__username", "asked_by__name"]
    ordering = ["-pk"]
    fields = [
        "what",
        "done_to_each",
        "state",
        "query",
        "total",
        "changed",
        "unchanged",
        "refused",
        "undone",
        "left",
        "asked_by",
        "asked_at",
        "undone_by",
        "undone_at",
    ]
    readonly_fields = ["what", "done_to_each"]

    @admin.display(description=_("what"))
    def what(self, action):
        return title_of(action)

    @admin.display(description=_("kind"))
    def done_to_each(self, action):
        return kind_of(action).label
