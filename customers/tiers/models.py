"""Policies, runs, decisions with their evidence, and the standing of each customer now."""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from crm.access import BrandRulesQuerySet, ScopedQuerySet, reach_of
from crm.money import MoneyField
from customers.profile.models import Customer
from customers.sales.models import CustomerRowsQuerySet


class Tier(models.TextChoices):
    A = "A", "A"
    B = "B", "B"
    C = "C", "C"


OVERRIDE = "override"
"""Stored as the reason of a tier set by hand: see `overridden`."""
DEFAULT_NAME = gettext_noop("The article's rule")


class TierPolicyQuerySet(BrandRulesQuerySet):
    def adopted(self) -> TierPolicy | None:
        return self.filter(adopted_at__isnull=False).order_by("-adopted_at", "-pk").first()

    def current(self, code: str | None = None) -> TierPolicy | None:
        """The adopted policy, or the newest version of the one named."""
        if code is None:
            return self.adopted()
        return self.filter(code=code).order_by("-version").first()


class TierPolicy(models.Model):
    """One version of a tier policy. A version never changes once a run has used it: a change is a new version.

    Shares and growth are fractions (0.20 = 20 %), scores 0–100.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveIntegerField(_("version"), default=1)
    name = models.CharField(_("name"), max_length=80)
    top_share = models.DecimalField(_("share ranked A"), max_digits=6, decimal_places=4, default=Decimal("0.20"))
    growth = models.DecimalField(_("growth for B"), max_digits=6, decimal_places=4, default=Decimal("0.10"))
    cooperation_high = models.PositiveSmallIntegerField(_("cooperation is high from"), default=70)
    loyalty_high = models.PositiveSmallIntegerField(_("loyalty is high from"), default=70)
    min_observations = models.PositiveSmallIntegerField(_("observations needed for a score"), default=5)
    # Options of the laboratory, off by default; names as in tiering.Policy.
    options = models.JSONField(_("options"), default=dict, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("created by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    adopted_at = models.DateTimeField(_("adopted at"), null=True, blank=True, editable=False)
    # Decided now for a day to come: the nightly job puts it in force on that day (`adopting`).
    adopted_from = models.DateField(_("in force from"), null=True, editable=False)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("adoption decided by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    planned_note = models.CharField(_("reason of the adoption"), max_length=300, db_default="", editable=False)

    objects = TierPolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier policy")
        verbose_name_plural = _("tier policies")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["code", "version"], name="tier_policy_version"),
            models.CheckConstraint(condition=Q(top_share__gte=0, top_share__lte=1), name="tier_policy_share"),
            models.CheckConstraint(condition=Q(growth__gte=0), name="tier_policy_growth"),
        ]

    def __str__(self):
        return f"{self.title} v{self.version}"

    @property
    def title(self) -> str:
        """The name; that of the policy Qiao comes with in the reader's language."""
        return gettext(self.name) if self.name == DEFAULT_NAME else self.name


class TierRunQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Runs hold sums over the whole brand, so only those who have it in reach see them."""
        return self if reach_of(user).everywhere else self.none()


class TierRun(models.Model):
    class Mode(models.TextChoices):
        FULL = "full", _("full")
        INCREMENTAL = "incremental", _("after an import")
        REPLAY = "replay", _("for a past day")

    policy = models.ForeignKey(TierPolicy, verbose_name=_("policy"), on_delete=models.PROTECT, related_name="runs")
    as_of = models.DateField(_("as of"))
    mode = models.CharField(_("mode"), max_length=11, choices=Mode)
    a = models.IntegerField("A", default=0)
    b = models.IntegerField("B", default=0)
    c = models.IntegerField("C", default=0)
    ranked = models.IntegerField(_("ranked"), default=0)
    k = models.IntegerField(_("places in A"), default=0)
    cutoff = MoneyField(_("cut-off"), null=True)
    examined = models.IntegerField(_("examined"), default=0)
    changed = models.IntegerField(_("changed"), default=0)
    seconds = models.FloatField(_("seconds"), default=0)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("at"), auto_now_add=True)

    objects = TierRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier run")
        verbose_name_plural = _("tier runs")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["policy", "-as_of", "-id"], name="tier_run_as_of")]

    def __str__(self):
        return f"{self.policy} {self.as_of}"


class TierDecisionQuerySet(CustomerRowsQuerySet):
    def holding(self):
        """Decisions were worked out from the customer and go with it when its import is undone."""
        return self.none()


FELL = Q(previous_tier__gt="", tier__gt=F("previous_tier"))
"""Decisions by which a customer lost a tier; those of who left (no tier) are none."""


class TierDecision(models.Model):
    """Append-only: written when a customer's tier or reason differs from the decision in force before.

    tier: the one in force, an override's where one holds. '' means the customer left the result (closed, or not open on
    the day). Money figures are the three 12-month windows, newest first; rank is the competition rank among the ranked
    franchisees of that run.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    run = models.ForeignKey(TierRun, on_delete=models.PROTECT, db_index=False, related_name="decisions")
    policy = models.ForeignKey(
        TierPolicy, verbose_name=_("policy"), on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    as_of = models.DateField(_("as of"))
    tier = models.CharField(_("tier"), max_length=1, blank=True)
    reason = models.CharField(_("reason"), max_length=32)
    previous_tier = models.CharField(_("tier before"), max_length=1, blank=True)
    w0 = MoneyField(_("sales, last 12 months"))
    w1 = MoneyField(_("the 12 months before"))
    w2 = MoneyField(_("the 12 months before that"))
    rank = models.IntegerField(_("rank"), null=True)
    ranked = models.IntegerField(_("ranked"), default=0)
    cutoff = MoneyField(_("cut-off"), null=True)
    # Scores in hundredths of a point (7000 = 70), rounded down; null: not enough evidence.
    cooperation = models.IntegerField(_("cooperation"), null=True)
    loyalty = models.IntegerField(_("loyalty"), null=True)
    # What the rule says where an override holds (reason 'override'); empty otherwise.
    rule_tier = models.CharField(_("tier by the rule"), max_length=1, blank=True, db_default="")
    rule_reason = models.CharField(_("reason by the rule"), max_length=32, blank=True, db_default="")
    decided_at = models.DateTimeField(_("decided at"), auto_now_add=True)

    objects = TierDecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier decision")
        verbose_name_plural = _("tier decisions")
        indexes = [
            models.Index(fields=["customer", "policy", "-as_of", "-id"], name="decision_in_force"),
            models.Index(fields=["run"], name="decision_of_run"),
            models.Index(fields=["as_of"], name="decision_fallen", condition=FELL),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.tier or '-'} {self.as_of}"


# Who is ranked, in the words of the engine's SQL, so that the partial index serves it.
RANKED = Q(kind="franchisee", open_now=True, w0__gt=0)


class TierStanding(models.Model):
    """One narrow row a customer: figures and tier under the adopted policy now. Holds every sort and filter of lists.

    w0, w1, w2: net sales of the three windows as of `figures_as_of`. growth: basis points (w0/w1 − 1), cut off, not
    rounded; null without w1. last_sold_on: the last day with sales since W2 began. Scores are hundredths of a point.
    reason: 'not_open' for a customer that left the result, '' for one never in it, 'override' while a tier set by hand
    holds: `tier` is that one, and rule_tier and rule_reason (empty otherwise) what the rule says meanwhile.
    override_tier: of an override that holds on the day, also while the customer is closed.
    """

    customer = models.OneToOneField(Customer, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    kind = models.CharField(max_length=10)
    region = models.ForeignKey("crm.Region", on_delete=models.PROTECT, db_index=False, related_name="+")
    open_now = models.BooleanField(default=True)  # counted in ranking and result on the as-of day
    w0 = MoneyField(default=0)
    w1 = MoneyField(default=0)
    w2 = MoneyField(default=0)
    growth = models.IntegerField(null=True)
    last_sold_on = models.DateField(null=True)
    cooperation = models.IntegerField(null=True)
    loyalty = models.IntegerField(null=True)
    # The highest threshold at which the score counts as high: below the score where few events speak for it.
    cooperation_sure = models.IntegerField(null=True)
    loyalty_sure = models.IntegerField(null=True)
    tier = models.CharField(max_length=1, blank=True)
    reason = models.CharField(max_length=32, blank=True)
    run_id = models.BigIntegerField(null=True)
    override_tier = models.CharField(max_length=1, blank=True, db_default="")
    rule_tier = models.CharField(max_length=1, blank=True, db_default="")
    rule_reason = models.CharField(max_length=32, blank=True, db_default="")

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name = _("standing")
        indexes = [
            models.Index(fields=["-w0", "-customer_id"], name="standing_sales"),
            models.Index(fields=["tier", "-w0", "-customer_id"], name="standing_tier"),
            models.Index(fields=["region", "tier", "-w0", "-customer_id"], name="standing_region"),
            models.Index(fields=["-growth", "-customer_id"], name="standing_growth"),
            models.Index(fields=["-last_sold_on", "-customer_id"], name="standing_last_sale"),
            # The ladder: counts, the k-th seller and ranks are read from it alone.
            models.Index(fields=["-w0"], name="standing_ladder", condition=RANKED),
            models.Index(fields=["override_tier"], name="standing_overridden", condition=~Q(override_tier="")),
        ]

    @property
    def computed_tier(self) -> str:
        """What the rule says, whatever was set by hand."""
        return self.rule_tier if self.reason == OVERRIDE else self.tier

    @property
    def computed_reason(self) -> str:
        return self.rule_reason if self.reason == OVERRIDE else self.reason


class StandingState(models.Model):
    """One row (id 1): for which day and policy the standing's figures and tiers hold."""

    figures_as_of = models.DateField(null=True)
    w0_start = models.DateField(null=True)  # first month of W0; when it moves, every figure must be worked out anew
    policy = models.ForeignKey(TierPolicy, null=True, on_delete=models.PROTECT, related_name="+")
    run = models.ForeignKey(TierRun, null=True, on_delete=models.PROTECT, related_name="+")
    cutoff = MoneyField(null=True)
    ranked = models.IntegerField(default=0)
    k = models.IntegerField(default=0)


class RegionTier(models.Model):
    """How many customers of a tier stand in a region itself, and what they sold in W0; kept with the standing."""

    pk = models.CompositePrimaryKey("region_id", "tier")
    region = models.ForeignKey("crm.Region", on_delete=models.CASCADE, db_index=False, related_name="+")
    tier = models.CharField(max_length=1)
    customers = models.IntegerField(default=0)
    w0 = MoneyField(default=0)

    class Meta:
        verbose_name = _("region's tier")


class TierDirty(models.Model):
    """An outbox filled by triggers: customers new, changed in what tiers read, or scored anew since the last look."""

    customer_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("customer to judge again")
