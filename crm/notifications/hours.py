"""When a letter goes out: not in a person's quiet hours, and what comes close together in one. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Collection

SLOT = datetime.timedelta(minutes=5)
A_DAY = datetime.timedelta(days=1)


def is_quiet(at: datetime.time, start: datetime.time | None, end: datetime.time | None) -> bool:
    """[start, end) of the clock; end before start runs over midnight. None on either side: never quiet."""
    if start is None or end is None or start == end:
        return False
    if start < end:
        return start <= at < end
    return at >= start or at < end


def next_slot(moment: datetime.datetime, start: datetime.time | None, end: datetime.time | None) -> datetime.datetime:
    """The end of the five minutes that `moment` lies in, or of the quiet hours that this end falls into.

    moment: local time, with its zone; quiet hours are of the same clock.
    """
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    slot = midnight + ((moment - midnight) // SLOT + 1) * SLOT
    if not is_quiet(slot.time(), start, end):
        return slot
    assert end is not None
    over = slot.replace(hour=end.hour, minute=end.minute, second=0, microsecond=0)
    return over if over > slot else over + A_DAY


def next_digest(moment: datetime.datetime, at: datetime.time, weekdays: Collection[int]) -> datetime.datetime:
    """The first time after `moment` at which a digest goes out: at `at` on these weekdays (0 is Monday)."""
    due = moment.replace(hour=at.hour, minute=at.minute, second=0, microsecond=0)
    while due <= moment or due.weekday() not in weekdays:
        due += A_DAY
    return due
