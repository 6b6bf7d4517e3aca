"""Days on the road without coming home in the evening."""

from __future__ import annotations

import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from visits.plan.rhythm_models import OfPeopleQuerySet

LONGEST_PLACE = 100


class TripQuerySet(OfPeopleQuerySet):
    def touching(self, first: datetime.date, last: datetime.date):
        return self.filter(first__lte=last, last__gte=first)


class Trip(models.Model):
    """Somebody sets out from home on the first day, comes back on the last, and sleeps at one place in between. Two
    trips may meet on a day: then it begins at one place and ends at the other. latitude, longitude: WGS-84.
    """

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("who"), on_delete=models.PROTECT, related_name="+", db_index=False
    )
    first = models.DateField(_("first day"))
    last = models.DateField(_("last day"))
    place = models.CharField(_("where they sleep"), max_length=LONGEST_PLACE)
    latitude = models.FloatField(_("latitude"))
    longitude = models.FloatField(_("longitude"))
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("written down by"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    made_at = models.DateTimeField(_("written down at"), auto_now_add=True)

    objects = TripQuerySet.as_manager()

    class Meta:
        verbose_name = _("overnight trip")
        verbose_name_plural = _("overnight trips")
        ordering = ["first", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(last__gt=F("first")), name="trip_has_a_night"),
            models.CheckConstraint(condition=~Q(place=""), name="trip_has_a_place"),
            models.CheckConstraint(
                condition=Q(latitude__range=(-90, 90), longitude__range=(-180, 180)), name="trip_place_on_earth"
            ),
        ]
        indexes = [models.Index(fields=["person", "last"], name="trip_of_person")]

    def __str__(self):
        return f"#{self.pk}"

    @property
    def point(self) -> tuple[float, float]:
        return self.latitude, self.longitude
