"""Exports: private files made by a job, gone after a day."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet


def export_path(instance, filename: str) -> str:
    return f"exports/{secrets.token_hex(16)}"


class ExportQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Only whoever asked: the rows in the file are those in that person's reach."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self.filter(asked_by=user)


class Export(models.Model):
    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "XLSX"
        ZIP = "zip", "ZIP"

    kind = models.CharField(_("list"), max_length=40)
    format = models.CharField(_("format"), max_length=4, choices=Format)
    # The list's own query string: the file equals the screen.
    query = models.CharField(_("filters and order"), max_length=2000, blank=True)
    language = models.CharField(max_length=10, blank=True)
    name = models.CharField(_("file"), max_length=120)
    file = models.FileField(upload_to=export_path, blank=True)
    rows = models.BigIntegerField(_("rows"), default=0)
    rights = models.JSONField(default=dict)  # how far whoever asked saw when it was made; for the kind to read
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    job = models.ForeignKey("crm.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("asked at"), auto_now_add=True)
    expires_at = models.DateTimeField(_("kept until"))

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-pk"]

    def __str__(self):
        return self.name
