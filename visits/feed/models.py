"""The address under which a person's own visits are read by a calendar program."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet


class CalendarFeedQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own, and nobody else's."""
        return self.filter(user_id=user.pk)

    def open(self):
        return self.filter(revoked_at__isnull=True)


class CalendarFeed(models.Model):
    """Only the digest of its secret is kept, so the address is shown once. One revoked stays, so that it is known."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    digest = models.CharField(max_length=64, unique=True, editable=False)
    made_at = models.DateTimeField(_("made at"))
    read_on = models.DateField(_("last read on"), null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar address")
        verbose_name_plural = _("calendar addresses")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(revoked_at__isnull=True), name="calendar_feed_one_open"
            )
        ]

    def __str__(self):
        return f"#{self.pk}"
