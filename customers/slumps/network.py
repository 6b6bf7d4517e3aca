"""What the whole network sold off the expected, day by day as it was learned; and the shocks to be seen in it."""

from __future__ import annotations

import datetime
from decimal import Decimal

from customers.relationship.slumps import day_number, day_of
from customers.relationship.slumpshock import COOL_DOWN, HISTORY, Factor, Shock, shocks
from customers.slumps.models import NetworkDay

READ = datetime.timedelta(days=HISTORY + 120)
NEWS = datetime.timedelta(days=COOL_DOWN)
"""A shock is news for so long after its last day."""
BATCH = 500
_SIX = Decimal("0.000001")


class Learned:
    """The days of one run, on their way to the table."""

    def __init__(self) -> None:
        self.days: dict[datetime.date, tuple[Decimal, int]] = {}

    def take(self, number: int, factor: float | None, shops: int) -> None:
        """factor: in logarithms, None where too few shops told."""
        if factor is not None:
            self.days[day_of(number)] = (Decimal(repr(round(factor, 6))).quantize(_SIX), shops)

    def write(self, first: datetime.date) -> int:
        """Only what differs, of the days that were learned and what lies after them; so many rows changed."""
        stored = {row.day: row for row in NetworkDay.objects.filter(day__gte=first)}
        gone = [row.pk for day, row in stored.items() if day not in self.days]
        NetworkDay.objects.filter(pk__in=gone).delete()
        fresh, changed = [], []
        for day, (factor, shops) in self.days.items():
            row = stored.get(day)
            if row is None:
                fresh.append(NetworkDay(day=day, factor=factor, shops=shops))
            elif (row.factor, row.shops) != (factor, shops):
                row.factor, row.shops = factor, shops
                changed.append(row)
        NetworkDay.objects.bulk_create(fresh, batch_size=BATCH)
        NetworkDay.objects.bulk_update(changed, ["factor", "shops"], batch_size=BATCH)
        return len(gone) + len(fresh) + len(changed)


def news(day: datetime.date) -> Shock | None:
    """The latest shock, while it is news. One statement."""
    rows = NetworkDay.objects.filter(day__range=(day - READ, day)).order_by("day")
    found = shocks([Factor(day_number(when), float(factor)) for when, factor in rows.values_list("day", "factor")])
    return found[-1] if found and day_of(found[-1].last) >= day - NEWS else None


def sees_news(user) -> bool:
    """Whoever looks after customers: managers, heads, administrators."""
    return user.may_write and user.role != "api"
