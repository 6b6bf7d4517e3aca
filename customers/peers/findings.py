"""What a shop may not have noticed: where it parts from shops like it by clearly more than noise. Pure.

Every comparison is the same: the gap between the shop and the median of its peers is held against the noise, which is
the peers' own spread (1.4826 × the median distance from their median) and the shop's own uncertainty, put together.
A finding lies at least `CLEAR` such noises off and is large enough to matter (`AT_LEAST`). Fewer than `LEAST` peers of
whom the same is known: no finding.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import fmean, median, variance

from customers.peers.alike import LEAST

CLEAR = 3.0
AT_LEAST = {"weekday": 0.25, "promotion": 0.3, "units": 0.10, "orders": 0.10, "late": 5.0}
"""weekday: of the peers' share; promotion: of the days; units, orders: of the figure a year ago; late: days."""
FLOOR = {"weekday": 0.03, "promotion": 0.1, "units": 0.03, "orders": 0.03, "late": 1.0}
"""Noise is never taken to be less, however alike the peers are (weekday: of their share)."""
MOST = 3
WEEKS, PROMOTION_DAYS, ORDERS, INVOICES = 8, 5, 30, 4
"""What must be known at least: weeks with sales, days on which peers promoted, orders, and invoices of a half-year."""
SCORE_TOP = 99.0


@dataclass(frozen=True, slots=True)
class Day:
    day: datetime.date
    net: float
    promotion: bool = False
    is_open: bool | None = None


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one shop. days: reported, of the last 13 weeks. units, orders: (in the last three full months, in the same
    months a year before). late: days late of the invoices paid in (the last half-year, the one before), 0 if in time.
    """

    days: Sequence[Day] = ()
    units: tuple[int, int] = (0, 0)
    orders: tuple[int, int] = (0, 0)
    late: tuple[Sequence[int], Sequence[int]] = ((), ())


@dataclass(frozen=True, slots=True)
class Finding:
    """own: the shop's figure, or (before, now); peers: the median of theirs, in the same unit or its change. n: how
    many peers. weekday: 1 is Monday. of: on how many days the peers promoted. score: in noises.
    """

    kind: str
    own: float
    peers: float
    n: int
    score: float
    before: float | None = None
    weekday: int = 0
    of: int = 0


def findings(own: Figures, peers: Sequence[Figures], most: int = MOST) -> list[Finding]:
    """One of a kind at most, the clearest first."""
    found = [
        rule(own, peers) for rule in (weekday_hole, promotions_unused, units_falling, orders_falling, paying_later)
    ]
    return sorted((one for one in found if one is not None), key=lambda one: (-one.score, one.kind))[:most]


def weekday_hole(own: Figures, peers: Sequence[Figures]) -> Finding | None:
    """A weekday on which less of the week is sold than elsewhere; one on which it mostly stays closed is no hole."""
    mine = _weeks(own.days)
    theirs = [weeks for one in peers if len(weeks := _weeks(one.days)) >= WEEKS]
    if len(mine) < WEEKS or len(theirs) < LEAST:
        return None
    best: Finding | None = None
    for weekday in range(1, 8):
        closed = sum(one.is_open is False for one in own.days if one.day.isoweekday() == weekday)
        if 2 * closed >= len(mine):
            continue
        shares = [week.get(weekday, 0.0) for week in mine]
        others = [fmean(week.get(weekday, 0.0) for week in weeks) for weeks in theirs]
        usual, have = median(others), fmean(shares)
        noise = max(_noise(_spread(others), sqrt(variance(shares) / len(shares))), FLOOR["weekday"] * usual)
        score = _score(usual - have, noise, AT_LEAST["weekday"] * usual)
        if score and (best is None or score > best.score):
            best = Finding("weekday", have, usual, len(others), score, weekday=weekday)
    return best


def promotions_unused(own: Figures, peers: Sequence[Figures]) -> Finding | None:
    """Days on which half of the peers that reported promoted, and this shop did not."""
    reported, promoted = defaultdict(int), defaultdict(int)
    for peer in peers:
        for one in peer.days:
            reported[one.day] += 1
            promoted[one.day] += one.promotion
    days = {day for day, n in reported.items() if n >= LEAST and 2 * promoted[day] >= n}
    mine = {one.day: one.promotion for one in own.days if one.day in days}
    if len(mine) < PROMOTION_DAYS:
        return None
    shares = []
    for peer in peers:
        used = [one.promotion for one in peer.days if one.day in mine]
        if len(used) >= PROMOTION_DAYS:
            shares.append(fmean(used))
    if len(shares) < LEAST:
        return None
    usual, have = median(shares), sum(mine.values()) / len(mine)
    chance = sqrt(usual * (1 - usual) / len(mine))
    score = _score(usual - have, max(_noise(_spread(shares), chance), FLOOR["promotion"]), AT_LEAST["promotion"])
    return Finding("promotion", sum(mine.values()), usual, len(shares), score, of=len(mine)) if score else None


def units_falling(own: Figures, peers: Sequence[Figures]) -> Finding | None:
    """Fewer units in an order than a year ago."""

    def basket(one: Figures) -> tuple[float, float] | None:
        if min(one.orders) < ORDERS or min(one.units) <= 0:
            return None
        return one.units[0] / one.orders[0], one.units[1] / one.orders[1]

    return _falling("units", own, peers, basket, lambda one: 0.0)


def orders_falling(own: Figures, peers: Sequence[Figures]) -> Finding | None:
    """Fewer orders than a year ago. (Of n orders one does not know more than √n.)"""

    def orders(one: Figures) -> tuple[float, float] | None:
        return (one.orders[0], one.orders[1]) if one.orders[1] >= ORDERS and one.orders[0] > 0 else None

    return _falling("orders", own, peers, orders, lambda one: sqrt(1 / one[0] + 1 / one[1]))


def _falling(
    kind: str,
    own: Figures,
    peers: Sequence[Figures],
    figure: Callable[[Figures], tuple[float, float] | None],
    unsure: Callable[[tuple[float, float]], float],
) -> Finding | None:
    mine = figure(own)
    others = [now / before - 1 for now, before in filter(None, map(figure, peers))]
    if mine is None or len(others) < LEAST:
        return None
    now, before = mine
    change, usual = now / before - 1, median(others)
    noise = max(_noise(_spread(others), unsure(mine)), FLOOR[kind])
    score = _score(usual - change, noise, AT_LEAST[kind]) if change < 0 else 0.0
    return Finding(kind, now, usual, len(others), score, before=before) if score else None


def paying_later(own: Figures, peers: Sequence[Figures]) -> Finding | None:
    """Invoices paid later than half a year ago."""

    def lateness(one: Figures) -> tuple[float, float] | None:
        return (fmean(one.late[0]), fmean(one.late[1])) if min(map(len, one.late)) >= INVOICES else None

    mine = lateness(own)
    others = [now - before for now, before in filter(None, map(lateness, peers))]
    if mine is None or len(others) < LEAST:
        return None
    now, before = mine
    unsure = sqrt(sum(variance(part) / len(part) for part in own.late))
    gap = now - before - median(others)
    score = _score(gap, max(_noise(_spread(others), unsure), FLOOR["late"]), AT_LEAST["late"]) if now > before else 0.0
    return Finding("late", now, median(others), len(others), score, before=before) if score else None


def _weeks(days: Sequence[Day]) -> list[dict[int, float]]:
    """Of every week that sold something: {weekday: its share}."""
    weeks: dict[tuple[int, int], dict[int, float]] = defaultdict(dict)
    for one in days:
        if one.net > 0:
            year, week, weekday = one.day.isocalendar()
            weeks[year, week][weekday] = one.net
    return [{day: net / sum(week.values()) for day, net in week.items()} for week in weeks.values()]


def _spread(values: Sequence[float]) -> float:
    """As of a normal distribution, by the median distance from the median: no outlier widens it."""
    middle = median(values)
    return 1.4826 * median(abs(one - middle) for one in values)


def _noise(*parts: float) -> float:
    return sqrt(sum(one * one for one in parts))


def _score(gap: float, noise: float, least: float) -> float:
    """In noises; 0 where there is no gap, or it is too small or not clear."""
    if gap <= 0 or gap < least or gap < CLEAR * noise:
        return 0.0
    return min(gap / noise, SCORE_TOP) if noise > 0 else SCORE_TOP
