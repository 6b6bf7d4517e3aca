"""What was answered to a request that carried an Idempotency-Key."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet


class IdempotencyKeyQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(principal=user) if user.is_authenticated and user.is_active else self.none()


class IdempotencyKey(models.Model):
    """One key of one principal; kept for 24 hours.

    `claimed_at` is also the fence: who finishes must still hold the claim it made.
    """

    principal = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=64)  # SHA-256 of method, path and body
    claimed_at = models.DateTimeField()
    status = models.PositiveSmallIntegerField(null=True)  # null while the first request is at work
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    objects = IdempotencyKeyQuerySet.as_manager()

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints = [models.UniqueConstraint(fields=["principal", "key"], name="idempotency_key_once")]

    def __str__(self):
        return self.key
