"""How often customers are visited, what counts as a visit, and the days people have for it."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import BrandRulesQuerySet, ScopedQuerySet, reach_of
from crm.accounts.models import User
from crm.clock import today
from customers.contacts.models import Channel, Direction
from customers.profile.models import Customer, Responsibility
from customers.sales.models import CustomerRowsQuerySet
from customers.tiers.models import Tier
from visits.plan import cadence, capacity
from visits.plan.models import LEAST_MINUTES, MOST_MINUTES, Purpose

LONGEST_DAYS = 730
LONGEST_REASON = 300
KINDS = {"visit": Purpose.values, "contact": Channel.values}
DAY_BETWEEN = (60, 960)


class CadenceOverrideQuerySet(CustomerRowsQuerySet):
    def in_force(self, day: datetime.date):
        return self.filter(Q(until__isnull=True) | Q(until__gt=day), since__lte=day)

    def not_over(self, day: datetime.date):
        return self.filter(Q(until__isnull=True) | Q(until__gt=day))


class CadenceOverride(models.Model):
    """What one customer's rhythm is instead of its tier's, from a day until before another, and why. No two overlap:
    a later word ends an earlier one.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="cadences", db_index=False
    )
    days = models.PositiveSmallIntegerField(_("days between visits"))
    least_days = models.PositiveSmallIntegerField(_("days between visits, at least"))
    most_days = models.PositiveSmallIntegerField(_("days between visits, at most"))
    by_call = models.BooleanField(_("kept by calls"), default=False)
    reason = models.CharField(_("reason"), max_length=LONGEST_REASON)
    since = models.DateField(_("from"))
    until = models.DateField(_("until"), null=True, blank=True, help_text=_("The first day it no longer holds."))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("written down at"), auto_now_add=True)

    objects = CadenceOverrideQuerySet.as_manager()

    class Meta:
        verbose_name = _("rhythm of a customer")
        verbose_name_plural = _("rhythms of customers")
        ordering = ["-since", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(least_days__gte=1)
                & Q(least_days__lte=F("days"))
                & Q(days__lte=F("most_days"))
                & Q(most_days__lte=LONGEST_DAYS),
                name="cadence_least_days_most",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cadence_has_reason"),
            # One that ends on the day it begins never holds.
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gte=F("since")), name="cadence_until_not_before_since"
            ),
            models.UniqueConstraint(fields=["customer"], condition=Q(until__isnull=True), name="cadence_one_open_end"),
        ]
        indexes = [models.Index(fields=["customer", "-since"], name="cadence_of_customer")]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def rhythm(self) -> cadence.Rhythm:
        return cadence.Rhythm(self.days, self.least_days, self.most_days, self.by_call)

    @property
    def last_day(self) -> datetime.date | None:
        return self.until - datetime.timedelta(days=1) if self.until else None


class Source(models.TextChoices):
    VISIT = cadence.VISIT, pgettext_lazy("what counts", "visit made")
    CONTACT = cadence.CONTACT, pgettext_lazy("what counts", "contact logged")


class CountingRule(models.Model):
    """Something that counts as having been at a customer, so that the clock starts again. Any active row is enough."""

    source = models.CharField(_("what"), max_length=7, choices=Source)
    # A purpose of visits or a channel of contacts, by `source`; "": any.
    kind = models.CharField(_("kind"), max_length=12, blank=True)
    direction = models.CharField(_("who reached whom"), max_length=3, choices=Direction, blank=True)
    tier = models.CharField(_("tier"), max_length=1, choices=Tier, blank=True)
    only_met = models.BooleanField(_("only if a goal was reached"), default=False)
    is_active = models.BooleanField(_("counts"), default=True)

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("what counts as a visit")
        verbose_name_plural = _("what counts as visits")
        ordering = ["-source", "tier", "kind", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(source__in=Source.values), name="counting_source_known"),
            models.CheckConstraint(condition=Q(tier__in=["", *Tier.values]), name="counting_tier_known"),
            models.CheckConstraint(
                condition=Q(source="visit", direction="", kind__in=["", *Purpose.values])
                | Q(source="contact", only_met=False, kind__in=["", *Channel.values]),
                name="counting_fits_source",
            ),
            models.UniqueConstraint(
                fields=["source", "kind", "direction", "tier", "only_met"],
                name="counting_once",
                violation_error_message=_("There is such a rule already."),
            ),
        ]

    def __str__(self):
        return " · ".join(str(part) for part in (self.get_source_display(), self.kind_name, self.tier) if part)

    @property
    def kind_name(self) -> str:
        names = dict(Purpose.choices if self.source == Source.VISIT else Channel.choices)
        return str(names.get(self.kind, ""))

    @property
    def rule(self) -> cadence.Counting:
        return cadence.Counting(self.source, self.kind, self.tier, self.direction, self.only_met)


class CadenceWindow(models.Model):
    """How far a visit may lie from the day its tier's rhythm says, in percent of the days between visits."""

    tier = models.CharField(_("tier"), max_length=1, choices=Tier, blank=True, unique=True)
    least_percent = models.PositiveSmallIntegerField(
        _("at the earliest after, in percent"), default=cadence.LEAST_PERCENT
    )
    most_percent = models.PositiveSmallIntegerField(_("at the latest after, in percent"), default=cadence.MOST_PERCENT)

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("room around a rhythm")
        verbose_name_plural = _("room around rhythms")
        ordering = [F("tier").desc(), "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tier__in=["", *Tier.values]), name="cadence_window_tier_known"),
            models.CheckConstraint(
                condition=Q(least_percent__range=(1, 100), most_percent__range=(100, 300)),
                name="cadence_window_sensible",
            ),
        ]

    def __str__(self):
        return self.tier or str(_("No tier"))


class OfPeopleQuerySet(ScopedQuerySet):
    def visible_to(self, user):
        """One's own, those of one's people for heads, all for who sees the whole brand."""
        reach = reach_of(user)
        if reach.everywhere:
            return self
        if not getattr(user, "is_active", False):
            return self.none()
        seen = Q(person_id=user.pk)
        if user.is_head:
            charged = Responsibility.objects.visible_to(user).in_force(today()).order_by().values("user_id")
            seen |= Q(person__in=charged) | Q(person__in=User.objects.visible_to(user).values("pk"))
        return self.filter(seen)


class BusyDay(models.Model):
    """Days on which somebody makes no visits, or half ones; beside the days on which somebody stands in for them."""

    class Kind(models.TextChoices):
        LEAVE = "leave", pgettext_lazy("busy", "leave")
        TRAVEL = "travel", pgettext_lazy("busy", "travel")
        MEETING = "meeting", pgettext_lazy("busy", "meeting")
        OTHER = "other", pgettext_lazy("busy", "something else")

    class Part(models.TextChoices):
        DAY = capacity.ALL_DAY, pgettext_lazy("busy", "all day")
        MORNING = capacity.MORNING, pgettext_lazy("busy", "in the morning")
        AFTERNOON = capacity.AFTERNOON, pgettext_lazy("busy", "in the afternoon")

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    part = models.CharField(_("part of the day"), max_length=9, choices=Part, default=Part.DAY)
    kind = models.CharField(_("kind"), max_length=7, choices=Kind)
    note = models.CharField(_("note"), max_length=200, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("written down at"), auto_now_add=True)

    objects = OfPeopleQuerySet.as_manager()

    class Meta:
        verbose_name = _("days without visits")
        verbose_name_plural = _("days without visits")
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gte=F("first")), name="busy_last_not_before_first"),
            models.CheckConstraint(
                condition=Q(kind__in=["leave", "travel", "meeting", "other"]), name="busy_kind_known"
            ),
            models.CheckConstraint(condition=Q(part__in=["day", "morning", "afternoon"]), name="busy_part_known"),
        ]
        indexes = [models.Index(fields=["person", "last"], name="busy_of_person")]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def off(self) -> capacity.Off:
        return capacity.Off(self.first, self.last, self.kind, self.part)


class VisitorPace(models.Model):
    """How long a visit takes one person, with the way there, and how much of a day there is for both."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    there = models.PositiveSmallIntegerField(_("minutes at a shop"), default=capacity.THERE_MINUTES)
    travel = models.PositiveSmallIntegerField(_("minutes on the way, on average"), default=capacity.TRAVEL_MINUTES)
    day = models.PositiveSmallIntegerField(_("minutes of a day for both"), default=capacity.DAY_MINUTES)

    objects = OfPeopleQuerySet.as_manager()

    class Meta:
        verbose_name = _("pace of visits")
        verbose_name_plural = _("paces of visits")
        constraints = [
            models.CheckConstraint(
                condition=Q(there__range=(LEAST_MINUTES, MOST_MINUTES), travel__range=(0, MOST_MINUTES))
                & Q(day__range=DAY_BETWEEN),
                name="visitor_pace_sensible",
            )
        ]

    def __str__(self):
        return str(self.person_id)

    @property
    def pace(self) -> capacity.Pace:
        return capacity.Pace(self.there, self.travel, self.day)
