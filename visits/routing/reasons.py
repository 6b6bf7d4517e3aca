"""Why a visit found no place, and the cheapest way to find it one."""

from __future__ import annotations

from collections.abc import Iterable

from visits.routing.choosing import best_days
from visits.routing.fitting import NEVER
from visits.routing.instance import Instance, Wanted
from visits.routing.plans import Unserved, timetable
from visits.routing.searching import Routes, Search
from visits.routing.state import AD_OFF, CHOSEN, PICK


def unserved(search: Search, routes: Routes) -> list[Unserved]:
    """One for each visit of each customer without a place, in the order of the instance."""
    inst = search.inst
    seen = {c for t, stops in routes for c in stops if not inst.days[t].frozen}
    of_day: dict[int, list[list[int]]] = {}
    for t, stops in routes:
        of_day.setdefault(t, []).append(stops)
    found: list[Unserved] = []
    S = None
    for c, one in enumerate(inst.customers, 1):
        open_days = [t for t in one.must if inst.days[t].frozen]
        if c in seen or (len(open_days) == one.frequency and has_days(one)):
            continue
        if not has_days(one):
            found.extend(_no_days(one))
            continue
        S = S or search.state(1)
        base = search.given.cust[c, AD_OFF]
        lacks = [
            _lack(inst, of_day.get(int(search.given.ad[base + j, 0]), []), int(search.given.ad[base + j, 0]), c)
            for j in range(len(one.days))
        ]
        S.fit[: len(lacks)] = [minutes + 1000.0 * load + 1e-3 for minutes, load, _kind in lacks]
        best_days(search.given, S, c)
        chosen = [int(j) for j in S.fiti[PICK, : S.num[CHOSEN]]]
        for k, j in enumerate(chosen, 1):
            minutes, load, kind = lacks[j]
            found.append(Unserved(one.id, k, kind, day=one.days[j], minutes=minutes, load=load))
    return found


def has_days(one: Wanted, *, high: int | None = None, frequency: int | None = None) -> bool:
    """Whether any set of days would do."""
    if one.patterns is not None:
        return bool(one.patterns)
    high = one.high if high is None else high
    frequency = one.frequency if frequency is None else frequency
    must = sorted(one.must)
    if any(t not in one.days for t in must):
        return False
    reach = {t for t in one.days if t <= one.first_by and (not must or t <= must[0])}
    for _visit in range(frequency - 1):
        reach = {
            t for t in one.days if any(one.low <= t - s <= high and not any(s < m < t for m in must) for s in reach)
        }
    return any(t >= one.last_from and (not must or t >= must[-1]) for t in reach)


def _no_days(one: Wanted) -> Iterable[Unserved]:
    max_gap = frequency = None
    if one.patterns is None:
        span = max(one.days, default=0) + 1
        max_gap = next((high for high in range(one.high + 1, span + 1) if has_days(one, high=high)), None)
        if max_gap is None:
            frequency = next((f for f in range(one.frequency - 1, 0, -1) if has_days(one, frequency=f)), None)
    for visit in range(1, one.frequency + 1):
        yield Unserved(one.id, visit, "no_days", max_gap=max_gap, frequency=frequency)


def _lack(inst: Instance, rows: list[list[int]], t: int, c: int) -> tuple[float, float, str]:
    """How many minutes, how much load a day lacks to take the customer as well, at the best place."""
    day = inst.days[t]
    if day.frozen:
        return 0.0, 0.0, "no_room"
    options = [(stops, i) for stops in rows for i in range(len(stops) + 1)]
    if len(rows) < day.vehicles:
        options.append(([], 0))
    best = (float(NEVER), 0.0, "no_room")
    for stops, i in options:
        route = timetable(inst, t, [*stops[:i], c, *stops[i:]])
        over = 0.0 if day.max_minutes is None else max(0.0, route.minutes - day.max_minutes)
        load = 0.0 if day.capacity is None else max(0.0, route.load - day.capacity)
        kind = "no_room" if load > 0 else "late" if route.late > over else "too_long"
        one = (over + route.late, load, kind)
        if one[0] + 1000.0 * one[1] < best[0] + 1000.0 * best[1]:
            best = one
    return best
