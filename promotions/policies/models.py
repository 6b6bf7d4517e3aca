"""Notices: what is said, in which version, with which papers."""

from __future__ import annotations

import datetime
import secrets

from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet, reach_of
from promotions.policies.texts import said_in

FOLDER = "papers"


def storage_path(instance, filename: str) -> str:
    """A random name: what the uploader called the file never reaches the storage."""
    return f"{FOLDER}/{secrets.token_hex(16)}"


class Kind(models.TextChoices):
    POLICY = "policy", pgettext_lazy("notice", "policy")
    RULE = "rule", pgettext_lazy("notice", "rule")
    PLAN = "plan", pgettext_lazy("notice", "marketing plan")


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("notice", "draft")
    SCHEDULED = "scheduled", pgettext_lazy("notice", "goes out by itself")
    SENT = "sent", pgettext_lazy("notice", "sent")
    WITHDRAWN = "withdrawn", pgettext_lazy("notice", "withdrawn")


class NoticeQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own, and what was sent to somebody in one's reach."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        deliveries = self.model._meta.get_field("deliveries").related_model._default_manager
        told = deliveries.visible_to(user).filter(notice=OuterRef("pk"))
        return self.filter(Q(made_by=user) | Exists(told))

    def due_by(self, day: datetime.date):
        """Those that go out by themselves on this day or should have before."""
        return self.filter(state=State.SCHEDULED, send_on__lte=day)


class Notice(models.Model):
    """A policy, rule or marketing plan that customers are told and answer.

    audience: as `audience.Audience` writes it; who it was on sending stands in `NoticeDelivery`. joins: customers who
    come to fit it later are told as well. answer_by: the last day to answer. asks_doing: there is something to be done,
    by do_by. current: the version customers read; None before the first went out.
    """

    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES)
    audience = models.JSONField(_("who is told"), default=dict)
    joins = models.BooleanField(_("those who come later are told as well"), default=True)
    answer_by = models.DateField(_("answer by"))
    asks_doing = models.BooleanField(_("something is to be done"), default=False)
    do_by = models.DateField(_("to be done by"), null=True, blank=True)
    send_on = models.DateField(_("goes out on"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, editable=False)
    sent_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sent by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    withdrawn_at = models.DateTimeField(_("withdrawn at"), null=True, editable=False)
    withdrawn_why = models.CharField(_("why withdrawn"), max_length=300, blank=True)
    current = models.ForeignKey(
        "NoticeVersion", verbose_name=_("version in force"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("written at"), auto_now_add=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="notice_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="notice_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.SENT) | Q(sent_at__isnull=False, current__isnull=False),
                name="notice_sent_has_version",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.SCHEDULED) | Q(send_on__isnull=False), name="notice_scheduled_has_day"
            ),
        ]
        indexes = [models.Index(fields=["state", "send_on"], name="notice_due")]

    def __str__(self):
        return self.title or f"#{self.pk}"

    @property
    def shown(self) -> NoticeVersion | None:
        """The version in force, else the draft: a statement, unless versions were prefetched."""
        if self.current is not None:
            return self.current
        rows = list(self.versions.all())  # `last()` would ask again, prefetched or not
        return rows[-1] if rows else None

    @property
    def title(self) -> str:
        return self.shown.title if self.shown else ""

    @property
    def is_sent(self) -> bool:
        return self.state == State.SENT


class OfANoticeQuerySet(ScopedQuerySet):
    notice_path = "notice"

    def visible_to(self, user):
        if reach_of(user).everywhere:
            return self
        seen = Notice.objects.visible_to(user).order_by().values("pk")
        return self.filter(**{f"{self.notice_path}__in": seen})


class NoticeVersion(models.Model):
    """One wording. texts: {language: {"title", "intro", "task"}}. published_at: None for what is being written.

    asks_anew: whoever had answered the version before is asked again. changed: what became different, in the writer's
    words, {language: text}.
    """

    notice = models.ForeignKey(
        Notice, verbose_name=_("notice"), on_delete=models.CASCADE, related_name="versions", db_index=False
    )
    number = models.PositiveSmallIntegerField(_("number"))
    texts = models.JSONField(_("words"), default=dict)
    changed = models.JSONField(_("what changed"), default=dict)
    asks_anew = models.BooleanField(_("is answered anew"), default=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("written at"), auto_now_add=True)
    published_at = models.DateTimeField(_("in force since"), null=True, editable=False)

    objects = OfANoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a notice")
        verbose_name_plural = _("versions of notices")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "number"], name="notice_version_number"),
            models.UniqueConstraint(
                fields=["notice"], condition=Q(published_at__isnull=True), name="notice_version_one_draft"
            ),
        ]

    def __str__(self):
        return self.title

    def said(self, part: str, language: str = "") -> str:
        """part: title, intro or task, in a language (that of the page where none is named)."""
        texts = {code: words.get(part, "") for code, words in self.texts.items()}
        return said_in(texts, language or get_language() or "", self.notice.language)

    @property
    def title(self) -> str:
        return self.said("title")

    @property
    def intro(self) -> str:
        return self.said("intro")

    @property
    def task(self) -> str:
        return self.said("task")

    @property
    def what_changed(self) -> str:
        return said_in(self.changed, get_language() or "", self.notice.language)


class OfAVersionQuerySet(OfANoticeQuerySet):
    notice_path = "version__notice"


class NoticeClause(models.Model):
    """key: the same in each version for as long as it is the same clause. texts: {language: text}."""

    version = models.ForeignKey(
        NoticeVersion, verbose_name=_("version of a notice"), on_delete=models.CASCADE, related_name="clauses"
    )
    key = models.PositiveSmallIntegerField(_("clause"))
    position = models.PositiveSmallIntegerField(_("position"))
    texts = models.JSONField(_("words"), default=dict)

    objects = OfAVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause of a notice")
        verbose_name_plural = _("clauses of notices")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["version", "key"], name="notice_clause_key"),
            models.UniqueConstraint(fields=["version", "position"], name="notice_clause_position"),
        ]

    def __str__(self):
        return f"{self.position}"

    @property
    def text(self) -> str:
        return said_in(self.texts, get_language() or "", self.version.notice.language)


class NoticeFile(models.Model):
    """A paper that goes with a version. The bytes lie in the storage once, however many versions have them."""

    version = models.ForeignKey(
        NoticeVersion, verbose_name=_("version of a notice"), on_delete=models.CASCADE, related_name="files"
    )
    title = models.CharField(_("title"), max_length=120)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("content type"), max_length=100)
    size = models.PositiveBigIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256 as kept"), max_length=64)
    file = models.FileField(upload_to=storage_path, editable=False)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("added by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    added_at = models.DateTimeField(_("added at"))

    objects = OfAVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a notice")
        verbose_name_plural = _("files of notices")
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["version", "sha256"], name="notice_file_once")]

    def __str__(self):
        return self.title
