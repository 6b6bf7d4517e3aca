"""Issues in the admin, for looking up; worked on in their pages."""

from __future__ import annotations

from django import forms
from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.issues import ruling
from customers.issues.models import Category, Issue, IssueStep
from customers.issues.rulemodels import IssueCause, IssueTerms, IssueTime, SharedMirror


@admin.register(Issue, site=site)
class IssueAdmin(ScopedAdmin):
    list_display = ["title", "customer", "category", "severity", "state", "owner", "due_on", "solved_on"]
    list_select_related = ["customer", "owner", "cause"]
    list_filter = ["state", "severity", "category", "origin", "cause"]
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
        "due_at",
        "answer_due_at",
        "stopped_at",
        "waited_minutes",
        "state",
        "reopened",
        "cause",
        "repeat_of",
        "nth",
        "person",
        "told_by",
        "opened_by",
        "opened_at",
        "first_response_at",
        "solved_at",
        "escalated_at",
        "unheard_at",
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
    """Business hours, percents and what counts as the same again."""

    list_display = ["id", "opens", "closes", "repeat_days", "wave_days", "wave_customers", "changed_by", "changed_at"]
    list_select_related = ["changed_by"]
    fields = [*ruling.TERMS, "changed_by", "changed_at"]

    def get_readonly_fields(self, request, obj=None):
        return ["changed_by", "changed_at"]

    def alter(self, request, row, values):
        return ruling.change_terms(by=request.user, **values)


@admin.register(IssueTime, site=site)
class IssueTimeAdmin(ScopedAdmin):
    """Rows of class and tier; one is taken away on the page of the rules."""

    list_display = ["about", "tier", "answer_hours", "solve_hours"]
    list_filter = ["tier"]
    ordering = ["category", "tier"]
    fields = ["category", "tier", "answer_hours", "solve_hours"]

    @admin.display(description=_("about"), ordering="category")
    def about(self, row):
        return dict(Category.choices).get(row.category, _("every class"))

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "category":
            choices = [("", _("every class")), *Category.choices]
            return forms.ChoiceField(label=_("About"), choices=choices, required=False)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_readonly_fields(self, request, obj=None):
        return ["category", "tier"] if obj is not None else []

    def create(self, request, values):
        return ruling.set_time(by=request.user, **values)

    def alter(self, request, row, values):
        hours = {"answer_hours": row.answer_hours, "solve_hours": row.solve_hours} | values
        return ruling.set_time(category=row.category, tier=row.tier, by=request.user, **hours)


@admin.register(IssueCause, site=site)
class IssueCauseAdmin(ScopedAdmin):
    list_display = ["__str__", "position", "active"]
    list_filter = ["active"]
    search_fields = ["code", "name", "name_zh_hans"]
    ordering = ["position", "pk"]
    fields = ["code", "name", "name_zh_hans", "name_zh_hant", "position", "active"]

    def get_readonly_fields(self, request, obj=None):
        return ["code"] if obj is not None else []

    def create(self, request, values):
        return ruling.write_cause(cause=None, by=request.user, **values)

    def alter(self, request, row, values):
        return ruling.write_cause(cause=row, by=request.user, **values)


@admin.register(SharedMirror, site=site)
class SharedMirrorAdmin(ScopedAdmin):
    """Whoever it is of shares and takes back, nobody else."""

    list_display = ["user", "since"]
    list_select_related = ["user"]
    ordering = ["pk"]
    fields = ["user", "since"]
