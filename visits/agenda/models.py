"""What customers say before a visit that was agreed with them: points to speak of, and whether the time suits them."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from visits.plan.models import OfAVisitQuerySet, PlannedVisit

LONGEST_POINT = 200
MOST_POINTS = 5
LONGEST_WORD = 200


class AgendaPoint(models.Model):
    """One thing that a customer wants to speak of. told_by: who of them wrote it in the portal."""

    visit = models.ForeignKey(PlannedVisit, verbose_name=_("visit"), on_delete=models.CASCADE, related_name="agenda")
    text = models.CharField(_("point"), max_length=LONGEST_POINT)
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    at = models.DateTimeField(_("when"))

    objects = OfAVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("point of a customer's agenda")
        verbose_name_plural = _("points of customers' agendas")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="agenda_point_has_text"),
            models.UniqueConstraint(fields=["visit", "text"], name="agenda_point_once"),
        ]

    def __str__(self):
        return f"#{self.pk}"


class Says(models.TextChoices):
    YES = "yes", pgettext_lazy("time of a visit", "confirmed by the customer")
    NO = "no", pgettext_lazy("time of a visit", "does not suit the customer")


class TimeAnswer(models.Model):
    """What a customer said last about the time of a visit: of `day` and `starts_at` as they saw them. Once the visit
    moves, it speaks of a time that is no more.

    proposed_on, proposed_at: when they would rather be visited. settled_at: when one of us took it up.
    """

    visit = models.OneToOneField(PlannedVisit, on_delete=models.CASCADE, related_name="answer", verbose_name=_("visit"))
    says = models.CharField(_("answer"), max_length=3, choices=Says)
    day = models.DateField(_("day"))
    starts_at = models.TimeField(_("time"), null=True)
    proposed_on = models.DateField(_("proposed day"), null=True)
    proposed_at = models.TimeField(_("proposed time"), null=True)
    text = models.CharField(_("in their words"), max_length=LONGEST_WORD, blank=True)
    told_by = models.CharField(_("told by"), max_length=80, blank=True)
    at = models.DateTimeField(_("when"))
    settled_at = models.DateTimeField(_("taken up at"), null=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("taken up by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = OfAVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to the time of a visit")
        verbose_name_plural = _("answers to the times of visits")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(says__in=Says.values), name="time_answer_known"),
            models.CheckConstraint(
                condition=Q(says="no") | Q(proposed_on__isnull=True, proposed_at__isnull=True),
                name="time_answer_proposes_if_no",
            ),
            models.CheckConstraint(
                condition=Q(proposed_at__isnull=True) | Q(proposed_on__isnull=False), name="time_answer_time_with_day"
            ),
        ]
        indexes = [
            models.Index(fields=["visit"], condition=Q(says="no", settled_at__isnull=True), name="time_answer_waits")
        ]

    def __str__(self):
        return f"#{self.pk}"

    def speaks_of(self, visit: PlannedVisit) -> bool:
        return (self.day, self.starts_at) == (visit.day, visit.starts_at)

    @property
    def waits(self) -> bool:
        """Somebody of us has to do something about it."""
        return self.says == Says.NO and self.settled_at is None
