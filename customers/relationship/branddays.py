"""The brand's own calendar: what its days are where China's statutory calendar does not say so, or not yet."""

from __future__ import annotations

import datetime
from collections.abc import Callable

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from crm.access import BrandRulesQuerySet
from crm.workdays import SATURDAY, is_working_day


class BrandDay(models.Model):
    """A day that is not what the statutory calendar makes of it: the brand's own closed days, and what was changed."""

    class Kind(models.TextChoices):
        HOLIDAY = "holiday", pgettext_lazy("day", "holiday")
        MAKEUP = "makeup", pgettext_lazy("day", "weekend day worked")
        CLOSED = "closed", pgettext_lazy("day", "all shops closed")
        PLAIN = "plain", pgettext_lazy("day", "a day like others")

    day = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    name = models.CharField(_("name"), max_length=80, blank=True)

    objects = BrandRulesQuerySet.as_manager()

    class Meta:
        verbose_name = _("day of the brand's calendar")
        verbose_name_plural = _("the brand's calendar")
        ordering = ["-day"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["holiday", "makeup", "closed", "plain"]), name="brand_day_kind_known"
            )
        ]

    def __str__(self):
        return f"{self.day} {self.get_kind_display()}"


def days_worked() -> Callable[[datetime.date], bool]:
    """Whether a day is worked: by the brand's own calendar, else by China's. One statement."""
    kinds, own = BrandDay.Kind, dict(BrandDay.objects.values_list("day", "kind"))

    def works(day: datetime.date) -> bool:
        kind = own.get(day)
        if kind is None:
            return is_working_day(day)
        return kind == kinds.MAKEUP or (kind == kinds.PLAIN and day.weekday() < SATURDAY)

    return works
