"""What comes first today: what is at stake and how late it is; and how much of it fits into a day. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

FLOOR = Decimal(100)
"""What is at stake at least, so that among small things the late ones come first."""
WEEK = 7
MOST_LATE = 28
"""After so many days being later adds nothing more: a stake counts at most five times."""
DAY_MINUTES = 420
LEAST, MOST = 3, 12
"""So many are shown on top at least, however long they take, and at most, however short."""


@dataclass(frozen=True, slots=True)
class Action:
    """One tap. post: a form is sent there, with `fields`; else it is a link (tel: too)."""

    label: Any
    url: str
    icon: str
    post: bool = False
    fields: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Task:
    """Something to do, and why. A source makes one; `resolve` fills in what belongs to the customer.

    key: kind:what, the same for as long as it is the same thing. stake: money at stake in the company's currency, or
    None where only `days_of_sales` says it (so many days of the customer's usual sales). late: days since it should
    have been done, below zero before. minutes: what it takes.
    own: it is for this person, whoever is in charge. open_reason, open_url: what others may know of it and where they
    are led, where the reason itself is this person's alone; both empty where it is not.
    """

    key: str
    kind: str
    icon: str
    tone: str
    reason: str
    url: str
    customer_id: int | None = None
    action: Action | None = None
    stake: Decimal | None = None
    days_of_sales: int = 0
    late: int = 0
    minutes: int = 15
    own: bool = False
    open_reason: str = ""
    open_url: str = ""
    name: str = ""
    tier: str = ""
    phone: str = ""
    owner_id: int | None = None
    owner: str = ""
    handed_by: str = ""
    note: str = ""

    @property
    def is_private(self) -> bool:
        return bool(self.open_reason)

    @property
    def weight(self) -> Decimal:
        """Stake × (1 + weeks late), a stake of FLOOR at least."""
        late = min(max(self.late, 0), MOST_LATE)
        return max(self.stake or Decimal(0), FLOOR) * (WEEK + late) / WEEK


def staked(task: Task, yearly: Decimal | None) -> Task:
    """With the money at stake; yearly: sales of the customer in a year, None where nothing is known."""
    if task.stake is not None or not task.days_of_sales:
        return task
    worth = max(yearly or Decimal(0), Decimal(0)) * task.days_of_sales / 365
    return replace(task, stake=worth.quantize(Decimal("0.01")))


def ranked(tasks: Iterable[Task]) -> list[Task]:
    """The heaviest first; of equals the later, then by key, so that the order never wavers."""
    return sorted(tasks, key=lambda one: (-one.weight, -one.late, one.key))


def a_day_of(tasks: Sequence[Task], minutes: int = DAY_MINUTES) -> int:
    """How many of the first tasks fit into so many minutes: LEAST to MOST of them."""
    taken = spent = 0
    for one in tasks[:MOST]:
        spent += one.minutes
        if spent > minutes and taken >= LEAST:
            break
        taken += 1
    return taken
