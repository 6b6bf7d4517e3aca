"""Plans of promotions with one customer: what is being reckoned, the versions both saw, and who signed which."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet
from customers.profile.models import Customer, customer_scope


class PromotionKind(models.TextChoices):
    """What results are compared by."""

    PRICE = "price", pgettext_lazy("promotion", "price cut")
    FREE = "free", pgettext_lazy("promotion", "free goods")
    GIFT = "gift", pgettext_lazy("promotion", "gift")
    DISPLAY = "display", pgettext_lazy("promotion", "display")
    EVENT = "event", pgettext_lazy("promotion", "event at the shop")
    MIXED = "mixed", pgettext_lazy("promotion", "several at once")


class State(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("promotion plan", "being reckoned")
    SHOWN = "shown", pgettext_lazy("promotion plan", "with the customer")
    AGREED = "agreed", pgettext_lazy("promotion plan", "agreed")
    DROPPED = "dropped", pgettext_lazy("promotion plan", "dropped")


class PromotionPlanQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))


class PromotionPlan(models.Model):
    """terms: as it stands now (kept.py); what both sides look at is a version of it. shown: the one the customer sees.
    agreed_variant: place (from 0) of the variant both have signed.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="promotion_plans", db_index=False
    )
    title = models.CharField(_("title"), max_length=80)
    kind = models.CharField(_("kind"), max_length=7, choices=PromotionKind)
    starts_on = models.DateField(_("starts on"))
    terms = models.JSONField(_("terms"), default=dict)
    shows_brand = models.BooleanField(_("the customer sees our side, too"), default=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.DRAFT)
    shown = models.ForeignKey(
        "PlanVersion", verbose_name=_("version shown"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    agreed_variant = models.PositiveSmallIntegerField(_("variant agreed"), null=True, editable=False)
    agreed_at = models.DateTimeField(_("agreed at"), null=True, editable=False)
    dropped_why = models.CharField(_("why dropped"), max_length=300, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("planned by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    made_at = models.DateTimeField(_("planned at"), auto_now_add=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PromotionPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("promotion plan")
        verbose_name_plural = _("promotion plans")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="promotion_plan_has_title"),
            models.CheckConstraint(condition=Q(kind__in=PromotionKind.values), name="promotion_plan_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="promotion_plan_state_known"),
            models.CheckConstraint(
                condition=~Q(state=State.AGREED) | Q(shown__isnull=False, agreed_variant__isnull=False),
                name="promotion_plan_agreed_has_variant",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-id"], name="promotion_plan_of_customer")]

    def __str__(self):
        return self.title

    @property
    def may_change(self) -> bool:
        return self.state in (State.DRAFT, State.SHOWN)


class OfAPlanQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "plan__customer"))


class PlanVersion(models.Model):
    """Terms as both saw them, never changed. told_by: the dealer who put in their own costs."""

    plan = models.ForeignKey(
        PromotionPlan, verbose_name=_("promotion plan"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveSmallIntegerField(_("number"))
    terms = models.JSONField(_("terms"))
    note = models.CharField(_("note"), max_length=300, blank=True)
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("kept by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("kept at"))

    objects = OfAPlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a promotion plan")
        verbose_name_plural = _("versions of promotion plans")
        ordering = ["-number"]
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="plan_version_number")]

    def __str__(self):
        return f"{self.number}"


class SignatureSide(models.TextChoices):
    CUSTOMER = "customer", pgettext_lazy("promotion", "customer")
    BRAND = "brand", pgettext_lazy("promotion", "brand")


class OfAVersionQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "version__plan__customer"))


class PlanSignature(models.Model):
    """One side says yes to one variant of one version; the other side may say yes to the same."""

    version = models.ForeignKey(
        PlanVersion, verbose_name=_("version of a promotion plan"), on_delete=models.PROTECT, related_name="signatures"
    )
    variant = models.PositiveSmallIntegerField(_("variant"))
    side = models.CharField(_("side"), max_length=8, choices=SignatureSide)
    told_by = models.CharField(_("signed by"), max_length=80, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("signed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("signed at"))

    objects = OfAVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature under a promotion plan")
        verbose_name_plural = _("signatures under promotion plans")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "side"], name="plan_signature_once"),
            models.CheckConstraint(condition=Q(side__in=SignatureSide.values), name="plan_signature_side_known"),
        ]

    def __str__(self):
        return f"#{self.pk}"
