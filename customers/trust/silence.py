"""The silence alarm: a customer of whom nothing was heard for a whole cadence is unknown, not content. Pure.

「没有任何客户问题的市场往往不是什么好市场」: no issue, no mood, no objection is no good news.
Source: Xi Dake 2014.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

CADENCE = {"A": 7, "B": 14, "C": 30, "": 30}
"""Days between visits by tier where nothing else is agreed."""
HEARD, QUIET, UNKNOWN = "heard", "quiet", "unknown"


@dataclass(frozen=True, slots=True)
class Silence:
    """state: heard within the cadence, quiet beyond it, unknown where nothing was ever heard. days: since then."""

    state: str
    days: int | None
    cadence: int

    @property
    def is_alarm(self) -> bool:
        return self.state != HEARD


def silence(last: datetime.date | None, tier: str, today: datetime.date, cadence: int | None = None) -> Silence:
    """last: the last day on which the customer told us something, an issue, a mood, an answer; None: never.
    cadence: days agreed for this customer; by its tier if None. On the day it is over it is still kept."""
    days = cadence or CADENCE.get(tier, CADENCE[""])
    if last is None:
        return Silence(UNKNOWN, None, days)
    since = (today - last).days
    return Silence(HEARD if since <= days else QUIET, since, days)
