"""Writing down when and where a person's day on the road begins and ends."""

from __future__ import annotations

import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.refusing import refusal_of
from visits.plan.actions import check_visitor
from visits.plan.busy import keeps
from visits.planning.models import WorkingDay

FIELDS = ("starts_at", "ends_at", "lunch_at", "lunch_minutes", "latitude", "longitude", "detour", "kmh")
PLACE = ("latitude", "longitude")


@transaction.atomic
def set_working_day(
    *,
    person: User,
    by: User | None,
    starts_at: datetime.time,
    ends_at: datetime.time,
    lunch_at: datetime.time | None,
    lunch_minutes: int,
    latitude: float | None,
    longitude: float | None,
    detour: float,
    kmh: float,
) -> WorkingDay:
    """Raises ValidationError keyed by field. The log says that the place changed, not where somebody lives."""
    check_visitor(person, None)
    if by is not None and not keeps(by, person):
        raise refusal_of("user", _("This person is not in your reach."), "reach")
    wrong: dict[str, ValidationError] = {}
    if ends_at <= starts_at:
        wrong["ends_at"] = ValidationError(_("It must end after it begins."), code="order")
    if not 0 <= lunch_minutes <= 240:
        wrong["lunch_minutes"] = ValidationError(_("From 0 to %(most)d minutes.") % {"most": 240}, code="minutes")
    if (latitude is None) != (longitude is None):
        empty = "latitude" if latitude is None else "longitude"
        wrong[empty] = ValidationError(_("A position needs latitude and longitude."), code="half_position")
    elif latitude is not None and longitude is not None and (abs(latitude) > 90 or abs(longitude) > 180):
        wrong["latitude"] = ValidationError(_("There is no such place."), code="place")
    if not 1 <= detour <= 5:
        wrong["detour"] = ValidationError(_("From %(least)d to %(most)d.") % {"least": 1, "most": 5}, code="detour")
    if not 1 <= kmh <= 200:
        wrong["kmh"] = ValidationError(_("From %(least)d to %(most)d.") % {"least": 1, "most": 200}, code="kmh")
    if wrong:
        raise ValidationError(wrong)
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    held = WorkingDay.objects.filter(user=person).first() or WorkingDay(user=person)
    before = _told(held) if held.pk else {}
    moved = held.pk is not None and (held.latitude, held.longitude) != (latitude, longitude)
    values: dict[str, Any] = {
        "starts_at": starts_at,
        "ends_at": ends_at,
        "lunch_at": lunch_at,
        "lunch_minutes": lunch_minutes,
        "latitude": latitude,
        "longitude": longitude,
        "detour": detour,
        "kmh": kmh,
    }
    for name, value in values.items():
        setattr(held, name, value)
    changes = diff(before, _told(held))
    if changes or moved:
        held.save()
        if moved:
            changes["place"] = [None, "•"]
        record(action="working_day.set", target=person, changes=changes, actor=by)
    return held


def _told(held: WorkingDay) -> dict[str, Any]:
    return {name: getattr(held, name) for name in FIELDS if name not in PLACE}
