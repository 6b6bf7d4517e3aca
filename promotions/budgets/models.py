"""Money for promotions: budgets of regions and tiers by quarter, what is promised of them, and who let it go over."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import RegionScopedQuerySet, ScopedQuerySet, reach_of
from crm.accounts.models import Region
from crm.money import MoneyField
from customers.profile.models import Customer, customer_scope
from customers.tiers.models import Tier
from promotions.budgets.drawing import COMMITTED, FIXED, OF_LAST_YEAR, OF_SALES, RELEASED, RESERVED, SPENT

SHORT = 300


class Basis(models.TextChoices):
    FIXED = FIXED, pgettext_lazy("budget", "a fixed sum")
    OF_SALES = OF_SALES, pgettext_lazy("budget", "percent of the quarter's net sales, as they come")
    OF_LAST_YEAR = OF_LAST_YEAR, pgettext_lazy("budget", "percent of the same quarter's net sales a year before")


class PromotionBudgetQuerySet(RegionScopedQuerySet):
    def editable_by(self, user):
        if not (user.may_write and (user.is_admin or user.is_head)):
            return self.none()
        return self.visible_to(user)


class PromotionBudget(models.Model):
    """What promotions may cost the brand in a region and all below it, in a quarter (its first day). tier: '' for all
    customers. rate: percent, where it goes by sales.
    """

    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(_("tier"), max_length=1, blank=True, choices=Tier)
    quarter = models.DateField(_("quarter"))
    basis = models.CharField(_("what it goes by"), max_length=9, choices=Basis, default=Basis.FIXED)
    amount = MoneyField(_("sum"), default=0)
    rate = models.DecimalField(_("percent of net sales"), max_digits=5, decimal_places=2, null=True, blank=True)
    note = models.CharField(_("note"), max_length=SHORT, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PromotionBudgetQuerySet.as_manager()

    class Meta:
        verbose_name = _("promotion budget")
        verbose_name_plural = _("promotion budgets")
        ordering = ["-quarter", "region__path", "tier"]
        constraints = [
            models.UniqueConstraint(fields=["region", "tier", "quarter"], name="promotion_budget_once"),
            models.CheckConstraint(condition=Q(tier__in=["", *Tier.values]), name="promotion_budget_tier_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="promotion_budget_not_negative"),
            models.CheckConstraint(
                condition=Q(basis=Basis.FIXED, rate__isnull=True)
                | Q(basis__in=[Basis.OF_SALES, Basis.OF_LAST_YEAR], rate__gt=0, rate__lte=100),
                name="promotion_budget_rate_where_due",
            ),
            models.CheckConstraint(
                condition=Q(quarter__day=1, quarter__month__in=[1, 4, 7, 10]), name="promotion_budget_of_a_quarter"
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"


class UseState(models.TextChoices):
    RESERVED = RESERVED, pgettext_lazy("money", "reserved")
    COMMITTED = COMMITTED, pgettext_lazy("money", "committed")
    SPENT = SPENT, pgettext_lazy("money", "spent")
    RELEASED = RELEASED, pgettext_lazy("money", "released")


class Source(models.TextChoices):
    PLAN = "plan", pgettext_lazy("money", "plan with a customer")
    PROMOTION = "promotion", pgettext_lazy("money", "promotion")
    PART = "part", pgettext_lazy("money", "customer in a promotion")


class BudgetUseQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Of customers in one's charge; what is kept for customers not asked yet, by region."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing:
            return self.none()
        return self.filter(customer_scope(user, "customer") | Q(customer__isnull=True, region_id__in=reach.region_ids))

    def counting(self):
        return self.exclude(state=UseState.RELEASED)


class BudgetUse(models.Model):
    """Money promised. region, tier: of the day it was first promised, on which it counts for good. source, ref: what it
    is for; customer: None for those of a promotion that are not asked yet.
    """

    source = models.CharField(_("what for"), max_length=9, choices=Source)
    ref = models.PositiveBigIntegerField(_("number"))
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    region = models.ForeignKey(Region, verbose_name=_("region"), on_delete=models.PROTECT, related_name="+")
    tier = models.CharField(_("tier"), max_length=1, blank=True)
    quarter = models.DateField(_("quarter"))
    state = models.CharField(_("state"), max_length=9, choices=UseState)
    amount = MoneyField(_("amount"))
    promised_on = models.DateField(_("promised on"))

    objects = BudgetUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("use of a promotion budget")
        verbose_name_plural = _("uses of promotion budgets")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["source", "ref", "region", "tier"], name="budget_use_once"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="budget_use_source_known"),
            models.CheckConstraint(condition=Q(state__in=UseState.values), name="budget_use_state_known"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="budget_use_not_negative"),
        ]
        indexes = [models.Index(fields=["quarter", "region", "tier", "state"], name="budget_use_sums")]

    def __str__(self):
        return f"#{self.pk}"


class ApprovalState(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("approval", "waits")
    APPROVED = "approved", pgettext_lazy("approval", "agreed")
    REFUSED = "refused", pgettext_lazy("approval", "refused")


class BudgetApprovalQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own questions, and those about budgets of regions in reach."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        return self.filter(Q(asked_by=user) | Q(budget__region_id__in=reach.region_ids))

    def waiting(self):
        return self.filter(state=ApprovalState.WAITING)


class BudgetApproval(models.Model):
    """Somebody asks to go over a budget. needed: what it draws on the budget in all; over: beyond what was left when it
    was asked. An approval lets this one thing draw so much, whatever else is drawn by then.
    """

    budget = models.ForeignKey(
        PromotionBudget, verbose_name=_("promotion budget"), on_delete=models.PROTECT, related_name="approvals"
    )
    source = models.CharField(_("what for"), max_length=9, choices=Source)
    ref = models.PositiveBigIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=160)
    needed = MoneyField(_("needed"))
    over = MoneyField(_("over the budget by"))
    why = models.CharField(_("why"), max_length=SHORT)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(_("state"), max_length=8, choices=ApprovalState, default=ApprovalState.WAITING)
    answer = models.CharField(_("answer"), max_length=SHORT, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    objects = BudgetApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("approval over a budget")
        verbose_name_plural = _("approvals over budgets")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ApprovalState.values), name="budget_approval_state_known"),
            models.CheckConstraint(condition=Q(source__in=Source.values), name="budget_approval_source_known"),
            models.UniqueConstraint(
                fields=["source", "ref", "budget"], condition=Q(state="waiting"), name="budget_approval_waits_once"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_at__isnull=True)
                | (~Q(state="waiting") & Q(decided_at__isnull=False)),
                name="budget_approval_decided_has_day",
            ),
        ]
        indexes = [models.Index(fields=["source", "ref"], name="budget_approval_of")]

    def __str__(self):
        return self.title
