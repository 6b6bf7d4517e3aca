"""What people said of a line of Today: not now, done, or somebody else's."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet

LONGEST = 300


class TodayMarkQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own, and what one was handed."""
        return self.filter(Q(user_id=user.pk) | Q(to_id=user.pk)) if getattr(user, "is_active", False) else self.none()


class TodayMark(models.Model):
    """One person's word on one line, by the line's key. It holds until a day; after that the line is back, if its
    reason is still there.
    """

    class State(models.TextChoices):
        SNOOZED = "snoozed", pgettext_lazy("line of Today", "later")
        DONE = "done", pgettext_lazy("line of Today", "done")
        HANDED = "handed", pgettext_lazy("line of Today", "handed over")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    key = models.CharField(max_length=80)
    state = models.CharField(_("state"), max_length=7, choices=State)
    until = models.DateField(_("until"))
    to = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("handed to"),
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
    )
    note = models.CharField(_("note"), max_length=LONGEST, blank=True)
    # The line as it was handed over: {"kind", "icon", "tone", "reason", "url", "customer", "stake", "minutes"}.
    line = models.JSONField(_("line"), null=True)
    at = models.DateTimeField(_("at"))

    objects = TodayMarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("mark on Today")
        verbose_name_plural = _("marks on Today")
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="today_mark_once"),
            models.CheckConstraint(condition=Q(state__in=["snoozed", "done", "handed"]), name="today_mark_state_known"),
            models.CheckConstraint(
                condition=(Q(state="handed") & Q(to__isnull=False, line__isnull=False) & ~Q(to=F("user")))
                | (~Q(state="handed") & Q(to__isnull=True)),
                name="today_mark_handed_to_another",
            ),
        ]
        indexes = [models.Index(fields=["to"], name="today_mark_to", condition=Q(to__isnull=False))]

    def __str__(self):
        return f"#{self.pk}"
