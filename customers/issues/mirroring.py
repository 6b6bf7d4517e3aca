"""What a person's own issues show: how fast, how much in time, what comes back, who noticed it first. Pure."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

from crm.periods import months, shift_month
from customers.issues.clocks import Spread, share_of, spread

MONTHS = 6


@dataclass(frozen=True, slots=True)
class Case:
    """One issue. reported_in, judged_in: first days of months; judged_in: when it was solved or should have been, None
    while neither. answer, solve: working minutes, None while it was not (answer: also of what we found ourselves).
    """

    category: str
    is_found: bool
    reported_in: datetime.date
    judged_in: datetime.date | None = None
    in_time: bool | None = None
    answer: int | None = None
    solve: int | None = None
    reopened: bool = False
    repeat: bool = False
    stars: int | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """n, found, repeats: of issues reported in the time; the others: of those solved in it, or overdue in it."""

    n: int = 0
    found: int = 0
    repeats: int = 0
    judged: int = 0
    in_time: int = 0
    reopened: int = 0
    answer: Spread = field(default_factory=Spread)
    solve: Spread = field(default_factory=Spread)
    rated: int = 0
    stars: Decimal | None = None

    @property
    def found_share(self) -> Decimal | None:
        """Of all, how many we found before anybody told us."""
        return share_of(self.found, self.n)

    @property
    def in_time_share(self) -> Decimal | None:
        return share_of(self.in_time, self.judged)

    @property
    def reopened_share(self) -> Decimal | None:
        return share_of(self.reopened, self.judged)

    @property
    def repeat_share(self) -> Decimal | None:
        return share_of(self.repeats, self.n)


@dataclass(frozen=True, slots=True)
class Mirror:
    """whole: of all months together. months: oldest first, those without any issue too. classes: the most first."""

    whole: Figures
    months: Sequence[tuple[datetime.date, Figures]]
    classes: Sequence[tuple[str, Figures]]


def months_until(day: datetime.date, n: int = MONTHS) -> list[datetime.date]:
    """First days of the month of `day` and of those before it, n in all, oldest first."""
    return list(months(shift_month(day, 1 - n), shift_month(day, 1)))


def mirror(cases: Iterable[Case], months: Sequence[datetime.date]) -> Mirror:
    """months: those looked at; what belongs to others counts for nothing."""
    wanted = set(months)
    held = list(cases)
    by_class: dict[str, list[Case]] = defaultdict(list)
    for one in held:
        if one.reported_in in wanted or one.judged_in in wanted:
            by_class[one.category].append(one)
    classes = [(name, figures(rows, wanted)) for name, rows in by_class.items()]
    return Mirror(
        figures(held, wanted),
        [(month, figures(held, {month})) for month in months],
        sorted(classes, key=lambda one: (-one[1].n, -one[1].judged, one[0])),
    )


def figures(cases: Sequence[Case], months: set[datetime.date]) -> Figures:
    reported = [one for one in cases if one.reported_in in months]
    judged = [one for one in cases if one.judged_in in months]
    stars = [one.stars for one in judged if one.stars is not None]
    return Figures(
        n=len(reported),
        found=sum(one.is_found for one in reported),
        repeats=sum(one.repeat for one in reported),
        judged=len(judged),
        in_time=sum(one.in_time is True for one in judged),
        reopened=sum(one.reopened for one in judged),
        answer=spread([one.answer for one in judged if one.answer is not None]),
        solve=spread([one.solve for one in judged if one.solve is not None]),
        rated=len(stars),
        stars=(Decimal(sum(stars)) / len(stars)).quantize(Decimal("0.1"), ROUND_HALF_UP) if stars else None,
    )
