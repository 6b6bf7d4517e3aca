"""Marking days as a trip on which somebody sleeps away, and taking that back."""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.refusing import refusal_of
from visits.plan.actions import check_day, check_visitor, tidy
from visits.plan.busy import keeps
from visits.planning.nights import Away, ends
from visits.planning.travel import Point
from visits.planning.trip_models import LONGEST_PLACE, Trip

MOST_NIGHTS = 30
_FIELDS = ("first", "last", "place")


@transaction.atomic
def mark_trip(
    *,
    person: User,
    first: datetime.date,
    last: datetime.date,
    place: str,
    latitude: float,
    longitude: float,
    by: User | None,
) -> Trip:
    """From the day somebody sets out to the day they come home; a night lies between. latitude, longitude: WGS-84.
    Raises ValidationError keyed by field; days of another trip are refused.
    """
    check_visitor(person, None)
    if by is not None and not keeps(by, person):
        raise refusal_of("person", _("This person is not in your reach."), "reach")
    check_day(first, "first")
    wrong: dict[str, ValidationError] = {}
    place = " ".join(tidy(place).split())
    nights = (last - first).days
    if nights < 1:
        wrong["last"] = ValidationError(_("A trip ends a night after it begins, at least."), code="order")
    elif nights > MOST_NIGHTS:
        wrong["last"] = ValidationError(_("%(most)d nights at most.") % {"most": MOST_NIGHTS}, code="long")
    if not place:
        wrong["place"] = ValidationError(_("Say where."), code="required")
    elif len(place) > LONGEST_PLACE:
        wrong["place"] = ValidationError(_("%(most)d characters at most.") % {"most": LONGEST_PLACE}, code="long")
    if not (abs(latitude) <= 90 and abs(longitude) <= 180):
        wrong["latitude"] = ValidationError(_("There is no such place."), code="place")
    if wrong:
        raise ValidationError(wrong)
    # Of two marked at once the second is told.
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    if Trip.objects.filter(person=person, first__lt=last, last__gt=first).exists():
        raise refusal_of("first", _("These days belong to another trip: take that out first."), "twice")
    made = Trip.objects.create(
        person=person, first=first, last=last, place=place, latitude=latitude, longitude=longitude, made_by=by
    )
    record(action="trip.mark", target=person, changes=diff({}, _told(made)), actor=by)
    return made


@transaction.atomic
def remove_trip(*, trip: Trip, by: User | None) -> None:
    """Its days begin and end at home again; what is planned stays."""
    held = Trip.objects.select_for_update(of=("self",)).select_related("person").filter(pk=trip.pk).first()
    if held is None:
        raise ValidationError(_("This is gone already."), code="gone")
    person = held.person
    if by is not None and not keeps(by, person):
        raise refusal_of("person", _("This person is not in your reach."), "reach")
    before = _told(held)
    held.delete()
    record(action="trip.remove", target=person, changes=diff(before, dict.fromkeys(before)), actor=by)


def _told(trip: Trip) -> dict:
    return {name: getattr(trip, name) for name in _FIELDS}


def nights_of(
    trips: Iterable[Trip], first: datetime.date, last: datetime.date
) -> dict[datetime.date, tuple[Point | None, Point | None]]:
    """{day: where it begins and ends, None for home} of the days of these trips. Where colleagues sleep is for who may
    see the trips: they come through `visible_to`.
    """
    rows = list(trips)
    found = ends([Away(one.first, one.last, n) for n, one in enumerate(rows, 1)], first, last)
    points = [None, *(one.point for one in rows)]
    return {day: (points[begins], points[stops]) for day, (begins, stops) in found.items()}
