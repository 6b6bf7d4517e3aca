"""That a day agreed with a customer was changed by us, and how late they were told."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.profile.models import Customer
from customers.sales.models import CustomerRowsQuerySet
from visits.plan.models import PlannedVisit


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
