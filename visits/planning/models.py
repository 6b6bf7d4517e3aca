"""A draft of a plan: the visits proposed, what changes, and what was done when it was accepted."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import ScopedQuerySet, reach_of
from customers.profile.models import Customer, customer_scope
from visits.plan.models import PlannedVisit
from visits.plan.visiting import visitors_open_to
from visits.planning.travel import DETOUR, KMH

USUAL_START, USUAL_END = datetime.time(9), datetime.time(18)
USUAL_LUNCH, LUNCH_MINUTES = datetime.time(12), 60


class State(models.TextChoices):
    WAITING = "waiting", pgettext_lazy("draft", "being worked out")
    READY = "ready", pgettext_lazy("draft", "ready")
    ACCEPTED = "accepted", pgettext_lazy("draft", "accepted")
    DISCARDED = "discarded", pgettext_lazy("draft", "discarded")
    UNDONE = "undone", pgettext_lazy("draft", "taken back")


class Change(models.TextChoices):
    SAME = "same", pgettext_lazy("visit in a draft", "as planned")
    MOVED = "moved", pgettext_lazy("visit in a draft", "moved")
    NEW = "new", pgettext_lazy("visit in a draft", "new")
    DROPPED = "dropped", pgettext_lazy("visit in a draft", "dropped")
    LEFT = "left", pgettext_lazy("visit in a draft", "left where it is")


def _theirs(user, path: str) -> Q | None:
    """Plans of oneself, and of those whom one may send; None: of nobody."""
    if not getattr(user, "is_active", False):
        return None
    people = visitors_open_to(user).order_by().values("pk")
    return Q(**{f"{path}visitor_id": user.pk}) | Q(**{f"{path}visitor__in": people})


class WorkingDayQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own, and (heads, administrators) those of people whom they may send: it says where somebody lives."""
        if not getattr(user, "is_active", False):
            return self.none()
        if user.is_admin:
            return self
        seen = Q(user_id=user.pk)
        if user.is_head:
            seen |= Q(user__in=visitors_open_to(user).order_by().values("pk"))
        return self.filter(seen)


class WorkingDay(models.Model):
    """When a person's day on the road begins and ends, and where. Without a place, the middle of their customers."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.CASCADE, related_name="working_day"
    )
    starts_at = models.TimeField(_("day begins"), default=USUAL_START)
    ends_at = models.TimeField(_("day ends"), default=USUAL_END)
    lunch_at = models.TimeField(_("lunch"), null=True, blank=True, default=USUAL_LUNCH)
    lunch_minutes = models.PositiveSmallIntegerField(_("minutes of lunch"), default=LUNCH_MINUTES)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    detour = models.FloatField(_("roads longer than the line through the air"), default=DETOUR)
    kmh = models.FloatField(_("km in an hour"), default=KMH)

    objects = WorkingDayQuerySet.as_manager()

    class Meta:
        verbose_name = _("working day")
        verbose_name_plural = _("working days")
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="working_day_in_order"),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(latitude__range=(-90, 90), longitude__range=(-180, 180)),
                name="working_day_place_whole",
            ),
            models.CheckConstraint(condition=Q(detour__range=(1, 5), kmh__range=(1, 200)), name="working_day_pace"),
            models.CheckConstraint(condition=Q(lunch_minutes__lte=240), name="working_day_lunch"),
        ]

    def __str__(self):
        return f"#{self.user_id}"


class PlanDraftQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Of one's own days, those one asked for, and those of people whom one may send."""
        if reach_of(user).everywhere:
            return self
        theirs = _theirs(user, "")
        return self.none() if theirs is None else self.filter(theirs | Q(asked_by_id=user.pk))


class PlanDraft(models.Model):
    """What the solver proposes for one person and some days. Nothing of it is planned before somebody accepts it.

    result: what `proposing.work_out` counted. seen: {visit id: version} of what was planned when it was worked out, so
    that a change in between is noticed. done: what accepting it wrote, for taking it back.
    """

    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who goes"), on_delete=models.PROTECT, related_name="plan_drafts"
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    seconds = models.PositiveSmallIntegerField(_("seconds to search"), default=10)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    result = models.JSONField(_("result"), default=dict, blank=True)
    seen = models.JSONField(default=dict, blank=True, editable=False)
    done = models.JSONField(default=dict, blank=True, editable=False)
    job_id = models.BigIntegerField(null=True, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("at"), auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)

    objects = PlanDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a plan")
        verbose_name_plural = _("drafts of plans")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="plan_draft_state_known"),
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="plan_draft_in_order"),
            models.CheckConstraint(
                condition=Q(state__in=("waiting", "ready")) | Q(decided_at__isnull=False), name="plan_draft_decided"
            ),
        ]
        indexes = [models.Index(fields=["visitor", "-id"], name="plan_draft_of_visitor")]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def is_ready(self) -> bool:
        return self.state == State.READY


class DraftVisitQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """Of customers in reach; of one's own days all."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        theirs = _theirs(user, "draft__")
        if theirs is None:
            return self.none()
        own = Q(draft__visitor_id=user.pk)
        return self.filter(own | ((theirs | Q(draft__asked_by_id=user.pk)) & customer_scope(user, "customer")))


class DraftVisit(models.Model):
    """One visit of a draft. visit: the planned one it stands for; None: it is new. before: the day that one is on.

    position: of the day, from 1. begins: minutes from midnight. Without them it is dropped, or left off any route.
    """

    draft = models.ForeignKey(PlanDraft, on_delete=models.CASCADE, related_name="visits")
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.CASCADE, db_index=False, related_name="+"
    )
    visit = models.ForeignKey(
        PlannedVisit, null=True, on_delete=models.SET_NULL, db_index=False, related_name="+", verbose_name=_("visit")
    )
    change = models.CharField(_("change"), max_length=7, choices=Change)
    before = models.DateField(_("day before"), null=True)
    day = models.DateField(_("day"), null=True)
    position = models.PositiveSmallIntegerField(_("position"), null=True)
    arrives = models.PositiveSmallIntegerField(_("arrives"), null=True)
    begins = models.PositiveSmallIntegerField(_("begins"), null=True)
    minutes = models.PositiveSmallIntegerField(_("minutes"))
    leg_minutes = models.FloatField(_("minutes on the way"), default=0)
    leg_km = models.FloatField(_("km on the way"), default=0)
    is_agreed = models.BooleanField(_("agreed with the customer"), default=False)

    objects = DraftVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("visit in a draft")
        verbose_name_plural = _("visits in drafts")
        ordering = ["day", "position", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(change__in=Change.values), name="draft_visit_change_known"),
            models.CheckConstraint(
                condition=Q(change="dropped", day__isnull=True) | (~Q(change="dropped") & Q(day__isnull=False)),
                name="draft_visit_day_unless_dropped",
            ),
            models.CheckConstraint(
                condition=~Q(is_agreed=True) | Q(change__in=("same", "left")), name="draft_visit_agreed_stays"
            ),
        ]
        indexes = [models.Index(fields=["customer"], name="draft_visit_of_customer")]

    def __str__(self):
        return f"#{self.pk}"
