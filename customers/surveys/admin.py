"""Surveys in the admin, for looking up. Answers stay hidden there as everywhere (SurveyResponseQuerySet)."""

from __future__ import annotations

from django.contrib import admin

from crm.scopedadmin import ScopedAdmin
from crm.site import site
from customers.surveys.models import (
    ManagerGuess,
    Survey,
    SurveyAnswer,
    SurveyInvitation,
    SurveyPoint,
    SurveyResponse,
    SurveyTemplate,
)


@admin.register(SurveyTemplate, site=site)
class SurveyTemplateAdmin(ScopedAdmin):
    list_display = ["name", "kind", "version", "is_active", "threshold"]
    list_filter = ["is_active", "kind"]
    search_fields = ["name"]
    fields = ["name", "kind", "version", "is_active", "threshold", "asks_trust", "made_at"]


@admin.register(SurveyPoint, site=site)
class SurveyPointAdmin(ScopedAdmin):
    list_display = ["template", "position", "category", "label"]
    list_select_related = ["template"]
    list_filter = ["category"]
    ordering = ["-pk"]
    fields = ["template", "position", "category", "label"]


@admin.register(Survey, site=site)
class SurveyAdmin(ScopedAdmin):
    list_display = ["name", "template", "opens_on", "closes_on", "made_by"]
    list_select_related = ["template", "made_by"]
    search_fields = ["name"]
    ordering = ["-pk"]
    fields = ["name", "template", "opens_on", "closes_on", "made_by", "made_at"]


@admin.register(SurveyInvitation, site=site)
class SurveyInvitationAdmin(ScopedAdmin):
    """Never the link itself."""

    list_display = ["survey", "customer", "state", "asked_by", "asked_at", "sent_at", "guessed_at"]
    list_select_related = ["survey", "customer", "asked_by"]
    list_filter = ["state"]
    search_fields = ["customer__code", "customer__name"]
    ordering = ["-pk"]
    fields = [
        "survey",
        "customer",
        "state",
        "asked_by",
        "asked_at",
        "sent_to",
        "sent_at",
        "guessed_by",
        "guessed_at",
        "waived",
    ]


@admin.register(SurveyResponse, site=site)
class SurveyResponseAdmin(ScopedAdmin):
    list_display = ["invitation", "overall", "renew", "trust", "answered_at", "through"]
    list_select_related = ["invitation"]
    list_filter = ["through"]
    ordering = ["-pk"]
    fields = ["invitation", "overall", "renew", "trust", "comment", "answered_at", "through", "written_by", "told_by"]


@admin.register(SurveyAnswer, site=site)
class SurveyAnswerAdmin(ScopedAdmin):
    list_display = ["response", "point", "expectation", "reality", "direct", "importance"]
    list_select_related = ["response", "point"]
    ordering = ["-pk"]
    fields = ["response", "point", "expectation", "reality", "direct", "importance"]


@admin.register(ManagerGuess, site=site)
class ManagerGuessAdmin(ScopedAdmin):
    list_display = ["invitation", "point", "expectation", "reality"]
    list_select_related = ["invitation", "point"]
    ordering = ["-pk"]
    fields = ["invitation", "point", "expectation", "reality"]
