"""Promotions carried out: what is done by whom, who takes part, what is seen of it, and how it is settled."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet, reach_of
from crm.money import MoneyField
from customers.files.models import Attachment
from customers.profile.models import Customer, customer_scope
from promotions.calculator.models import PromotionKind, PromotionPlan

LONGEST = 1000


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("promotion", "being prepared")
    OPEN = "open", pgettext_lazy("promotion", "under way")
    CLOSED = "closed", pgettext_lazy("promotion", "closed")
    DROPPED = "dropped", pgettext_lazy("promotion", "called off")


class PromotionQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own, and those in which somebody in one's reach was asked to take part."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        rows = self.model._meta.get_field("participations").related_model._default_manager
        asked = rows.visible_to(user).filter(promotion=OuterRef("pk"))
        return self.filter(Q(made_by=user) | Exists(asked))

    def on(self, day: datetime.date):
        return self.filter(state=State.OPEN, starts_on__lte=day, ends_on__gte=day)


class Promotion(models.Model):
    """code: for files, the API and the command line; it stays. mechanics: what customers are to do, in words.
    materials: [{name, quantity}] each gets. cost_each: reserved in the budgets for each who is asked. checklist: what
    is looked at in the shop, one text an item. audience: as of notices.
    """

    code = models.SlugField(_("code"), max_length=30, unique=True)
    title = models.CharField(_("title"), max_length=80)
    kind = models.CharField(_("kind"), max_length=7, choices=PromotionKind)
    goods = models.CharField(_("goods promoted"), max_length=80, blank=True)
    mechanics = models.TextField(_("how it goes"), max_length=LONGEST)
    starts_on = models.DateField(_("starts on"))
    ends_on = models.DateField(_("ends on"))
    answer_by = models.DateField(_("answer by"))
    materials = models.JSONField(_("materials"), default=list)
    checklist = models.JSONField(_("checklist"), default=list)
    audience = models.JSONField(_("who is asked"), default=dict)
    cost_each = MoneyField(_("what one customer may cost us"), default=0)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.DRAFT)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("planned by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("planned at"), auto_now_add=True)
    opened_at = models.DateTimeField(_("asked at"), null=True, editable=False)
    result = models.JSONField(_("result"), null=True, editable=False)
    measured_at = models.DateTimeField(_("measured at"), null=True, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PromotionQuerySet.as_manager()

    class Meta:
        verbose_name = _("promotion")
        verbose_name_plural = _("promotions")
        ordering = ["-starts_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="promotion_has_title"),
            models.CheckConstraint(condition=Q(kind__in=PromotionKind.values), name="promotion_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="promotion_state_known"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="promotion_ends_after_start"),
        ]
        indexes = [models.Index(fields=["starts_on", "ends_on"], name="promotion_days")]

    def __str__(self):
        return self.title

    @property
    def days(self) -> int:
        return (self.ends_on - self.starts_on).days + 1


class Answer(models.TextChoices):
    INVITED = "invited", pgettext_lazy("participation", "no answer yet")
    ACCEPTED = "accepted", pgettext_lazy("participation", "takes part")
    COUNTERED = "countered", pgettext_lazy("participation", "wants it otherwise")
    DECLINED = "declined", pgettext_lazy("participation", "does not take part")


class Compliance(models.TextChoices):
    AS_AGREED = "agreed", pgettext_lazy("compliance", "as agreed")
    CHANGED = "changed", pgettext_lazy("compliance", "changed")
    NOT_RUN = "not_run", pgettext_lazy("compliance", "not run")


class ParticipationQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def counting(self):
        """Without those that a merge of two customers left over."""
        return self.filter(set_aside=False)

    def taking_part(self):
        return self.counting().filter(answer=Answer.ACCEPTED)

    def unanswered(self):
        return self.counting().filter(answer=Answer.INVITED, promotion__state=State.OPEN)


class Participation(models.Model):
    """One customer and one promotion. credit: percent of what was agreed that was done. how: what was changed, or why
    it was not run. claim: what they ask for, settled: what they got, own_costs: what it cost us beside that.
    measured: what it brought in this shop, as uplift/measuring.py keeps it; example: it teaches what to expect.
    reminded_at: of the last letter about an answer, the first one of which only says that they are asked.
    """

    promotion = models.ForeignKey(
        Promotion, verbose_name=_("promotion"), on_delete=models.PROTECT, related_name="participations", db_index=False
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="promotions", db_index=False
    )
    plan = models.ForeignKey(
        PromotionPlan,
        verbose_name=_("promotion plan"),
        null=True,
        on_delete=models.PROTECT,
        related_name="participations",
    )
    answer = models.CharField(_("answer"), max_length=9, choices=Answer, default=Answer.INVITED)
    counter = models.TextField(_("what they want otherwise"), max_length=LONGEST, blank=True)
    agreed = models.TextField(_("agreed otherwise"), max_length=LONGEST, blank=True)
    answered_at = models.DateTimeField(_("answered at"), null=True)
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    reminders = models.PositiveSmallIntegerField(_("reminders"), default=0, editable=False)
    reminded_at = models.DateTimeField(_("written to at"), null=True, editable=False)
    sent_on = models.DateField(_("materials sent on"), null=True)
    received_on = models.DateField(_("materials received on"), null=True)
    compliance = models.CharField(_("how it was run"), max_length=7, choices=Compliance, blank=True)
    credit = models.PositiveSmallIntegerField(_("done, percent"), null=True)
    how = models.CharField(_("what was changed, or why not"), max_length=300, blank=True)
    judged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("judged by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    judged_at = models.DateTimeField(_("judged at"), null=True)
    claim = MoneyField(_("claimed"), null=True)
    claim_text = models.CharField(_("what for"), max_length=300, blank=True)
    settled = MoneyField(_("settled"), null=True)
    own_costs = MoneyField(_("cost us beside"), default=0)
    settled_on = models.DateField(_("settled on"), null=True)
    measured = models.JSONField(_("measured in the shop"), null=True, editable=False)
    example = models.BooleanField(_("teaches estimates"), default=False, editable=False)
    set_aside = models.BooleanField(_("left over by a merge"), default=False, editable=False)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = ParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("participation in a promotion")
        verbose_name_plural = _("participations in promotions")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["promotion", "customer"], condition=Q(set_aside=False), name="participation_once"
            ),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="participation_answer_known"),
            models.CheckConstraint(
                condition=Q(compliance__in=["", *Compliance.values]), name="participation_compliance_known"
            ),
            models.CheckConstraint(
                condition=Q(compliance="", credit__isnull=True) | (~Q(compliance="") & Q(credit__range=(0, 100))),
                name="participation_judged_has_credit",
            ),
            models.CheckConstraint(
                condition=Q(settled__isnull=True, settled_on__isnull=True)
                | Q(settled__gte=0, settled_on__isnull=False),
                name="participation_settled_has_day",
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="participation_of_customer"),
            models.Index(fields=["promotion", "answer", "id"], name="participation_of_promotion"),
            models.Index(fields=["promotion"], name="participation_example", condition=Q(example=True)),
        ]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def stage(self) -> str:
        """Where it stands on the board: a key of reading.STAGES."""
        if self.answer != Answer.ACCEPTED:
            return self.answer
        if self.settled_on:
            return "settled"
        if self.compliance:
            return "judged"
        if self.promotion.materials and not self.received_on:
            return "sent" if self.sent_on else "accepted"
        return "ready"


class OfAParticipationQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "participation__customer"))


class Execution(models.Model):
    """What was seen in the shop, on a day: which items of the checklist hold (their places), the price, a photo."""

    participation = models.ForeignKey(
        Participation,
        verbose_name=_("participation in a promotion"),
        on_delete=models.PROTECT,
        related_name="executions",
    )
    seen_on = models.DateField(_("seen on"))
    done = models.JSONField(_("done of the checklist"), default=list)
    price = MoneyField(_("price in the shop"), null=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    photo = models.ForeignKey(
        Attachment, verbose_name=_("photo"), null=True, on_delete=models.SET_NULL, related_name="+"
    )
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("seen by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("written down at"))

    objects = OfAParticipationQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence of a promotion")
        verbose_name_plural = _("evidence of promotions")
        ordering = ["-seen_on", "-pk"]

    def __str__(self):
        return f"#{self.pk}"
