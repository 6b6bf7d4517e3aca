"""To whom a notice went, and what each customer answered, asked and did."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet
from customers.profile.models import Customer, customer_scope
from promotions.policies.models import Notice, NoticeClause, NoticeVersion, State

LONGEST_TEXT = 1000


class Answer(models.TextChoices):
    AGREE = "agree", pgettext_lazy("notice", "agrees")
    UNCLEAR = "unclear", pgettext_lazy("notice", "does not understand")
    CANNOT = "cannot", pgettext_lazy("notice", "cannot")
    PROPOSE = "propose", pgettext_lazy("notice", "proposes a change")


class Reason(models.TextChoices):
    """Why they cannot."""

    MONEY = "money", pgettext_lazy("cannot", "money is short")
    MARGIN = "margin", pgettext_lazy("cannot", "it does not pay")
    STOCK = "stock", pgettext_lazy("cannot", "no goods or room for them")
    STAFF = "staff", pgettext_lazy("cannot", "nobody to do it")
    TIME = "time", pgettext_lazy("cannot", "too short notice")
    MARKET = "market", pgettext_lazy("cannot", "it does not fit my market")
    OTHER = "other", pgettext_lazy("cannot", "something else")


class Through(models.TextChoices):
    PORTAL = "portal", pgettext_lazy("notice", "in the portal")
    VISIT = "visit", pgettext_lazy("notice", "at a visit")
    CALL = "call", pgettext_lazy("notice", "on the phone")


class NoticeDeliveryQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def counting(self):
        """Without those that a merge of two customers left over."""
        return self.filter(set_aside=False)

    def of_sent(self):
        return self.counting().filter(notice__state=State.SENT)

    def unread(self):
        return self.filter(read_at__isnull=True, answer="")

    def unanswered(self):
        return self.filter(answer="")

    def stuck(self):
        """They answered, and not that they agree."""
        return self.filter(answer__in=[Answer.UNCLEAR, Answer.CANNOT, Answer.PROPOSE])

    def not_done(self):
        return self.filter(notice__asks_doing=True, done_on__isnull=True)


class NoticeDelivery(models.Model):
    """One customer who is told one notice. version: the wording they are asked about.

    read_at: the first time they opened it in the portal, or were told in person. answer: what holds now; all that was
    ever answered stands in `NoticeAnswer`. joined: they came to fit the audience after the notice had gone out.
    """

    notice = models.ForeignKey(
        Notice, verbose_name=_("notice"), on_delete=models.PROTECT, related_name="deliveries", db_index=False
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="notices", db_index=False
    )
    version = models.ForeignKey(
        NoticeVersion, verbose_name=_("version of a notice"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    joined = models.BooleanField(_("came later"), default=False)
    told_at = models.DateTimeField(_("told at"))
    answer_by = models.DateField(_("answer by"))
    read_at = models.DateTimeField(_("read at"), null=True)
    read_through = models.CharField(_("read"), max_length=6, choices=Through, blank=True)
    answer = models.CharField(_("answer"), max_length=7, choices=Answer, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    done_on = models.DateField(_("done on"), null=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("seen done by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    done_told_by = models.CharField(_("said to be done by"), max_length=80, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0)
    reminded_at = models.DateTimeField(_("reminded at"), null=True)
    set_aside = models.BooleanField(_("left over by a merge"), default=False, editable=False)

    objects = NoticeDeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice to a customer")
        verbose_name_plural = _("notices to customers")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "customer"], condition=Q(set_aside=False), name="notice_delivery_once"
            ),
            models.CheckConstraint(condition=Q(answer__in=["", *Answer.values]), name="notice_delivery_answer_known"),
            models.CheckConstraint(
                condition=Q(answer="", answered_at__isnull=True) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="notice_delivery_answer_has_moment",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="notice_delivery_of_customer"),
            models.Index(fields=["notice", "answer", "id"], name="notice_delivery_of_notice"),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def is_read(self) -> bool:
        return self.read_at is not None or bool(self.answer)

    @property
    def is_understood(self) -> bool:
        """They took a stand on it; who only read it, or says that it is unclear, has not understood it yet."""
        return self.answer in (Answer.AGREE, Answer.CANNOT, Answer.PROPOSE)

    def is_late(self, day: datetime.date) -> bool:
        return not self.answer and self.answer_by < day


class OfADeliveryQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "delivery__customer"))


class NoticeAnswer(models.Model):
    """What a customer answered, once given never changed: who changes their mind answers again."""

    delivery = models.ForeignKey(
        NoticeDelivery, verbose_name=_("notice to a customer"), on_delete=models.PROTECT, related_name="answers"
    )
    version = models.ForeignKey(
        NoticeVersion, verbose_name=_("version of a notice"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    answer = models.CharField(_("answer"), max_length=7, choices=Answer)
    reason = models.CharField(_("why they cannot"), max_length=6, choices=Reason, blank=True)
    text = models.TextField(_("in their words"), max_length=LONGEST_TEXT, blank=True)
    through = models.CharField(_("how"), max_length=6, choices=Through)
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    at = models.DateTimeField(_("answered at"))

    objects = OfADeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a notice")
        verbose_name_plural = _("answers to notices")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="notice_answer_known"),
            models.CheckConstraint(condition=Q(through__in=Through.values), name="notice_answer_through_known"),
            models.CheckConstraint(
                condition=Q(answer=Answer.CANNOT, reason__in=Reason.values) | (~Q(answer=Answer.CANNOT) & Q(reason="")),
                name="notice_answer_cannot_has_reason",
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class OfAnAnswerQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "answer__delivery__customer"))


class NoticeMark(models.Model):
    """A clause at which an answer sticks. says: unclear, cannot or propose."""

    answer = models.ForeignKey(
        NoticeAnswer, verbose_name=_("answer to a notice"), on_delete=models.PROTECT, related_name="marks"
    )
    clause = models.ForeignKey(
        NoticeClause, verbose_name=_("clause of a notice"), on_delete=models.PROTECT, related_name="marks"
    )
    says = models.CharField(_("says"), max_length=7, choices=Answer)
    text = models.CharField(_("in their words"), max_length=300, blank=True)

    objects = OfAnAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("clause at which an answer sticks")
        verbose_name_plural = _("clauses at which answers stick")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["answer", "clause"], name="notice_mark_once"),
            models.CheckConstraint(
                condition=Q(says__in=[Answer.UNCLEAR, Answer.CANNOT, Answer.PROPOSE]), name="notice_mark_known"
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class NoticeQuestionQuerySet(OfADeliveryQuerySet):
    def open(self):
        return self.filter(replied_at__isnull=True, delivery__set_aside=False)


class NoticeQuestion(models.Model):
    """What a customer asks about a notice, who of us answers, by when, and the answer."""

    delivery = models.ForeignKey(
        NoticeDelivery, verbose_name=_("notice to a customer"), on_delete=models.PROTECT, related_name="questions"
    )
    clause = models.ForeignKey(
        NoticeClause,
        verbose_name=_("clause of a notice"),
        null=True,
        on_delete=models.PROTECT,
        related_name="questions",
    )
    text = models.TextField(_("question"), max_length=LONGEST_TEXT)
    through = models.CharField(_("how"), max_length=6, choices=Through)
    told_by = models.CharField(_("asked by"), max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    asked_at = models.DateTimeField(_("asked at"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who answers"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    due_on = models.DateField(_("to be answered by"))
    reply = models.TextField(_("our answer"), max_length=LONGEST_TEXT, blank=True)
    replied_at = models.DateTimeField(_("answered at"), null=True)
    replied_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("answered by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = NoticeQuestionQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a notice")
        verbose_name_plural = _("questions about notices")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="notice_question_has_text"),
            models.CheckConstraint(
                condition=Q(reply="", replied_at__isnull=True) | (~Q(reply="") & Q(replied_at__isnull=False)),
                name="notice_question_reply_has_moment",
            ),
        ]
        indexes = [
            models.Index(F("owner"), F("due_on"), name="notice_question_open", condition=Q(replied_at__isnull=True))
        ]

    def __str__(self):
        return f"#{self.pk}"
