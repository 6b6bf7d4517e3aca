"""Scores as they were on each day, the network they were measured in, and whose evidence is new.

A score changes by a new row that says why; rows never change, but for `current`, which moves to the newest.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.profile.models import Customer
from customers.relationship.models import Trait
from customers.sales.models import CustomerRowsQuerySet


class ScoreWeights(models.Model):
    """What each kind of evidence weighs from a day on. Append-only; without a row the usual weights hold.

    Written by whoever adopts a policy (`weighing.put`): the newest row of a day or earlier is in force on it.
    """

    since = models.DateField(_("in force from"))
    cooperation = models.JSONField(_("weights of cooperation"))
    loyalty = models.JSONField(_("weights of loyalty"))
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("weights of scores")
        verbose_name_plural = _("weights of scores")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["-since", "-id"], name="score_weights_of_day")]

    def __str__(self):
        return str(self.since)


class ScoreRun(models.Model):
    """The network on a day: what it keeps of each kind (percent) and how steadily it buys (quantiles of spread).

    Written when a day is first worked out for everybody, and again when that changed. replay: a past day looked at
    later; it stands outside the chain of the present.
    """

    as_of = models.DateField(_("as of"))
    replay = models.BooleanField(_("past day"), default=False)
    shares = models.JSONField(_("shares of the network"))
    spreads = models.JSONField(_("steadiness of the network"))
    rule_version = models.PositiveSmallIntegerField(_("version of the rule"))
    # {trait: {kind: weight}} where they are not the usual ones.
    weights = models.JSONField(_("weights"), null=True, blank=True)
    examined = models.IntegerField(_("customers"))
    changed = models.IntegerField(_("changed"))
    seconds = models.FloatField(_("seconds"), default=0)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    class Meta:
        verbose_name = _("score run")
        verbose_name_plural = _("score runs")
        indexes = [models.Index(fields=["replay", "-as_of", "-id"], name="score_run_of_day")]

    def __str__(self):
        return str(self.as_of)


class ScoreQuerySet(CustomerRowsQuerySet):
    def chain(self):
        """What was in force, day by day; replays of past days left out."""
        return self.filter(replay=False)


class Score(models.Model):
    """A customer's cooperation or loyalty from a day on. Points are hundredths (7000 = 70), rounded down.

    lower: what it is at least, with 80 % certainty (cooperation). sure: the highest threshold at which it counts as
    high. high: under the article's thresholds, and stays so down to 65. components: kinds with what they rest on and
    bring. because: what changed against the row before.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, db_index=False, related_name="scores"
    )
    trait = models.CharField(_("trait"), max_length=12, choices=Trait)
    as_of = models.DateField(_("as of"))
    value = models.IntegerField(_("points"), null=True)
    lower = models.IntegerField(_("at least"), null=True)
    sure = models.IntegerField(null=True)
    events = models.IntegerField(_("events"), default=0)
    enough = models.BooleanField(_("enough evidence"), default=False)
    high = models.BooleanField(_("high"), default=False)
    components = models.JSONField(_("components"), default=list)
    because = models.JSONField(_("why it changed"), default=list)
    rule_version = models.PositiveSmallIntegerField(_("version of the rule"))
    replay = models.BooleanField(_("past day"), default=False)
    current = models.BooleanField(_("in force"), default=False)
    run = models.ForeignKey(ScoreRun, null=True, on_delete=models.PROTECT, db_index=False, related_name="+")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["-as_of", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "trait"], condition=Q(current=True), name="one_current_score"),
            models.CheckConstraint(condition=Q(trait__in=Trait.values), name="score_trait_known"),
            models.CheckConstraint(condition=Q(current=False) | Q(replay=False), name="score_replay_not_current"),
        ]
        indexes = [
            models.Index(fields=["customer", "trait", "-as_of", "-id"], name="score_in_force"),
            models.Index(fields=["trait", "-value", "-customer"], condition=Q(current=True), name="score_by_points"),
        ]

    def __str__(self):
        return f"{self.customer_id} {self.trait} {self.value}"


class ScoreDirty(models.Model):
    """An outbox filled by triggers: customers with new evidence since scores were last worked out."""

    customer_id = models.BigIntegerField()

    class Meta:
        verbose_name = _("customer to score again")
