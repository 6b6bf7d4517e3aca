"""What comes back: the same with one customer again. Pure."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

NO_CLASS = "other"
"""Two things that fit into no class have nothing in common by that."""


@dataclass(frozen=True, slots=True)
class Told:
    """One issue. cause: the id of its cause, None while nobody knows it. nth: how often it was so, the first is 1."""

    id: int
    category: str
    cause: int | None
    reported_on: datetime.date
    nth: int = 1


def former(
    category: str, cause: int | None, reported_on: datetime.date, others: Iterable[Told], days: int
) -> Told | None:
    """The latest other one of the same customer, not older than so many days, of the same class or the same cause.

    others: of the same customer, without the issue itself and those rejected. What was reported later is no former one.
    """
    since = reported_on - datetime.timedelta(days=days)
    alike = [
        one
        for one in others
        if since <= one.reported_on <= reported_on
        and ((one.category == category != NO_CLASS) or (cause is not None and one.cause == cause))
    ]
    return max(alike, key=lambda one: (one.reported_on, one.id), default=None)
