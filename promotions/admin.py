"""Notices, promotion plans, promotions and lessons in the admin: read here, written on the pages."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from promotions.budgets.models import BudgetApproval, BudgetUse, PromotionBudget
from promotions.calculator.models import PlanSignature, PlanVersion, PromotionPlan
from promotions.learning.models import PromotionLesson
from promotions.policies.answer_models import NoticeAnswer, NoticeDelivery, NoticeQuestion
from promotions.policies.models import Notice
from promotions.rollout.models import Execution, Participation, Promotion


@admin.register(Notice, site=site)
class NoticeAdmin(ScopedAdmin):
    """Without its audience, which may name customers that whoever reads here does not see."""

    list_display = ["__str__", "kind", "state", "answer_by", "sent_at", "made_by"]
    list_select_related = ["current__notice", "made_by"]
    list_filter = ["state", "kind"]
    search_fields = ["made_by__username", "made_by__name"]
    ordering = ["-pk"]
    fields = [
        *("kind", "state", "language", "current", "joins", "answer_by", "asks_doing", "do_by", "send_on"),
        *("sent_at", "sent_by", "withdrawn_at", "withdrawn_why", "made_by", "made_at"),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("versions__notice")


@admin.register(NoticeDelivery, site=site)
class NoticeDeliveryAdmin(ScopedAdmin):
    list_display = ["customer", "version", "told_at", "read_at", "answer", "answered_at", "done_on"]
    list_select_related = ["customer", "version__notice"]
    list_filter = ["answer", "read_through", "joined"]
    search_fields = ["customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = [
        *("notice", "customer", "version", "joined", "told_at", "answer_by", "read_at", "read_through"),
        *("answer", "answered_at", "done_on", "done_by", "done_told_by", "reminders", "reminded_at", "set_aside"),
    ]


@admin.register(NoticeAnswer, site=site)
class NoticeAnswerAdmin(ScopedAdmin):
    list_display = ["customer", "version", "answer", "reason", "through", "by", "at"]
    list_select_related = ["delivery__customer", "version__notice", "by"]
    list_filter = ["answer", "reason", "through"]
    search_fields = ["delivery__customer__code", "delivery__customer__name", "text"]
    ordering = ["-pk"]
    fields = ["delivery", "version", "answer", "reason", "text", "through", "told_by", "by", "at"]

    @admin.display(description=NoticeDelivery._meta.get_field("customer").verbose_name)
    def customer(self, row):
        return row.delivery.customer


@admin.register(NoticeQuestion, site=site)
class NoticeQuestionAdmin(ScopedAdmin):
    list_display = ["customer", "text", "owner", "due_on", "asked_at", "replied_at"]
    list_select_related = ["delivery__customer", "owner"]
    list_filter = ["through"]
    search_fields = ["delivery__customer__code", "delivery__customer__name", "text", "reply"]
    ordering = ["-pk"]
    fields = [
        *("delivery", "clause", "text", "through", "told_by", "by", "asked_at", "owner", "due_on"),
        *("reply", "replied_at", "replied_by"),
    ]

    @admin.display(description=NoticeDelivery._meta.get_field("customer").verbose_name)
    def customer(self, row):
        return row.delivery.customer


@admin.register(PromotionPlan, site=site)
class PromotionPlanAdmin(ScopedAdmin):
    list_display = ["title", "customer", "kind", "state", "starts_on", "made_by", "made_at"]
    list_select_related = ["customer", "made_by"]
    list_filter = ["state", "kind"]
    search_fields = ["title", "customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = [
        *("customer", "title", "kind", "starts_on", "terms", "shows_brand", "state", "shown"),
        *("agreed_variant", "agreed_at", "dropped_why", "made_by", "made_at", "version"),
    ]


@admin.register(PlanVersion, site=site)
class PlanVersionAdmin(ScopedAdmin):
    list_display = ["plan", "customer", "number", "note", "told_by", "by", "at"]
    list_select_related = ["plan__customer", "by"]
    search_fields = ["plan__title", "plan__customer__code", "plan__customer__name"]
    ordering = ["-pk"]
    fields = ["plan", "number", "terms", "note", "told_by", "by", "at"]

    @admin.display(description=PromotionPlan._meta.get_field("customer").verbose_name)
    def customer(self, row):
        return row.plan.customer


@admin.register(PlanSignature, site=site)
class PlanSignatureAdmin(ScopedAdmin):
    list_display = ["plan", "customer", "version", "variant", "side", "told_by", "by", "at"]
    list_select_related = ["version__plan__customer", "by"]
    list_filter = ["side"]
    search_fields = ["version__plan__title", "version__plan__customer__code", "version__plan__customer__name"]
    ordering = ["-pk"]
    fields = ["plan", "version", "variant", "side", "told_by", "by", "at"]
    readonly_fields = ["plan"]

    @admin.display(description=PromotionPlan._meta.verbose_name)
    def plan(self, row):
        return row.version.plan

    @admin.display(description=PromotionPlan._meta.get_field("customer").verbose_name)
    def customer(self, row):
        return row.version.plan.customer


@admin.register(Promotion, site=site)
class PromotionAdmin(ScopedAdmin):
    list_display = ["code", "title", "kind", "state", "starts_on", "ends_on", "made_by"]
    list_select_related = ["made_by"]
    list_filter = ["state", "kind"]
    search_fields = ["code", "title", "goods"]
    ordering = ["-pk"]
    fields = [
        *("code", "title", "kind", "goods", "mechanics", "starts_on", "ends_on", "answer_by", "materials", "checklist"),
        *("state", "made_by", "made_at", "opened_at", "measured_at", "version"),
    ]


@admin.register(Participation, site=site)
class ParticipationAdmin(ScopedAdmin):
    list_display = ["promotion", "customer", "answer", "compliance", "credit", "claim", "settled"]
    list_select_related = ["promotion", "customer"]
    list_filter = ["answer", "compliance"]
    search_fields = ["promotion__code", "promotion__title", "customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = [
        *("promotion", "customer", "plan", "answer", "counter", "agreed", "answered_at", "told_by", "sent_on"),
        *("received_on", "compliance", "credit", "how", "judged_by", "judged_at", "claim", "claim_text", "settled"),
        *("settled_on", "measured", "example", "version"),
    ]


@admin.register(Execution, site=site)
class ExecutionAdmin(ScopedAdmin):
    list_display = ["promotion", "customer", "seen_on", "price", "told_by", "by"]
    list_select_related = ["participation__promotion", "participation__customer", "by"]
    search_fields = ["participation__promotion__code", "participation__customer__code", "participation__customer__name"]
    ordering = ["-pk"]
    fields = ["participation", "seen_on", "done", "price", "note", "photo", "told_by", "by", "at"]

    @admin.display(description=Promotion._meta.verbose_name)
    def promotion(self, row):
        return row.participation.promotion

    @admin.display(description=Participation._meta.get_field("customer").verbose_name)
    def customer(self, row):
        return row.participation.customer


@admin.register(PromotionBudget, site=site)
class PromotionBudgetAdmin(ScopedAdmin):
    list_display = ["region", "tier", "quarter", "basis", "amount", "rate", "note"]
    list_select_related = ["region"]
    list_filter = ["basis", "tier"]
    search_fields = ["region__code", "region__name"]
    ordering = ["-quarter", "region__path", "tier"]
    fields = ["region", "tier", "quarter", "basis", "amount", "rate", "note"]


@admin.register(BudgetUse, site=site)
class BudgetUseAdmin(ScopedAdmin):
    list_display = ["customer", "source", "region", "tier", "quarter", "state", "amount"]
    list_select_related = ["customer", "region"]
    list_filter = ["source", "state", "tier"]
    search_fields = ["customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = ["customer", "source", "ref", "region", "tier", "quarter", "state", "amount", "promised_on"]


@admin.register(BudgetApproval, site=site)
class BudgetApprovalAdmin(ScopedAdmin):
    list_display = ["title", "region", "needed", "over", "state", "asked_by", "asked_at", "decided_by"]
    list_select_related = ["budget__region", "asked_by", "decided_by"]
    list_filter = ["state", "source"]
    search_fields = ["title", "asked_by__username", "asked_by__name"]
    ordering = ["-pk"]
    fields = [
        *("budget", "source", "ref", "title", "needed", "over", "why", "asked_by", "asked_at"),
        *("state", "answer", "decided_by", "decided_at"),
    ]

    @admin.display(description=PromotionBudget._meta.get_field("region").verbose_name)
    def region(self, row):
        return row.budget.region


@admin.register(PromotionLesson, site=site)
class PromotionLessonAdmin(ScopedAdmin):
    list_display = ["promotion", "text", "by", "at"]
    list_select_related = ["promotion", "by"]
    search_fields = ["text", "promotion__code", "promotion__title"]
    ordering = ["-pk"]
    fields = ["promotion", "text", "by", "at"]
