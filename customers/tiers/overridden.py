"""Tiers set by hand: who set which, why, with whose second look, and until when."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from customers.profile.models import Customer
from customers.sales.models import CustomerRowsQuerySet
from customers.tiers.models import Tier

LONGEST_DAYS = 366
LEAST_REASON, LONGEST_REASON = 10, 500


class OverrideState(models.TextChoices):
    PROPOSED = "proposed", pgettext_lazy("override", "proposed")
    IN_FORCE = "in_force", pgettext_lazy("override", "approved")
    REFUSED = "refused", pgettext_lazy("override", "refused")
    EXPIRED = "expired", pgettext_lazy("override", "expired")
    ENDED = "ended", pgettext_lazy("override", "ended")


HELD = (OverrideState.IN_FORCE, OverrideState.EXPIRED, OverrideState.ENDED)
"""States of those that somebody else has approved: between their days they hold, or held."""


class TierOverrideQuerySet(CustomerRowsQuerySet):
    def open(self):
        """Waiting for the second look, or approved and not over."""
        return self.filter(state__in=[OverrideState.PROPOSED, OverrideState.IN_FORCE])


class TierOverride(models.Model):
    """One tier for one customer, from `since` to `until` (both included), instead of what the rule says.

    It takes two: who proposes, and somebody else who approves. Nobody changes one: it is ended and another proposed.
    ended_on: the first day on which it holds no more, where it was ended early.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, db_index=False, related_name="+"
    )
    tier = models.CharField(_("tier"), max_length=1, choices=Tier)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"))
    state = models.CharField(_("state"), max_length=8, choices=OverrideState, default=OverrideState.PROPOSED)
    # What the rule said when it was proposed.
    computed_tier = models.CharField(_("tier by the rule"), max_length=1, blank=True, editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("proposed by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    proposed_at = models.DateTimeField(_("proposed at"), auto_now_add=True)
    # Who approved or refused it, and what they said.
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("decided by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    review_note = models.CharField(_("said about it"), max_length=LONGEST_REASON, blank=True)
    ended_on = models.DateField(_("ended on"), null=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("ended by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
    )
    end_note = models.CharField(_("why it ended"), max_length=LONGEST_REASON, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = TierOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("tier override")
        verbose_name_plural = _("tier overrides")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=Tier.values), name="override_tier_known"),
            models.CheckConstraint(condition=Q(state__in=OverrideState.values), name="override_state_known"),
            models.CheckConstraint(condition=Q(until__gte=F("since")), name="override_ends_after_it_begins"),
            # The second pair of eyes: only the system (nobody) may have proposed what somebody approves, and the
            # other way about.
            models.CheckConstraint(
                condition=~Q(state__in=HELD) | Q(proposed_by__isnull=True) | ~Q(proposed_by=F("decided_by")),
                name="override_seen_by_two",
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", decided_at__isnull=True) | ~Q(state="proposed"),
                name="override_undecided_while_proposed",
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state="proposed"),
                name="override_proposed_once",
                violation_error_message=_("An override is proposed for this customer already."),
            ),
            models.UniqueConstraint(
                fields=["customer"],
                condition=Q(state="in_force"),
                name="override_in_force_once",
                violation_error_message=_("An override holds for this customer already."),
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-id"], name="override_of_customer"),
            models.Index(fields=["until"], name="override_open", condition=Q(state__in=["proposed", "in_force"])),
        ]

    def __str__(self):
        return f"#{self.pk}"  # whose customer it is, not everybody may see who reads the log

    @property
    def last_day(self) -> datetime.date:
        """The last day on which it holds, or held."""
        return self.until if self.ended_on is None else self.ended_on - datetime.timedelta(days=1)

    @property
    def is_open(self) -> bool:
        return self.state in (OverrideState.PROPOSED, OverrideState.IN_FORCE)
