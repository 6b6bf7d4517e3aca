"""Until when an issue has to be solved: days by the customer's tier and by how severe it is. Pure."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Mapping, Sequence

SEVERITIES = (1, 2, 3, 4)
"""1: a small thing … 4: business stands still."""
TIERS = ("A", "B", "C")
OTHERS = ""
"""The row of customers that have no tier yet."""
MOST_DAYS = 365
Days = Mapping[str, Sequence[int]]
USUAL: dict[str, list[int]] = {"A": [14, 7, 3, 1], "B": [21, 10, 5, 2], "C": [30, 14, 7, 3], OTHERS: [30, 14, 7, 3]}
"""{tier: days for severity 1, 2, 3 and 4}."""


def days_for(tier: str, severity: int, days: Days = USUAL) -> int:
    """A tier without a row of its own has that of customers without a tier."""
    row = days.get(tier) or days[OTHERS]
    return row[severity - 1]


def due_on(reported_on: datetime.date, tier: str, severity: int, days: Days = USUAL) -> datetime.date:
    return reported_on + datetime.timedelta(days=days_for(tier, severity, days))


def flaw_of(days: Days) -> str | None:
    """What is wrong with a table: `rows`, `days` (whole, 0 to MOST_DAYS) or `order` (severe ones take no longer)."""
    if set(days) != {*TIERS, OTHERS} or any(len(row) != len(SEVERITIES) for row in days.values()):
        return "rows"
    for row in days.values():
        if any(isinstance(one, bool) or not isinstance(one, int) or not 0 <= one <= MOST_DAYS for one in row):
            return "days"
    if any(earlier < later for row in days.values() for earlier, later in itertools.pairwise(row)):
        return "order"
    return None
