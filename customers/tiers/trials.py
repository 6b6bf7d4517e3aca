"""A trial: what a draft of a policy would decide on a day, beside what another decides; nothing of it is in force.

Its rows are those who would move. Trials are swept away after a month: a draft worth keeping is written as a version.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from crm.access import ScopedQuerySet
from crm.money import MoneyField
from customers.profile.models import Customer
from customers.sales.models import CustomerRowsQuerySet
from customers.tiers.models import TierPolicy

KEPT_DAYS = 30


class TierTrialQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own; administrators see all."""
        if not user.is_authenticated or not user.is_active:
            return self.none()
        return self if user.is_admin else self.filter(asked_by=user)


class TierTrial(models.Model):
    """draft: the values of a policy as `create_policy` takes them, shares as text. result: empty until it is worked
    out; `labbing` says what it holds.
    """

    as_of = models.DateField(_("as of"))
    against = models.ForeignKey(TierPolicy, verbose_name=_("compared with"), on_delete=models.PROTECT, related_name="+")
    # The stored version that the draft is, or that it began from.
    base = models.ForeignKey(TierPolicy, verbose_name=_("began from"), on_delete=models.PROTECT, related_name="+")
    draft = models.JSONField(_("draft"))
    result = models.JSONField(_("result"), default=dict, blank=True)
    seconds = models.FloatField(_("seconds"), default=0)
    churn = models.JSONField(_("churn"), default=dict, blank=True)
    job_id = models.BigIntegerField(null=True, editable=False)
    churn_job_id = models.BigIntegerField(null=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = TierTrialQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier trial")
        verbose_name_plural = _("tier trials")
        ordering = ["-pk"]

    def __str__(self):
        return f"#{self.pk}"


class TierTrialMoveQuerySet(CustomerRowsQuerySet):
    def holding(self):
        """What would be is no fact about a customer: it goes with it when its import is undone."""
        return self.none()


class TierTrialMove(models.Model):
    """One customer that the draft would move. reason: why it stands where the draft puts it."""

    trial = models.ForeignKey(TierTrial, on_delete=models.CASCADE, db_index=False, related_name="moves")
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    region = models.ForeignKey(
        "crm.Region", verbose_name=_("region"), on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    before = models.CharField(_("tier before"), max_length=1)
    after = models.CharField(_("tier"), max_length=1)
    reason_before = models.CharField(_("reason before"), max_length=32)
    reason = models.CharField(_("reason"), max_length=32)
    w0 = MoneyField(_("sales, last 12 months"))
    w1 = MoneyField(_("the 12 months before"))
    rank = models.IntegerField(_("rank"), null=True)

    objects = TierTrialMoveQuerySet.as_manager()

    class Meta:
        verbose_name = _("move in a trial")
        verbose_name_plural = _("moves in trials")
        constraints = [models.UniqueConstraint(fields=["trial", "customer"], name="trial_move_once")]
        indexes = [
            models.Index(fields=["trial", "-w0", "-customer"], name="trial_move_sales"),
            models.Index(fields=["customer"], name="trial_move_of_customer"),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.before}-{self.after}"
