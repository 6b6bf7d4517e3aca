"""When a customer is due for a visit: from the last contact that counts, how often it is seen, and its opening. Pure.

Source: Xi Dake 2014: A weekly, B every two weeks, C monthly; what is due and who slips shows itself, nobody is asked.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from crm.today.ranking import FLOOR, MOST_LATE, WEEK

VISIT, CONTACT = "visit", "contact"
NOT_DUE, DUE, LATE, NEVER = "not_due", "due", "late", "never"
LEAST_PERCENT, MOST_PERCENT = 70, 130
"""Of the days between visits: so early a visit may be, so late it may be, where nothing else is said."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """days: between two visits; least, most: so soon and so late after the last one at the earliest and latest.
    by_call: it is kept by calls and messages; no visit has to be made.
    """

    days: int
    least: int
    most: int
    by_call: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.least <= self.days <= self.most:
            raise ValueError("a rhythm needs least <= days <= most, all above 0")


def rhythm_of(days: int, least_percent: int = LEAST_PERCENT, most_percent: int = MOST_PERCENT) -> Rhythm:
    """Percent of the days; part days are cut off at the early end and added at the late one."""
    least = max(1, days * least_percent // 100)
    return Rhythm(days, min(least, days), max(days, -(-days * most_percent // 100)))


@dataclass(frozen=True, slots=True)
class Counting:
    """What counts as having been there. source: a made visit or a logged contact. kind: the visit's purpose or the
    contact's channel, "" any. direction: of a contact, "" either. tier: of the customer, "" any. only_met: a visit of
    which a goal was reached.
    """

    source: str
    kind: str = ""
    tier: str = ""
    direction: str = ""
    only_met: bool = False


@dataclass(frozen=True, slots=True)
class Happening:
    source: str
    kind: str
    on: datetime.date
    direction: str = ""
    met: bool = False


def counts(one: Happening, tier: str, rules: Iterable[Counting], by_call: bool = False) -> bool:
    """Whether any of the rules lets it count for a customer of that tier; where calls keep the rhythm all contacts do.
    Only what one of us does counts as a call: of those contacts that reached us the rules speak.
    """
    if by_call and one.source == CONTACT and one.direction == "out":
        return True
    return any(
        rule.source == one.source
        and rule.kind in ("", one.kind)
        and rule.tier in ("", tier)
        and rule.direction in ("", one.direction)
        and (one.met or not rule.only_met)
        for rule in rules
    )


def last_counted(
    happened: Iterable[Happening], tier: str, rules: Iterable[Counting], by_call: bool = False
) -> datetime.date | None:
    """The day the clock starts again from."""
    rules = tuple(rules)
    return max((one.on for one in happened if counts(one, tier, rules, by_call)), default=None)


@dataclass(frozen=True, slots=True)
class Due:
    """earliest, ideal, latest: the days between which the next visit lies. late: days after the latest, else 0.
    state: NEVER is open and was never visited, whatever the day.
    """

    state: str
    last: datetime.date | None
    rhythm: Rhythm
    earliest: datetime.date
    ideal: datetime.date
    latest: datetime.date
    late: int


def due(last: datetime.date | None, rhythm: Rhythm, opened_on: datetime.date | None, today: datetime.date) -> Due:
    """last: of what counts; None: never, then the clock runs from the opening; where that is not known either it is
    late by a whole rhythm. On the latest day it is still in time.
    """
    if last is None:
        opening = opened_on or today - datetime.timedelta(days=rhythm.most + rhythm.days)
        ideal, latest = opening + _days(rhythm.days), opening + _days(rhythm.most)
        state = NOT_DUE if opening > today else NEVER
        return Due(state, None, rhythm, opening, ideal, latest, max(0, (today - latest).days))
    earliest, ideal, latest = (last + _days(n) for n in (rhythm.least, rhythm.days, rhythm.most))
    late = max(0, (today - latest).days)
    state = LATE if late else DUE if today >= earliest else NOT_DUE
    return Due(state, last, rhythm, earliest, ideal, latest, late)


def weight(yearly: Decimal, rhythm: Rhythm, late: int) -> Decimal:
    """Lateness × stake, as Today ranks: what sells in one rhythm, more by one for every week late."""
    stake = max(yearly * rhythm.days / 365, FLOOR)
    return stake * (WEEK + min(late, MOST_LATE)) / WEEK


def visits_in(spells: Iterable[tuple[int, Rhythm]]) -> int:
    """Visits in spells of so many days each in a rhythm; half a visit is one, calls are none."""
    exact = sum((Fraction(days, one.days) for days, one in spells if not one.by_call), Fraction(0))
    return int(exact + Fraction(1, 2))


def _days(n: int) -> datetime.timedelta:
    return datetime.timedelta(days=n)


def spells_of(
    first: datetime.date,
    until: datetime.date,
    base: Rhythm,
    own: Iterable[tuple[datetime.date, datetime.date | None, Rhythm]],
) -> list[tuple[int, Rhythm]]:
    """From the first day until before another: how long which rhythm holds. own: a customer's (since, until, rhythm),
    which do not overlap; between them the base holds.
    """
    found: list[tuple[int, Rhythm]] = []
    day = first
    for since, end, rhythm in sorted(own, key=lambda one: one[0]):
        start, stop = max(since, day), min(end or until, until)
        if stop <= start:
            continue
        if start > day:
            found.append(((start - day).days, base))
        found.append(((stop - start).days, rhythm))
        day = stop
    if until > day:
        found.append(((until - day).days, base))
    return found
