"""Days on which somebody makes no visits, and how long a visit takes them."""

from __future__ import annotations

import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.clock import is_meant
from crm.refusing import refusal_of
from customers.care.standing_in import may_be_away
from visits.plan.actions import tidy
from visits.plan.capacity import Pace
from visits.plan.models import LEAST_MINUTES, MOST_MINUTES
from visits.plan.rhythm_models import DAY_BETWEEN, BusyDay, VisitorPace
from visits.plan.visiting import VISIT

LONGEST_DAYS = 366
LONGEST_NOTE = 200


def may_keep(user: User) -> QuerySet[User]:
    """Whose days and pace this person writes down: their own, and (heads, administrators) those of their people."""
    return may_be_away(user).filter(role__in=VISIT)


def keeps(user: User, person: User) -> bool:
    return user.may_write and may_keep(user).filter(pk=person.pk).exists()


def pace_of(user: User, person: User) -> Pace:
    """As it is written down, else the usual one. One statement."""
    held = VisitorPace.objects.visible_to(user).filter(pk=person.pk).first()
    return held.pace if held is not None else Pace()


@transaction.atomic
def add_busy(
    *,
    person: User,
    first: datetime.date,
    last: datetime.date,
    kind: str,
    by: User | None,
    part: str = BusyDay.Part.DAY,
    note: str = "",
) -> BusyDay:
    """first, last: both included. Days that have passed may be written down: the year is reckoned with them."""
    _check_person(person, by)
    note = tidy(note)
    wrong: dict[str, ValidationError] = {}
    if kind not in BusyDay.Kind.values:
        wrong["kind"] = ValidationError(_("There is no such kind."), code="kind")
    if part not in BusyDay.Part.values:
        wrong["part"] = ValidationError(_("There is no such part of a day."), code="part")
    if not is_meant(first):
        wrong["first"] = ValidationError(_("This is no day to plan with."), code="year")
    elif last < first:
        wrong["last"] = ValidationError(_("The last day is before the first."), code="order")
    elif (last - first).days >= LONGEST_DAYS:
        wrong["last"] = ValidationError(_("A year at most."), code="long")
    if len(note) > LONGEST_NOTE:
        wrong["note"] = ValidationError(_("%(most)d characters at most.") % {"most": LONGEST_NOTE}, code="long")
    if wrong:
        raise ValidationError(wrong)
    values = {"first": first, "last": last, "kind": str(kind), "part": str(part), "note": note}
    made = BusyDay.objects.create(person=person, made_by=by, **values)
    record(action="busy.add", target=person, changes=diff({}, _told(values)), actor=by)
    return made


@transaction.atomic
def remove_busy(*, busy: BusyDay, by: User | None) -> None:
    held = BusyDay.objects.select_for_update(of=("self",)).select_related("person").filter(pk=busy.pk).first()
    if held is None:
        raise ValidationError(_("This is gone already."), code="gone")
    _check_person(held.person, by)
    values = {name: getattr(held, name) for name in ("first", "last", "kind", "part", "note")}
    person = held.person
    held.delete()
    changes = {name: [old, None] for name, (_none, old) in diff({}, _told(values)).items()}
    record(action="busy.remove", target=person, changes=changes, actor=by)


@transaction.atomic
def set_pace(*, person: User, there: int, travel: int, day: int, by: User | None) -> VisitorPace:
    _check_person(person, by)
    wrong: dict[str, ValidationError] = {}
    if not LEAST_MINUTES <= there <= MOST_MINUTES:
        text = _("A visit takes %(least)d to %(most)d minutes.") % {"least": LEAST_MINUTES, "most": MOST_MINUTES}
        wrong["there"] = ValidationError(text, code="minutes")
    if not 0 <= travel <= MOST_MINUTES:
        wrong["travel"] = ValidationError(_("From 0 to %(most)d minutes.") % {"most": MOST_MINUTES}, code="minutes")
    if not DAY_BETWEEN[0] <= day <= DAY_BETWEEN[1]:
        text = _("A day has %(least)d to %(most)d minutes.") % {"least": DAY_BETWEEN[0], "most": DAY_BETWEEN[1]}
        wrong["day"] = ValidationError(text, code="minutes")
    if wrong:
        raise ValidationError(wrong)
    User.objects.select_for_update(of=("self",)).get(pk=person.pk)
    held = VisitorPace.objects.filter(pk=person.pk).first()
    before = {"there": held.there, "travel": held.travel, "day_minutes": held.day} if held is not None else {}
    changes = diff(before, {"there": there, "travel": travel, "day_minutes": day})
    made = VisitorPace(person=person, there=there, travel=travel, day=day)
    if changes:
        made.save()
        record(action="busy.pace", target=person, changes=changes, actor=by)
    return made


def _check_person(person: User, by: User | None) -> None:
    if not person.is_active or person.role not in VISIT:
        raise refusal_of("person", _("Visits are made by market managers and heads who work here."), "role")
    if by is not None and not keeps(by, person):
        raise refusal_of("person", _("This person is not in your reach."), "reach")


def _told(values: dict) -> dict:
    return {name: value for name, value in values.items() if value != ""}
