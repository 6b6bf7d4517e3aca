"""Dated evidence of how a customer behaves. Append-only: a change of mind is a new row."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from customers.profile.models import Customer
from customers.sales.models import CustomerRowsQuerySet


class Trait(models.TextChoices):
    COOPERATION = "cooperation", _("cooperation")
    LOYALTY = "loyalty", _("loyalty")


class Kind(models.TextChoices):
    """What kind of evidence it is. All but an opinion are events: something that was done, or was not."""

    PROMOTION = "promotion", _("promotions run as agreed")
    PAYMENT = "payment", _("paid on time")
    ANSWER = "answer", _("answers or calls back")
    REPORT = "report", _("reports in time")
    SHARE = "share", _("share of purchases with us")
    OPINION = "opinion", _("the manager's judgement")


KINDS_OF = {
    Trait.COOPERATION: (Kind.PROMOTION, Kind.PAYMENT, Kind.ANSWER, Kind.REPORT, Kind.OPINION),
    Trait.LOYALTY: (Kind.SHARE, Kind.OPINION),
}


class ObservationQuerySet(CustomerRowsQuerySet):
    pass


class Observation(models.Model):
    """score: 0 (poor, not kept) to 100 (excellent, kept in full), on the day it was seen.

    source says by what (an event, a person); ref names the event there, so that none is witnessed twice.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="observations", db_index=False
    )
    trait = models.CharField(_("trait"), max_length=12, choices=Trait)
    score = models.PositiveSmallIntegerField(_("score"))
    seen_on = models.DateField(_("seen on"))
    seen_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("seen by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    source = models.CharField(_("source"), max_length=60, blank=True)
    note = models.CharField(_("note"), max_length=300, blank=True)
    kind = models.CharField(
        _("kind of evidence"), max_length=12, choices=Kind, default=Kind.OPINION, db_default=Kind.OPINION
    )
    ref = models.CharField(_("reference"), max_length=80, blank=True, default="", db_default="")
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["-seen_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="observation_score_0_100"),
            models.CheckConstraint(condition=Q(trait__in=Trait.values), name="observation_trait_known"),
            models.CheckConstraint(
                condition=Q(trait=Trait.COOPERATION, kind__in=KINDS_OF[Trait.COOPERATION])
                | Q(trait=Trait.LOYALTY, kind__in=KINDS_OF[Trait.LOYALTY]),
                name="observation_kind_of_trait",
                violation_error_message=_("This kind of evidence says nothing of that trait."),
            ),
            models.UniqueConstraint(
                fields=["source", "ref"],
                condition=~Q(ref=""),
                name="observation_once_an_event",
                violation_error_message=_("This event was written down before."),
            ),
        ]
        indexes = [models.Index(fields=["customer", "trait", "seen_on"], name="observation_of_customer")]

    def __str__(self):
        return f"{self.customer_id} {self.trait} {self.score}"
