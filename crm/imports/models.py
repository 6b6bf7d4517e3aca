"""Imports: one row a file, with what it did, row errors, and what an undo needs."""

from __future__ import annotations

import secrets
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet, reach_of


def upload_path(instance, filename: str) -> str:
    """A random name: what the uploader called the file never reaches the disk."""
    return f"imports/{secrets.token_hex(16)}"


class ImportRunQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_admin or (user.is_head and reach_of(user).everywhere):
            return self
        return self.filter(asked_by=user)

    def standing(self):
        """Those whose effect holds."""
        return self.filter(state=ImportRun.State.DONE)


class ImportRun(models.Model):
    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        MAPPING = "mapping", _("columns to be named")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", _("checked, nothing written")
        RUNNING = "running", _("being written")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused, nothing written")
        UNUSABLE = "unusable", _("file unusable")
        UNDONE = "undone", _("undone")

    kind = models.CharField(_("kind"), max_length=20)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UPLOADED)
    file = models.FileField(upload_to=upload_path)
    name = models.CharField(_("file"), max_length=200)
    size = models.BigIntegerField(_("size"), default=0)
    sha256 = models.CharField(max_length=64, db_index=True)
    # How the file was read: encoding, delimiter, sheet, header row, header (crm.tables.Shape as JSON).
    shape = models.JSONField(default=dict)
    mapping = models.JSONField(default=dict)  # {field name: column number}
    options = models.JSONField(default=dict)  # date order, units …
    partial = models.BooleanField(_("good rows only"), default=False)
    rows = models.BigIntegerField(_("rows"), default=0)
    created = models.BigIntegerField(_("created"), default=0)
    updated = models.BigIntegerField(_("updated"), default=0)
    unchanged = models.BigIntegerField(_("unchanged"), default=0)
    rejected = models.BigIntegerField(_("rejected"), default=0)
    errors = models.JSONField(default=list)  # the first 200: {"row", "column", "value", "code", "params"}
    problem = models.JSONField(default=dict)  # of an unusable file: {"code", "params"}
    rejected_file = models.FileField(upload_to=upload_path, blank=True)
    first_line = models.BigIntegerField(null=True)  # ledger ids lie between these two (and carry the import's id)
    last_line = models.BigIntegerField(null=True)
    seconds = models.FloatField(_("seconds"), default=0)
    via = models.CharField(max_length=8, default="page")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    job = models.ForeignKey("crm.Job", null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    undone_at = models.DateTimeField(_("undone at"), null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("undone by")
    )

    objects = ImportRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["kind", "sha256"], name="import_same_file", condition=Q(state="done"))]

    def __str__(self):
        return self.name


class ImportChange(models.Model):
    """One row an import made or altered, as it was before (None: it was not there). For the undo."""

    run = models.ForeignKey(ImportRun, on_delete=models.CASCADE, related_name="changes")
    object_id = models.BigIntegerField()
    before: Any = models.JSONField(null=True)
    after = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "object_id"], name="import_change_once")]


class ColumnMapping(models.Model):
    """How a person's file with this header was mapped last time; offered again for the same header."""

    kind = models.CharField(max_length=20)
    header_hash = models.CharField(max_length=64)
    mapping = models.JSONField()
    options = models.JSONField(default=dict)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.CASCADE, related_name="+")
    used_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "header_hash"], name="mapping_of_header")]
