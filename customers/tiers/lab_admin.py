"""Tiers set by hand and trials in the admin, for looking up."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.tiers.overridden import TierOverride
from customers.tiers.trials import TierTrial, TierTrialMove


@admin.register(TierOverride, site=site)
class TierOverrideAdmin(ScopedAdmin):
    """Proposed, approved and ended on the customer's page."""

    list_display = ["customer", "tier", "computed_tier", "since", "until", "state", "proposed_by", "decided_by"]
    list_select_related = ["customer", "proposed_by", "decided_by"]
    list_filter = ["state", "tier"]
    search_fields = ["customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = [
        "customer",
        "tier",
        "computed_tier",
        "reason",
        "since",
        "until",
        "state",
        "proposed_by",
        "proposed_at",
        "decided_by",
        "decided_at",
        "review_note",
        "ended_on",
        "ended_by",
        "end_note",
    ]


@admin.register(TierTrial, site=site)
class TierTrialAdmin(ScopedAdmin):
    """Without its result as it is kept: that tells of all regions; the laboratory's page shows each reader its own."""

    list_display = ["id", "as_of", "base", "against", "asked_by", "created_at"]
    list_select_related = ["base", "against", "asked_by"]
    ordering = ["-pk"]
    fields = ["as_of", "base", "against", "draft", "churn", "asked_by", "created_at"]


@admin.register(TierTrialMove, site=site)
class TierTrialMoveAdmin(ScopedAdmin):
    list_display = ["trial", "customer", "before", "after", "w0", "rank"]
    list_select_related = ["trial", "customer"]
    search_fields = ["customer__code__exact"]
    ordering = ["-pk"]
    fields = ["trial", "customer", "region", "before", "after", "reason_before", "reason", "w0", "w1", "rank"]
