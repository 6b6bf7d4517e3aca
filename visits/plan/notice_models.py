"""That a day agreed with a customer was changed by us, how late they were told, and what was agreed before."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.profile.models import Customer
from customers.sales.models import CustomerRowsQuerySet
from visits.plan.models import OfAVisitQuerySet, PlannedVisit

SHORT_DAYS = 2
"""Told so many days ahead or more, a change is in good time: the day before it is not."""


class ShortNotice(models.Model):
    """Written when an agreed visit is moved or called off at short notice, and they did not ask for it.

    was_on: the day that was agreed. now_on: the day instead, None when it was called off.
    """

    visit = models.ForeignKey(
        PlannedVisit, verbose_name=_("visit"), on_delete=models.CASCADE, related_name="short_notices"
    )
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    was_on = models.DateField(_("agreed for"))
    now_on = models.DateField(_("now on"), null=True)
    told_on = models.DateField(_("changed on"))
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = CustomerRowsQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreed day changed late")
        verbose_name_plural = _("agreed days changed late")
        ordering = ["-told_on", "-pk"]
        indexes = [models.Index(fields=["customer", "told_on"], name="short_notice_of_customer")]

    def __str__(self):
        return f"#{self.pk}"  # whose customer it is, not everybody may see who reads the log


class AgreedBefore(models.Model):
    """What was agreed last about a visit that is not agreed any more; gone once it is agreed again.

    ended_on: when we took it back. they_asked: at the customer's wish.
    """

    visit = models.OneToOneField(
        PlannedVisit, verbose_name=_("visit"), on_delete=models.CASCADE, related_name="agreed_before"
    )
    day = models.DateField(_("agreed for"))
    starts_at = models.TimeField(_("time"), null=True)
    ended_on = models.DateField(_("no longer agreed since"))
    they_asked = models.BooleanField(_("the customer asked for it"), default=False)

    objects = OfAVisitQuerySet.as_manager()

    class Meta:
        verbose_name = _("day that was agreed before")
        verbose_name_plural = _("days that were agreed before")
        ordering = ["-ended_on", "-pk"]

    def __str__(self):
        return f"#{self.pk}"

    def counts_on(self, day: datetime.date) -> bool:
        """Taken back on this very day or at short notice, and moved after it, it was a promise that was moved."""
        lately = self.ended_on == day or (self.day - self.ended_on).days < SHORT_DAYS
        return lately and not self.they_asked

    def differs_from(self, visit: PlannedVisit) -> bool:
        return differs(visit, self.day, self.starts_at)


def differs(visit: PlannedVisit, day: datetime.date, starts_at: datetime.time | None) -> bool:
    """Whether it is at another time than was agreed. A first time for an agreed day is no change of it."""
    return visit.day != day or (starts_at is not None and visit.starts_at != starts_at)
