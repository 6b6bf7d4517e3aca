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


class ObservationQuerySet(CustomerRowsQuerySet):
    pass


class Observation(models.Model):
    """score: 0 (poor) to 100 (excellent), on the day it was seen; source says by what (an event, a person)."""

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
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ObservationQuerySet.as_manager()

    class Meta:
        verbose_name = _("observation")
        verbose_name_plural = _("observations")
        ordering = ["-seen_on", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(score__range=(0, 100)), name="observation_score_0_100"),
            models.CheckConstraint(condition=Q(trait__in=Trait.values), name="observation_trait_known"),
        ]
        indexes = [models.Index(fields=["customer", "trait", "seen_on"], name="observation_of_customer")]

    def __str__(self):
        return f"{self.customer_id} {self.trait} {self.score}"
