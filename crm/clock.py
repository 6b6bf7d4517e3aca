"""The company's clock: the only place that asks what day it is. Rules take the day as an argument."""

import datetime

from django.utils import timezone

FIRST_YEAR, LAST_YEAR = 2000, 2100
"""Days asked for outside of these are slips of the pen; arithmetic with them may leave the calendar."""


def is_meant(day: datetime.date) -> bool:
    return FIRST_YEAR <= day.year <= LAST_YEAR


def today() -> datetime.date:
    """The calendar day in the company's time zone."""
    return timezone.localdate()


def now() -> datetime.datetime:
    return timezone.now()


SENT_WITHIN = datetime.timedelta(days=366)
AT_ONCE = datetime.timedelta(minutes=1)


def written_before(at: datetime.datetime | None) -> datetime.datetime | None:
    """When something was written that arrives only now; None where it arrives at once, or a phone's clock is wrong."""
    moment = now()
    return at if at is not None and moment - SENT_WITHIN <= at <= moment - AT_ONCE else None


def start_of(day: datetime.date) -> datetime.datetime:
    """The first moment of a day in the company's time zone."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time.min))


def noon_of(day: datetime.date) -> datetime.datetime:
    """Where something stands of which only the day is known."""
    return timezone.make_aware(datetime.datetime.combine(day, datetime.time(12)))


def moments_of(since: datetime.date, until: datetime.date) -> tuple[datetime.datetime, datetime.datetime]:
    """[start, end) in moments of the days from `since` to `until`, both included."""
    return start_of(since), start_of(until + datetime.timedelta(days=1))
