"""What planning asks of the rhythm of visits: how often, since when, on which days, and how long a visit takes."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from django.db.models import Max

from crm.accounts.models import User
from crm.clock import today
from customers.profile.models import Customer, StandIn
from visits.plan.capacity import ALL_DAY, THERE_MINUTES
from visits.plan.models import PlannedVisit
from visits.plan.rhythm_models import BusyDay, VisitorPace
from visits.plan.slipping import judged
from visits.planning.wanting import Rule

A_DAY = datetime.timedelta(days=1)


def of_many(
    customers: Sequence[Customer], first: datetime.date
) -> tuple[dict[int, Rule | None], dict[int, datetime.date]]:
    """How often each is visited (None: it is kept by calls), and the day of the last visit that counts, with those
    planned before `first`. customers: with their standing. As many statements for many as for few.
    """
    rules: dict[int, Rule | None] = {}
    seen: dict[int, datetime.date] = {}
    for one in judged(customers, today()):
        rhythm = one.due.rhythm
        rules[one.customer.pk] = None if rhythm.by_call else Rule(rhythm.least, rhythm.days, rhythm.most)
        if one.due.last is not None:
            seen[one.customer.pk] = one.due.last
    soon = PlannedVisit.objects.planned().filter(customer__in=customers, day__gte=today(), day__lt=first).order_by()
    for pk, day in soon.values_list("customer_id").annotate(last=Max("day")):
        seen[pk] = max(day, seen.get(pk, day))
    return rules, seen


def days_off(person: User, first: datetime.date, last: datetime.date) -> dict[datetime.date, str]:
    """{day: "day", "morning" or "afternoon"} on which somebody makes no visits. Two statements."""
    found: dict[datetime.date, str] = {}
    busy = BusyDay.objects.filter(person=person, first__lte=last, last__gte=first).order_by("first", "pk")
    spells = [(one.first, one.last, one.part) for one in busy]
    away = StandIn.objects.filter(absent=person, since__lte=last, until__gt=first).order_by("since", "pk")
    spells += [(one.since, one.until - A_DAY, str(ALL_DAY)) for one in away]
    for start, end, part in spells:
        day = max(start, first)
        while day <= min(end, last):
            found[day] = str(part) if found.get(day, part) == part else str(ALL_DAY)
            day += A_DAY
    return found


def minutes_there(person: User) -> int:
    """So long a routine visit takes. One statement."""
    there = VisitorPace.objects.filter(person=person).values_list("there", flat=True).first()
    return THERE_MINUTES if there is None else there
