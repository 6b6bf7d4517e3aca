"""Long horizons: first which week, then which day, then everything polished together.

In a year most of the choice is which weeks a customer is seen in. There a week is one period with as many routes as it
has open days, and gaps are rounded so that any days of the weeks chosen keep the cadence.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

from visits.routing.budget import Budget
from visits.routing.instance import Day, Instance, Wanted
from visits.routing.kernel import anneal
from visits.routing.searching import Found, Routes, Search, keep
from visits.routing.state import VIOLATED

WEEK = 7
LONG = 180
"""Days from which on weeks are chosen first."""
MARGIN = 0.97
SHARE_OF_WEEKS = 0.5


def is_long(inst: Instance) -> bool:
    return (
        len(inst.days) >= LONG
        and all(one.patterns is None for one in inst.customers)
        and not any(day.frozen or day.vehicles > 1 or day.start_node or day.end_node for day in inst.days)
    )


def weeks_of(inst: Instance) -> Instance | None:
    """The same customers over weeks; None if rounding leaves somebody without a set of weeks."""
    weeks = [list(range(t, min(t + WEEK, len(inst.days)))) for t in range(0, len(inst.days), WEEK)]
    days = []
    for week in weeks:
        open_ = [inst.days[t] for t in week if inst.days[t].vehicles]
        limits: list[float] = []
        endless = False
        for day in open_:
            longest = day.max_minutes
            if day.end_minute is not None:
                shift = day.end_minute - (day.start_minute or 0.0)
                longest = shift if longest is None else min(longest, shift)
            if longest is None:
                endless = True
            else:
                limits.append(longest)
        longest = None if endless or not limits else min(limits) * MARGIN
        rooms = [day.capacity for day in open_ if day.capacity is not None]
        days.append(Day(len(open_), longest, None, None, min(rooms) if rooms else None))
    width = max((t % WEEK for t, day in enumerate(inst.days) if day.vehicles), default=0) - min(
        (t % WEEK for t, day in enumerate(inst.days) if day.vehicles), default=0
    )
    customers = []
    for one in inst.customers:
        low = max(1, -(-(one.low + width) // WEEK))
        high = (one.high - width) // WEEK
        of_week = {t // WEEK for t in one.days}
        first_by = (one.first_by - width) // WEEK
        last_from = -(-one.last_from // WEEK)
        if one.frequency > 1 and low > high:
            return None
        customers.append(
            Wanted(
                id=one.id,
                service=one.service,
                demand=one.demand,
                frequency=one.frequency,
                days=tuple(sorted(of_week)),
                patterns=None,
                low=low,
                high=max(low, high),
                first_by=first_by,
                last_from=last_from,
                windows=(),
                must=frozenset(t // WEEK for t in one.must),
                before=(),
            )
        )
    return replace(inst, days=tuple(days), customers=tuple(customers), move_penalty=0.0)


def on_days(inst: Instance, routes: Routes) -> Routes:
    """Give each route of a week one of its open days, so that few stops fall on days they may not have."""
    found: Routes = []
    of_week: dict[int, list[list[int]]] = {}
    for w, stops in routes:
        of_week.setdefault(w, []).append(stops)
    for w, rows in sorted(of_week.items()):
        open_ = [t for t in range(w * WEEK, min((w + 1) * WEEK, len(inst.days))) if inst.days[t].vehicles]
        allowed = [[set(inst.customers[c - 1].days) for c in stops] for stops in rows]
        wrong = [[sum(t not in days for days in of_route) for t in open_] for of_route in allowed]
        best = min(
            itertools.permutations(range(len(open_)), len(rows)),
            key=lambda chosen: sum(wrong[k][at] for k, at in enumerate(chosen)),
        )
        found.extend((open_[at], rows[k]) for k, at in enumerate(best))
    return found


def by_weeks(search: Search, budget: Budget, seed: int, share: float = SHARE_OF_WEEKS) -> Found | None:
    inst = search.inst
    coarse = weeks_of(inst)
    if coarse is None:
        return None
    weekly = Search.of(coarse)
    S = weekly.state(seed * 101)
    anneal(weekly.given, S, 1, 0.0, 1.0)
    turns = weekly.run(S, budget, share)
    start = on_days(inst, weekly.found(S).routes)
    S = search.state(seed * 101 + 1)
    search.lay(S, start)
    anneal(search.given, S, 1, 0.0, 1.0)
    if S.num[VIOLATED] == 0:
        keep(S)
    turns += search.run(S, budget, 1.0, hot=0.02)
    found = search.found(S)
    found.turns = turns
    return found
