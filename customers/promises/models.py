"""Promises by either side, each with a day, and one of ours with somebody in charge of it.

(Promises to pay are judged by the money that comes: they are `receivables.Promise`.)
"""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import RegionScopedQuerySet
from customers.people.models import Person
from customers.profile.models import Customer, customer_scope, in_hands_of
from customers.promises import keeping

LONGEST = 300


class Side(models.TextChoices):
    OURS = keeping.OURS, pgettext_lazy("promise", "ours")
    THEIRS = keeping.THEIRS, pgettext_lazy("promise", "theirs")


class State(models.TextChoices):
    OPEN = keeping.OPEN, pgettext_lazy("promise", "open")
    KEPT = keeping.KEPT, pgettext_lazy("promise", "kept")
    BROKEN = keeping.BROKEN, pgettext_lazy("promise", "broken")
    RENEGOTIATED = keeping.RENEGOTIATED, pgettext_lazy("promise", "put off")
    TAKEN_BACK = keeping.TAKEN_BACK, pgettext_lazy("promise", "taken back")


class CommitmentQuerySet(RegionScopedQuerySet):
    def visible_to(self, user):
        return self.filter(customer_scope(user, "customer"))

    def open(self):
        return self.filter(state=State.OPEN)

    def settled(self):
        """What became something; those taken back as a mistake never were."""
        return self.exclude(state__in=[State.OPEN, State.TAKEN_BACK])

    def overdue(self, day: datetime.date):
        return self.open().filter(due_on__lt=day)

    def due_by(self, day: datetime.date):
        return self.open().filter(due_on__lte=day)

    def concerning(self, user, day: datetime.date):
        """One's own to keep, and all of the customers in one's hands: after a handover they are the new manager's."""
        return self.filter(Q(owner_id=user.pk) | Q(customer_id__in=in_hands_of(user.pk, day)))

    def holding(self):
        return self


class Commitment(models.Model):
    """What one side promised the other, until when, and what became of it. Put off by agreement, it is followed by
    another one that names it as `earlier`. link: a path in Qiao to where it was said, for slices above.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="commitments", db_index=False
    )
    side = models.CharField(_("whose"), max_length=6, choices=Side)
    text = models.CharField(_("what was promised"), max_length=LONGEST)
    made_on = models.DateField(_("promised on"))
    due_on = models.DateField(_("until"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("who keeps it"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )
    person = models.ForeignKey(
        Person,
        verbose_name=_("said by or to"),
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="+",
    )
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.OPEN)
    settled_on = models.DateField(_("settled on"), null=True, blank=True, editable=False)
    settled_at = models.DateTimeField(_("said at"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("settled by"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )
    outcome = models.CharField(_("what became of it"), max_length=LONGEST, blank=True)
    earlier = models.ForeignKey(
        "self",
        verbose_name=_("put off from"),
        null=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="later",
    )
    link = models.CharField(_("link"), max_length=200, blank=True, editable=False)
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("written by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(_("written at"), auto_now_add=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = CommitmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(side__in=Side.values), name="commitment_side_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="commitment_state_known"),
            models.CheckConstraint(condition=~Q(text=""), name="commitment_has_text"),
            models.CheckConstraint(condition=Q(due_on__gte=F("made_on")), name="commitment_due_after_made"),
            models.CheckConstraint(
                condition=Q(side="ours", owner__isnull=False) | Q(side="theirs", owner__isnull=True),
                name="commitment_ours_has_owner",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_on__isnull=True, settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_on__isnull=False, settled_at__isnull=False)),
                name="commitment_settled_with_day",
            ),
            models.CheckConstraint(
                condition=Q(settled_on__isnull=True) | Q(settled_on__gte=F("made_on")),
                name="commitment_settled_after_made",
            ),
            models.CheckConstraint(condition=Q(link="") | Q(link__startswith="/"), name="commitment_link_is_ours"),
            models.UniqueConstraint(
                fields=["earlier"], condition=~Q(state="taken_back"), name="commitment_followed_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "due_on", "id"], name="commitment_of_customer"),
            models.Index(fields=["due_on", "id"], name="commitment_due", condition=Q(state="open")),
            models.Index(fields=["owner", "due_on"], name="commitment_of_owner", condition=Q(state="open")),
            models.Index(
                fields=["-settled_on", "-id"], name="commitment_settled", condition=Q(settled_on__isnull=False)
            ),
        ]

    def __str__(self):
        return f"#{self.pk}"  # whose customer it is, not everybody may see who reads the log

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def was_late(self) -> bool:
        return self.state == State.KEPT and self.settled_on is not None and self.settled_on > self.due_on
