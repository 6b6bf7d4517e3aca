"""Customers, their ledgers and their tiers in the admin: scoped like every page; ledgers are read, not written."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import Exists, OuterRef
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.audit.actions import HIDDEN
from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.care import admin as care_admin
from customers.contacts import admin as contacts_admin
from customers.duplicates import words
from customers.duplicates.models import DuplicatePair, Merge
from customers.facts.models import Fact
from customers.facts.words import shown
from customers.files.models import Attachment
from customers.issues import admin as issues_admin
from customers.pages.explained import reason_text
from customers.people import admin as people_admin
from customers.portal import admin as portal_admin
from customers.privacy import admin as privacy_admin
from customers.profile import actions as profile
from customers.profile.models import Customer, Responsibility
from customers.promises import admin as promises_admin
from customers.receivables.models import OpenItem, Payment, Promise
from customers.relationship.models import Observation
from customers.sales import reading
from customers.sales.models import SaleLine
from customers.scores import admin as scores_admin
from customers.slumps import admin as slumps_admin
from customers.support import admin as support_admin
from customers.surveys import admin as surveys_admin
from customers.tiers import lab_admin
from customers.tiers.models import TierDecision, TierPolicy, TierRun

MONTHS = 24
_CUSTOMER = ["customer__code", "customer__name"]


__all__ = [
    "care_admin",
    "contacts_admin",
    "issues_admin",
    "lab_admin",
    "people_admin",
    "portal_admin",
    "privacy_admin",
    "promises_admin",
    "scores_admin",
    "slumps_admin",
    "support_admin",
    "surveys_admin",
]


@admin.register(Customer, site=site)
class CustomerAdmin(ScopedAdmin):
    list_display = ["code", "name", "kind", "state", "region", "province", "city", "opened_on", "closed_on"]
    list_select_related = ["region"]
    list_filter = ["kind", "state"]
    search_fields = ["code", "name", "search_text"]
    ordering = ["code"]
    autocomplete_fields = ["region", "upstream"]
    readonly_fields = ["supplied_by", "monthly_sales", "version", "created_at", "updated_at"]

    def get_queryset(self, request):
        seen = Customer.objects.visible_to(request.user)
        return super().get_queryset(request).annotate(upstream_seen=Exists(seen.filter(pk=OuterRef("upstream_id"))))

    def get_fieldsets(self, request, obj=None):
        writes = self.has_change_permission(request, obj) if obj else True
        channel = ["upstream" if writes else "supplied_by", "opened_on", "closed_on"]
        sets = [
            (None, {"fields": ["code", "name", "kind", "state", "category", "region", "phone"]}),
            (_("Place"), {"fields": ["province", "city", "district", "address", "latitude", "longitude", "datum"]}),
            (_("Channel and time"), {"fields": channel}),
        ]
        if obj is not None:
            sets.append((_("Figures"), {"fields": ["monthly_sales", "version", "created_at", "updated_at"]}))
        return sets

    def create(self, request, values):
        return profile.create_customer(by=request.user, **values)

    def alter(self, request, row, values):
        return profile.change_customer(customer=row, by=request.user, **values)

    @admin.display(description=_("supplied by"))
    def supplied_by(self, customer):
        """Nobody reads the name of a supplier beyond their reach."""
        return str(customer.upstream) if getattr(customer, "upstream_seen", False) else "—"

    @admin.display(description=_("Monthly sales"))
    def monthly_sales(self, customer):
        rows = [row for row in reversed(reading.monthly(customer, MONTHS)) if row.net is not None]
        lines = format_html_join("", "<tr><td>{}</td><td>{}</td></tr>", ((f"{r.month:%Y-%m}", r.net) for r in rows))
        return format_html("<table>{}</table>", lines) if rows else "—"


@admin.register(Responsibility, site=site)
class ResponsibilityAdmin(ScopedAdmin):
    list_display = ["customer", "user", "since", "until"]
    list_select_related = ["customer", "user"]
    search_fields = [*_CUSTOMER, "user__username", "user__name"]
    ordering = ["-since", "-pk"]
    fields = ["customer", "user", "since"]
    autocomplete_fields = ["customer", "user"]

    def create(self, request, values):
        """Whoever was in charge is so until the day before."""
        profile.assign(customers=[values["customer"]], user=values["user"], since=values["since"], by=request.user)
        return Responsibility.objects.get(customer=values["customer"], until__isnull=True)


@admin.register(SaleLine, site=site)
class SaleLineAdmin(ScopedAdmin):
    list_display = ["customer", "sold_on", "gross", "returns", "net", "units", "orders", "promo", "live"]
    list_select_related = ["customer"]
    list_filter = ["promo", "live"]
    search_fields = ["customer__code__exact"]
    search_help_text = _("The customer's code, in full.")
    ordering = ["-pk"]
    fields = [
        "customer",
        "sold_on",
        "gross",
        "returns",
        "net",
        "currency",
        "units",
        "orders",
        "promo",
        "is_open",
        "live",
        "replaces",
    ]

    @admin.display(description=_("net sales"))
    def net(self, line):
        return line.net


@admin.register(Fact, site=site)
class FactAdmin(ScopedAdmin):
    """What is known when, for looking up; sensitive values are read on the customer's page, where that is noted."""

    list_display = ["customer", "field_name", "shown", "source", "noted_on", "author", "is_current"]
    list_select_related = ["customer", "author"]
    list_filter = ["source", "is_current"]
    search_fields = _CUSTOMER
    ordering = ["-pk"]
    fields = [
        "customer",
        "field_name",
        "shown",
        "source",
        "told_by",
        "noted_on",
        "author",
        "note",
        "purpose",
        "consent",
        "expires_on",
        "is_current",
        "created_at",
    ]

    @admin.display(description=_("field"))
    def field_name(self, fact):
        return fact.known_field.label if fact.known_field else fact.field

    @admin.display(description=_("value"))
    def shown(self, fact):
        known = fact.known_field
        if not fact.value:
            return "—"
        return HIDDEN if known is None or known.sensitive else shown(known, fact.text)


@admin.register(OpenItem, site=site)
class OpenItemAdmin(ScopedAdmin):
    list_display = ["customer", "number", "issued_on", "due_on", "amount", "open_amount", "settled_on", "disputed"]
    list_select_related = ["customer"]
    list_filter = ["disputed"]
    search_fields = ["customer__code__exact", "number__exact"]
    search_help_text = _("The customer's code or the document's number, in full.")
    ordering = ["-pk"]
    fields = [
        "customer",
        "number",
        "issued_on",
        "due_on",
        "amount",
        "currency",
        "disputed",
        "paid_on",
        "paid",
        "open_amount",
        "settled_on",
        "note",
    ]


@admin.register(Payment, site=site)
class PaymentAdmin(ScopedAdmin):
    list_display = ["customer", "number", "paid_on", "amount", "unused", "method"]
    list_select_related = ["customer"]
    search_fields = ["customer__code__exact", "number__exact"]
    search_help_text = _("The customer's code or the document's number, in full.")
    ordering = ["-pk"]
    fields = ["customer", "number", "paid_on", "amount", "currency", "method", "pays", "unused", "note"]


@admin.register(Promise, site=site)
class PromiseAdmin(ScopedAdmin):
    """Written down and decided on the customer's page."""

    list_display = ["customer", "made_by", "what", "amount", "due_on", "state", "settled_on", "decided_by"]
    list_select_related = ["customer", "decided_by"]
    list_filter = ["state", "made_by"]
    search_fields = _CUSTOMER
    ordering = ["-pk"]
    fields = [
        "customer",
        "made_by",
        "what",
        "amount",
        "made_on",
        "due_on",
        "state",
        "settled_on",
        "written_by",
        "decided_by",
        "created_at",
    ]


@admin.register(Observation, site=site)
class ObservationAdmin(ScopedAdmin):
    list_display = ["customer", "trait", "kind", "score", "seen_on", "seen_by", "told_source"]
    list_select_related = ["customer", "seen_by"]
    list_filter = ["trait"]
    search_fields = _CUSTOMER
    ordering = ["-pk"]
    fields = ["customer", "trait", "kind", "score", "seen_on", "seen_by", "told_source", "ref", "note", "created_at"]
    readonly_fields = ["told_source"]

    @admin.display(description=Observation._meta.get_field("source").verbose_name, ordering="source")
    def told_source(self, row):
        """A source is a code; most are words of ours as well."""
        return gettext(row.source) if row.source else ""


@admin.register(Attachment, site=site)
class AttachmentAdmin(ScopedAdmin):
    """Facts to read; files are added, seen and removed on the customer's page."""

    list_display = ["title", "customer", "kind", "category", "size", "scan", "uploaded_by", "uploaded_at", "removed_at"]
    list_select_related = ["customer", "uploaded_by"]
    list_filter = ["kind", "category", "scan"]
    search_fields = [*_CUSTOMER, "title", "name"]
    ordering = ["-pk"]
    fields = [
        "customer",
        "title",
        "kind",
        "category",
        "note",
        "name",
        "content_type",
        "size",
        "sha256",
        "kept_sha256",
        "width",
        "height",
        "taken_on",
        "latitude",
        "longitude",
        "scan",
        "uploaded_by",
        "uploaded_at",
        "removed_by",
        "removed_at",
    ]


@admin.register(TierPolicy, site=site)
class TierPolicyAdmin(ScopedAdmin):
    """Versions are made and adopted on the tiers page, where their effect is seen first."""

    list_display = ["called", "code", "version", "top_share", "growth", "adopted_at", "created_by"]
    list_select_related = ["created_by"]
    search_fields = ["code", "name"]
    readonly_fields = ["called"]
    fields = [
        "code",
        "version",
        "called",
        "top_share",
        "growth",
        "cooperation_high",
        "loyalty_high",
        "min_observations",
        "options",
        "note",
        "created_at",
        "created_by",
        "adopted_at",
    ]

    @admin.display(description=_("name"), ordering="name")
    def called(self, policy):
        return policy.title


@admin.register(TierRun, site=site)
class TierRunAdmin(ScopedAdmin):
    list_display = ["id", "policy", "as_of", "mode", "a", "b", "c", "changed", "seconds", "created_at"]
    list_select_related = ["policy", "asked_by"]
    list_filter = ["mode"]
    search_fields = ["policy__code", "policy__name"]
    date_hierarchy = "as_of"
    ordering = ["-pk"]
    fields = [
        "policy",
        "as_of",
        "mode",
        "a",
        "b",
        "c",
        "ranked",
        "k",
        "cutoff",
        "examined",
        "changed",
        "seconds",
        "asked_by",
        "created_at",
    ]


@admin.register(TierDecision, site=site)
class TierDecisionAdmin(ScopedAdmin):
    list_display = ["customer", "as_of", "tier", "previous_tier", "why", "w0", "rank", "ranked", "cutoff"]
    list_select_related = ["customer", "policy"]
    search_fields = ["customer__code__exact"]
    search_help_text = _("The customer's code, in full.")
    ordering = ["-pk"]
    readonly_fields = ["why"]
    fields = [
        "customer",
        "policy",
        "as_of",
        "tier",
        "previous_tier",
        "why",
        "w0",
        "w1",
        "w2",
        "rank",
        "ranked",
        "cutoff",
        "cooperation",
        "loyalty",
        "decided_at",
    ]

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, decision):
        return reason_text(decision.reason, decision.policy)


@admin.register(DuplicatePair, site=site)
class DuplicatePairAdmin(ScopedAdmin):
    """Decided about on the pages, where both are seen side by side."""

    list_display = ["first", "second", "score", "why", "state", "decided_by", "found_at"]
    list_select_related = ["first", "second", "decided_by"]
    list_filter = ["state"]
    search_fields = ["first__code", "first__name", "second__code", "second__name"]
    ordering = ["-score", "-pk"]
    readonly_fields = ["why"]
    fields = ["first", "second", "score", "why", "state", "note", "decided_by", "decided_at", "found_at"]

    @admin.display(description=_("reasons"))
    def why(self, pair):
        return ", ".join(words.reasons(pair.reasons)) or "—"


@admin.register(Merge, site=site)
class MergeAdmin(ScopedAdmin):
    """The journal of merges; undone on the pages, where what stands in the way is listed."""

    list_display = ["loser_code", "loser_name", "survivor", "state", "rows", "done_by", "created_at", "undone_at"]
    list_select_related = ["survivor", "done_by"]
    list_filter = ["state"]
    search_fields = ["loser_code", "loser_name", "survivor__code", "survivor__name"]
    ordering = ["-pk"]
    readonly_fields = ["rows"]
    fields = [
        "survivor",
        "loser_id",
        "loser_code",
        "loser_name",
        "state",
        "take",
        "rows",
        "moved",
        "reason",
        "done_by",
        "created_at",
        "undone_by",
        "undone_at",
    ]

    @admin.display(description=_("rows moved"))
    def rows(self, merge):
        return sum(merge.moved.values())
