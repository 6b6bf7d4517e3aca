"""Planned visits on days that somebody has off since, and the days among which they are planned anew."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping

from crm.accounts.models import User
from crm.clock import today
from crm.workdays import next_working_day
from visits.plan.actions import AHEAD_DAYS
from visits.plan.models import PlannedVisit
from visits.plan.reading import rows_for
from visits.planning import rhythms
from visits.planning.actions import LONGEST_DAYS
from visits.planning.situation import Workday, hours_of, minutes_of

BEFORE, AFTER = datetime.timedelta(days=7), datetime.timedelta(days=14)
"""So long before and after the lost days room is looked for."""
_A_DAY = datetime.timedelta(days=1)


def lost_visits(user: User, person: User) -> list[PlannedVisit]:
    """All that are to come, as far as `user` sees. Four statements."""
    first, last = today(), today() + datetime.timedelta(days=AHEAD_DAYS)
    rows = rows_for(user, person).planned().between(first, last).in_order()
    return lost_of(rows, rhythms.days_off(person, first, last), person)


def lost_of(visits: Iterable[PlannedVisit], off: Mapping[datetime.date, str], person: User) -> list[PlannedVisit]:
    """Of a person's visits those that days off take, from today on. off: as `rhythms.days_off` says. One statement at
    most: of a half day the working hours decide.
    """
    near = [one for one in visits if one.day in off and one.day >= today()]
    if not near:
        return []
    workday = hours_of(person)
    return [one for one in near if is_lost(one.starts_at, one.minutes, workday, off[one.day])]


def is_lost(starts_at: datetime.time | None, minutes: int, workday: Workday, part: str) -> bool:
    """Whether a visit falls into the part of the day that is taken; without a time it finds room in the other one."""
    left = workday.on(part)
    if left is None:
        return True
    if starts_at is None:
        return False
    begins = minutes_of(starts_at)
    return begins < left.start or begins + minutes > left.end


def span_of(days: Iterable[datetime.date], day: datetime.date) -> tuple[datetime.date, datetime.date]:
    """Those of a draft that plans these days anew: with a week before, as far as that has not begun, and two after."""
    lost = sorted(days)
    first = min(lost[0], max(next_working_day(day), lost[0] - BEFORE))
    longest = min(first + (LONGEST_DAYS - 1) * _A_DAY, day + AHEAD_DAYS * _A_DAY)
    return first, min(lost[-1] + AFTER, longest)
