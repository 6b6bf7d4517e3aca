"""Slumps of customers with daily sales, what was learned to find them, and why they came about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import BrandRulesQuerySet
from crm.brandwords import BrandWord
from crm.money import MoneyField
from customers.profile.models import Customer
from customers.sales.models import CustomerRowsQuerySet

LONGEST = 500


class Kind(models.TextChoices):
    SLUMP = "slump", pgettext_lazy("alert", "slump")
    SILENT = "silent", pgettext_lazy("alert", "no reports")


class State(models.TextChoices):
    """How far we are with it; whether sales are back says `closed_on`."""

    OPEN = "open", pgettext_lazy("slump", "to be called")
    CALLED = "called", pgettext_lazy("slump", "called")
    DIAGNOSED = "diagnosed", pgettext_lazy("slump", "cause known")
    PLANNED = "planned", pgettext_lazy("slump", "visit planned")
    RECOVERED = "recovered", pgettext_lazy("slump", "over")
    DISMISSED = "dismissed", pgettext_lazy("slump", "no slump")


class Sensitivity(models.TextChoices):
    CALM = "calm", pgettext_lazy("sensitivity", "calm")
    NORMAL = "normal", pgettext_lazy("sensitivity", "normal")
    KEEN = "keen", pgettext_lazy("sensitivity", "keen")


class SchoolHoliday(models.Model):
    """Days on which schools of a region (and all below it) are closed; without a region, everywhere."""

    first_day = models.DateField(_("first day"))
    last_day = models.DateField(_("last day"))
    region = models.ForeignKey(
        "crm.Region", verbose_name=_("region"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    name = models.CharField(_("name"), max_length=80, blank=True)

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("school holiday")
        verbose_name_plural = _("school holidays")
        ordering = ["-first_day", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(last_day__gte=models.F("first_day")), name="school_holiday_ends_after_it_begins"
            )
        ]

    def __str__(self):
        return self.name or f"{self.first_day}–{self.last_day}"


class SlumpCause(BrandWord):
    """Why sales slumped: a tree of two floors that the brand changes as it learns."""

    WRITTEN = (*BrandWord.WRITTEN, "parent")

    parent = models.ForeignKey(
        "self", verbose_name=_("belongs to"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta(BrandWord.Meta):
        verbose_name = _("cause of slumps")
        verbose_name_plural = _("causes of slumps")

    def told(self) -> dict[str, Any]:
        return {**super().told(), "parent": str(self.parent or "")}


class SlumpAlertQuerySet(CustomerRowsQuerySet):
    def standing(self):
        """Of which the figures still say so."""
        return self.filter(withdrawn=False)

    def on(self):
        """Sales are not back, and nobody said that it is none."""
        return self.standing().filter(closed_on__isnull=True).exclude(state=State.DISMISSED)


class SlumpAlert(models.Model):
    """One slump, or one silence, of one customer: one row from the third bad day until sales are back and after.

    The nightly run writes the figures, people write what they heard and did. depth: share lost since the first bad day.
    closed_on: sales were back on this day, or (settled) have found a new level. withdrawn: later reports took it back.
    """

    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="slumps", db_index=False
    )
    kind = models.CharField(_("kind"), max_length=6, choices=Kind, default=Kind.SLUMP)
    first_day = models.DateField(_("first bad day"))
    third_day = models.DateField(_("third bad day"))
    last_day = models.DateField(_("last bad day"))
    closed_on = models.DateField(_("sales back on"), null=True)
    settled = models.BooleanField(_("new level"), default=False)
    withdrawn = models.BooleanField(_("taken back by later reports"), default=False)
    days = models.PositiveIntegerField(_("bad days"), default=0)
    depth = models.DecimalField(_("below normal"), max_digits=5, decimal_places=4, null=True)
    expected = MoneyField(_("expected"), null=True)
    got = MoneyField(_("got"), null=True)
    lost = MoneyField(_("lost"), default=0)
    swing = models.DecimalField(_("usual swing"), max_digits=6, decimal_places=4, null=True)
    smallest = models.DecimalField(_("smallest visible drop"), max_digits=5, decimal_places=4, null=True)
    peers = models.DecimalField(_("similar shops"), max_digits=6, decimal_places=4, null=True)
    back = models.DecimalField(_("share of the expected since"), max_digits=6, decimal_places=4, null=True)
    learning = models.BooleanField(_("still learning"), default=False)
    sensitivity = models.CharField(_("sensitivity"), max_length=6, choices=Sensitivity, default=Sensitivity.NORMAL)
    rule_version = models.PositiveSmallIntegerField(_("version of the rule"))
    as_of = models.DateField(_("as of"))
    # [[day, sold or null, expected, lowest usual, highest usual], …] with days as 2026-01-31 and plain numbers.
    evidence = models.JSONField(_("evidence"), default=list, blank=True)
    found_at = models.DateTimeField(_("found at"), auto_now_add=True)

    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    called_at = models.DateTimeField(_("first called at"), null=True)
    called_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("called by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    cause = models.ForeignKey(
        SlumpCause, verbose_name=_("cause"), null=True, on_delete=models.PROTECT, related_name="alerts"
    )
    note = models.CharField(_("what was heard"), max_length=LONGEST, blank=True)
    diagnosed_at = models.DateTimeField(_("cause known since"), null=True)
    diagnosed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("found out by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    planned_at = models.DateTimeField(_("visit planned at"), null=True)
    dismissed_at = models.DateTimeField(_("dismissed at"), null=True)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("dismissed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    dismissed_for = models.CharField(_("why it is no slump"), max_length=LONGEST, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)

    objects = SlumpAlertQuerySet.as_manager()

    class Meta:
        verbose_name = _("slump alert")
        verbose_name_plural = _("slump alerts")
        ordering = ["-third_day", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["customer", "kind", "first_day"], name="slump_alert_once"),
            models.UniqueConstraint(
                fields=["customer", "kind"],
                condition=Q(closed_on__isnull=True, withdrawn=False),
                name="slump_alert_one_on",
            ),
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="slump_alert_kind_known"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="slump_alert_state_known"),
            models.CheckConstraint(
                condition=~Q(state="dismissed") | ~Q(dismissed_for=""), name="slump_dismissed_for_a_reason"
            ),
            models.CheckConstraint(
                condition=Q(third_day__gte=models.F("first_day")), name="slump_third_day_after_first"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-third_day"], name="slump_of_customer"),
            models.Index(
                fields=["-lost"], name="slump_on_by_loss", condition=Q(closed_on__isnull=True, withdrawn=False)
            ),
            models.Index(fields=["-third_day", "-id"], name="slump_by_day"),
        ]

    def __str__(self):
        return f"#{self.pk}"  # whose customer it is, not everybody may see who reads the log

    @property
    def is_on(self) -> bool:
        return self.closed_on is None and not self.withdrawn and self.state != State.DISMISSED

    @property
    def is_slump(self) -> bool:
        return self.kind == Kind.SLUMP

    @property
    def mean_expected(self) -> Decimal | None:
        return None if self.expected is None or not self.days else (self.expected / self.days).quantize(Decimal(1))

    @property
    def mean_got(self) -> Decimal | None:
        return None if self.got is None or not self.days else (self.got / self.days).quantize(Decimal(1))


class SlumpSetting(models.Model):
    """The brand's choice; one row. Changing it works everything out anew. learned_of: as of which day things stand."""

    sensitivity = models.CharField(_("sensitivity"), max_length=6, choices=Sensitivity, default=Sensitivity.NORMAL)
    silent_after = models.PositiveSmallIntegerField(_("selling days without a report"), default=3)
    as_of = models.DateField(_("as of"), null=True, editable=False)
    changed_at = models.DateTimeField(_("changed at"), auto_now=True)

    class Meta:
        verbose_name = _("how slumps are watched for")
        verbose_name_plural = _("how slumps are watched for")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="slump_setting_is_one"),
            models.CheckConstraint(condition=Q(sensitivity__in=Sensitivity.values), name="slump_sensitivity_known"),
            models.CheckConstraint(condition=Q(silent_after__range=(1, 30)), name="slump_silent_after_sensible"),
        ]

    def __str__(self):
        return self.get_sensitivity_display()


class NetworkDay(models.Model):
    """What the middle shop of the network sold off the expected on a day, in logarithms; the nightly run writes it."""

    day = models.DateField(_("day"), unique=True)
    factor = models.DecimalField(_("off the expected"), max_digits=9, decimal_places=6)
    shops = models.PositiveIntegerField(_("shops"))

    class Meta:
        verbose_name = _("the network's day")
        verbose_name_plural = _("the network's days")
        ordering = ["-day"]

    def __str__(self):
        return f"{self.day} {self.factor}"


class SlumpState(models.Model):
    """What was learned up to the close of `as_of`, of a part of the customers: arrays, as numpy writes them.

    A cache of the ledger: it stands two weeks behind, so that late reports and corrections are replayed. `last_line`
    and `last_run` say up to where the ledger was read; what came after and speaks of earlier days makes all of it void.
    """

    part = models.PositiveIntegerField(unique=True)
    as_of = models.DateField()
    shops = models.PositiveIntegerField()
    arrays = models.BinaryField()
    last_line = models.BigIntegerField()
    rule = models.CharField(max_length=40)
    made_at = models.DateTimeField()

    class Meta:
        verbose_name = _("what was learned of slumps")
        verbose_name_plural = _("what was learned of slumps")
