"""A visit that somebody plans to make, makes or calls off, and what it is to reach."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet, reach_of
from customers.profile.models import Customer, customer_scope

USUAL_MINUTES = 45
LEAST_MINUTES, MOST_MINUTES = 5, 600
LONGEST = 500
LONGEST_GOAL = 200
LONGEST_WHY = 200


class Purpose(models.TextChoices):
    ROUTINE = "routine", pgettext_lazy("purpose", "routine")
    RELATIONSHIP = "relationship", pgettext_lazy("purpose", "get closer")
    PROBLEM = "problem", pgettext_lazy("purpose", "solve a problem")
    MONEY = "money", pgettext_lazy("purpose", "collect money")
    PROMOTION = "promotion", pgettext_lazy("purpose", "promotion")
    GROWTH = "growth", pgettext_lazy("purpose", "help it grow")
    PROFILE = "profile", pgettext_lazy("purpose", "get to know it")


class State(models.TextChoices):
    PLANNED = "planned", pgettext_lazy("visit", "planned")
    DONE = "done", pgettext_lazy("visit", "done")
    CANCELLED = "cancelled", pgettext_lazy("visit", "called off")


class PlannedVisitQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Of customers in reach, and those that are one's own to make."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing and not getattr(user, "is_active", False):
            return self.none()
        return self.filter(customer_scope(user, "customer") | Q(visitor_id=user.pk))

    def planned(self):
        return self.filter(state=State.PLANNED)

    def over(self):
        return self.exclude(state=State.PLANNED)

    def made_by(self, user_id: int):
        return self.filter(visitor_id=user_id)

    def late(self, day: datetime.date):
        """Planned for a day that has passed."""
        return self.planned().filter(day__lt=day)

    def between(self, first: datetime.date, last: datetime.date):
        return self.filter(day__range=(first, last))

    def in_order(self):
        """As the days go; of a day those without a time come last."""
        return self.order_by("day", models.F("starts_at").asc(nulls_last=True), "pk")


class PlannedVisit(models.Model):
    """One person goes to one customer on one day. What is agreed with the customer stays when plans are made anew."""

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="visits", db_index=False
    )
    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("visitor"),
        on_delete=models.PROTECT,
        related_name="visits",
        db_index=False,
    )
    day = models.DateField(_("day"))
    starts_at = models.TimeField(_("time"), null=True, blank=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=USUAL_MINUTES)
    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose, default=Purpose.ROUTINE)
    note = models.CharField(_("note"), max_length=LONGEST, blank=True)
    is_agreed = models.BooleanField(_("agreed with the customer"), default=False)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.PLANNED)
    ended_at = models.DateTimeField(_("ended at"), null=True, editable=False)
    # A report says what came of it (the slice above writes it).
    is_reported = models.BooleanField(_("reported"), default=False, editable=False)
    # What came of it, or why it was called off.
    outcome = models.CharField(_("outcome"), max_length=LONGEST, blank=True)
    planned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("planned by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    planned_at = models.DateTimeField(_("planned at"), auto_now_add=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = PlannedVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit")
        verbose_name_plural = _("visits")
        ordering = ["day", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="visit_state_known"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="visit_purpose_known"),
            models.CheckConstraint(
                condition=Q(state="planned", ended_at__isnull=True) | (~Q(state="planned") & Q(ended_at__isnull=False)),
                name="visit_ended_when_over",
            ),
            models.CheckConstraint(condition=Q(is_reported=False) | Q(state="done"), name="visit_reported_when_done"),
            models.CheckConstraint(condition=~Q(state="cancelled", outcome=""), name="visit_cancelled_for_a_reason"),
            models.CheckConstraint(
                condition=Q(minutes__range=(LEAST_MINUTES, MOST_MINUTES)), name="visit_minutes_sensible"
            ),
            models.UniqueConstraint(
                fields=["customer", "visitor", "day"],
                condition=Q(state="planned"),
                name="visit_planned_once_a_day",
                violation_error_message=_("This visit is planned for that day already."),
            ),
        ]
        indexes = [
            models.Index(fields=["visitor", "day"], name="visit_planned_of_visitor", condition=Q(state="planned")),
            models.Index(fields=["visitor", "-day", "-id"], name="visit_of_visitor"),
            models.Index(fields=["customer", "day"], name="visit_of_customer"),
        ]

    def __str__(self):
        return f"#{self.pk}"  # whose customer it is, not everybody may see who reads the log

    @property
    def is_planned(self) -> bool:
        return self.state == State.PLANNED


class OfAVisitQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Whoever sees the visit."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if reach.nothing and not getattr(user, "is_active", False):
            return self.none()
        return self.filter(customer_scope(user, "visit__customer") | Q(visit__visitor_id=user.pk))


class VisitGoal(models.Model):
    """One thing that a visit is to reach. met: None until somebody says so; why: or why not. link: a path in Qiao to
    what it is about, by which upper floors find their goals again.
    """

    visit = models.ForeignKey(PlannedVisit, verbose_name=_("visit"), on_delete=models.CASCADE, related_name="goals")
    position = models.PositiveSmallIntegerField(_("position"))
    text = models.CharField(_("goal"), max_length=LONGEST_GOAL)
    link = models.CharField(_("link"), max_length=200, blank=True)
    met = models.BooleanField(_("met"), null=True)
    why = models.CharField(_("why"), max_length=LONGEST_WHY, blank=True, default="", db_default="")

    objects = OfAVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("goal of a visit")
        verbose_name_plural = _("goals of visits")
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="visit_goal_has_text"),
            models.CheckConstraint(condition=Q(link="") | Q(link__startswith="/"), name="visit_goal_link_is_ours"),
        ]

    def __str__(self):
        return f"#{self.pk}"
