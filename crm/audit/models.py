"""Who did what to which row, when, old → new, from where. Append-only: the database refuses changes."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet


class AuditQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Administrators see all, heads what people of their regions did, everybody else what they did themselves.

        What rows an entry names may lie beyond a head's reach: pages show it through `crm.audit.reading`.
        """
        if not user.is_authenticated or not user.is_active:
            return self.none()
        if user.is_admin:
            return self
        if user.is_head:
            return self.filter(actor__in=get_user_model().objects.visible_to(user))
        return self.filter(actor=user)

    def of(self, target: models.Model):
        return self.filter(model=target._meta.label_lower, object_id=str(target.pk))


class AuditEntry(models.Model):
    class Via(models.TextChoices):
        PAGE = "page", _("page")
        API = "api", _("API")
        ADMIN = "admin", _("admin")
        JOB = "job", _("job")
        COMMAND = "command", _("command line")

    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("actor"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_name = models.CharField(_("actor's name"), max_length=160, blank=True)
    action = models.CharField(_("action"), max_length=64)
    model = models.CharField(_("kind of row"), max_length=64, blank=True)
    object_id = models.CharField(_("row"), max_length=64, blank=True)
    object_name = models.CharField(_("row's name"), max_length=200, blank=True)
    changes = models.JSONField(_("changes"), default=dict)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    via = models.CharField(_("by way of"), max_length=8, choices=Via)
    address = models.CharField(_("address"), max_length=64, blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    # Goes into the digest and away with what is taken out of the entry: what is left cannot be guessed back.
    salt = models.CharField(max_length=32, null=True, editable=False)

    objects = AuditQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit entry")
        verbose_name_plural = _("audit log")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["model", "object_id", "-id"], name="audit_by_row")]

    def __str__(self):
        return f"{self.at:%Y-%m-%d %H:%M} {self.actor_name} {self.action} {self.object_name}"


class AuditSealQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self if user.is_authenticated and user.is_admin else self.none()


class AuditSeal(models.Model):
    """A digest over the entries `since` to `upto`, over those that came late, and over the seal before."""

    number = models.PositiveIntegerField(unique=True)
    since = models.BigIntegerField()
    upto = models.BigIntegerField()
    gaps = models.JSONField(default=list)  # [[first, last]]: numbers that no entry had when this was made
    late = models.JSONField(default=list)  # numbers in earlier seals' gaps that have come since
    entries = models.BigIntegerField()
    digest = models.CharField(max_length=64)  # SHA-256
    at = models.DateTimeField(auto_now_add=True)
    scheme = models.PositiveSmallIntegerField(null=True, editable=False)  # how `digest` is made; see sealing.py
    # The same stretch by the present scheme, worked out when something in it was taken out; of the first scheme only.
    restated = models.CharField(max_length=64, null=True, editable=False)

    objects = AuditSealQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal of the audit log")
        verbose_name_plural = _("seals of the audit log")
        ordering = ["-number"]

    def __str__(self):
        return f"#{self.number}"


class AuditRedaction(models.Model):
    """Personal values were taken out of an entry: its digest before and after. See redacting.py."""

    entry_id = models.BigIntegerField()
    batch = models.PositiveIntegerField()
    before = models.CharField(max_length=64)
    after = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("redaction of the audit log")
        verbose_name_plural = _("redactions of the audit log")
        constraints = [models.UniqueConstraint(fields=["entry_id", "batch"], name="audit_redaction_once")]
        indexes = [models.Index(fields=["batch"], name="audit_redaction_batch")]

    def __str__(self):
        return f"#{self.entry_id}"
