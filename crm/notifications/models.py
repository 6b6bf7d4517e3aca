"""What a person is told, how they want to be told, and when not."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet
from crm.notifications.kinds import DIGEST, MAILS, NOW, NotificationKind, registry

MORNING = datetime.time(7, 30)
QUIET_FROM, QUIET_UNTIL = datetime.time(20), datetime.time(7)


class OwnQuerySet(ScopedQuerySet):
    """Rows of one person, that nobody else reads."""

    def visible_to(self, user):
        return self.filter(user_id=user.pk) if getattr(user, "is_active", False) else self.none()


class NotificationQuerySet(OwnQuerySet):
    def unread(self):
        return self.filter(read_at__isnull=True)

    def in_app(self):
        return self.filter(in_app=True)

    def to_mail(self):
        """What waits for a letter: read in the meantime, it needs none."""
        return self.filter(mail__in=(NOW, DIGEST), mailed_at__isnull=True, read_at__isnull=True)


class Notification(models.Model):
    """Something one person is told, once. Words are made when it is read, in the reader's language, from `params`."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=40)
    # Of two tellings with one key only the first counts.
    key = models.CharField(max_length=120, editable=False)
    params = models.JSONField(_("words"), default=dict)
    url = models.CharField(_("link"), max_length=200, blank=True)
    in_app = models.BooleanField(_("in the app"), default=True)
    mail = models.CharField(_("by mail"), max_length=6, choices=MAILS)
    created_at = models.DateTimeField(_("told at"))
    read_at = models.DateTimeField(_("read at"), null=True)
    mailed_at = models.DateTimeField(_("mailed at"), null=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "key"], name="notification_once"),
            models.CheckConstraint(condition=Q(url="") | Q(url__startswith="/"), name="notification_link_is_ours"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="notification_of_user"),
            models.Index(
                fields=["user"],
                name="notification_to_mail",
                condition=Q(mail__in=("now", "digest"), mailed_at__isnull=True, read_at__isnull=True),
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def known(self) -> NotificationKind | None:
        return registry().get(self.kind)

    @property
    def icon(self) -> str:
        return self.known.icon if self.known else "bell"

    @property
    def words(self) -> tuple[str, str]:
        """(title, text); the bare kind of one that is gone."""
        return self.known.words(self.params) if self.known else (self.kind, "")

    @property
    def title(self) -> str:
        return self.words[0]

    @property
    def text(self) -> str:
        return self.words[1]


class NotificationChoice(models.Model):
    """What a person chose for one kind; without a row the kind's own way holds."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="+", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=40)
    in_app = models.BooleanField(_("in the app"), default=True)
    mail = models.CharField(_("by mail"), max_length=6, choices=MAILS)

    objects = OwnQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints = [models.UniqueConstraint(fields=["user", "kind"], name="notification_choice_once")]

    def __str__(self):
        return f"#{self.pk}"


class NotificationHours(models.Model):
    """When a person's letters may go out; without a row the defaults hold."""

    class Digest(models.TextChoices):
        NONE = "none", pgettext_lazy("digest", "none")
        DAILY = "daily", pgettext_lazy("digest", "every working day")
        WEEKLY = "weekly", pgettext_lazy("digest", "on Mondays")

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("user"), on_delete=models.CASCADE, related_name="notification_hours"
    )
    digest = models.CharField(_("digest"), max_length=6, choices=Digest, default=Digest.DAILY)
    digest_at = models.TimeField(_("digest at"), default=MORNING)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True, default=QUIET_FROM)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True, default=QUIET_UNTIL)

    objects = OwnQuerySet.as_manager()

    DAYS = {Digest.NONE: (), Digest.DAILY: range(5), Digest.WEEKLY: (0,)}  # 0 is Monday

    class Meta:
        verbose_name = _("hours of notifications")
        verbose_name_plural = _("hours of notifications")
        constraints = [
            models.CheckConstraint(
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="notification_hours_both_or_none",
                violation_error_message=_("Say both when quiet begins and when it ends, or neither."),
            )
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def digest_days(self):
        """Weekdays on which it goes out, 0 is Monday."""
        return self.DAYS[self.Digest(self.digest)]
