"""The doors: a plan, a plan changed as little as may be, the order of one day."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from visits.routing.budget import Budget
from visits.routing.horizon import by_weeks, is_long
from visits.routing.instance import Instance, InvalidInstance, Wanted, read
from visits.routing.kernel import anneal
from visits.routing.plans import Plan, Route, plan_of, rows_of, timetable
from visits.routing.reasons import unserved
from visits.routing.searching import Found, Routes, Search, best_of, keep, starts_for, warm_up
from visits.routing.state import VIOLATED

Progress = Callable[[float], None]
Cancel = Callable[[], bool]


def plan(
    instance: Mapping[str, Any],
    seconds: float,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    *,
    iterations: int | None = None,
    balance: float = 0.0,
    method: str | None = None,
) -> Plan:
    """The best plan found in so many CPU seconds of the process; raises InvalidInstance.

    iterations: turns of the search instead of seconds; the same seed then gives the same plan on any machine.
    balance: above 0, even days are worth way: 1 is strong. method: "days" or "weeks" instead of what suits the horizon.
    """
    inst = read(instance)
    warm_up()
    budget = Budget(seconds, iterations, progress, cancel)
    search = Search.of(inst, balance)
    found: Found | None = None
    used = "days"
    if inst.customers and search.given.road.size:
        if method == "weeks" or (method is None and is_long(inst)):
            found = by_weeks(search, budget, seed)
            used = "weeks" if found is not None else "days"
        if found is None:
            found = best_of(search, budget, seed, starts=starts_for(inst, seconds, iterations))
    routes = found.routes if found is not None else []
    return plan_of(
        inst,
        routes,
        unserved(search, routes),
        turns=found.turns if found is not None else 0,
        cpu=budget.elapsed(),
        method=used,
    )


def replan(
    instance: Mapping[str, Any],
    previous: Plan | Mapping[str, Any],
    frozen_until: int | datetime.date,
    move_penalty_km: float = 10.0,
    seconds: float = 5.0,
    seed: int = 0,
    progress: Progress | None = None,
    cancel: Cancel | None = None,
    *,
    iterations: int | None = None,
) -> Plan:
    """Plan anew what lies from `frozen_until` on; routes before it stay as they were, and moved visits cost way.

    frozen_until: the first day that may change, as its number, or a date if the instance has `horizon_start`.
    Customers that are gone leave their routes; new ones are put in.
    """
    rows = rows_of(previous)
    days: dict[str, list[int]] = {}
    for t, stops in rows:
        for name in stops:
            days.setdefault(str(name), []).append(t)
    known = {str(row.get("id")) for row in instance.get("customers", []) if isinstance(row, Mapping)}
    told = {key: sorted(of) for key, of in days.items() if key in known}
    inst = read({**instance, "previous_plan": told, "move_penalty": move_penalty_km})
    first = _day_number(instance, frozen_until, len(inst.days))
    number = {str(one.id): c for c, one in enumerate(inst.customers, 1)}
    kept: Routes = []
    later: Routes = []
    for t, stops in rows:
        left = [number[str(name)] for name in stops if str(name) in number]
        if left:
            (kept if t < first else later).append((t, left))
    inst = replace(
        inst,
        days=tuple(replace(day, frozen=t < first) for t, day in enumerate(inst.days)),
        customers=tuple(_held(one, first) for one in inst.customers),
    )
    warm_up()
    budget = Budget(seconds, iterations, progress, cancel)
    search = Search.of(inst)
    routes, turns = list(kept), 0
    if search.given.road.size and inst.customers:
        S = search.state(seed)
        search.lay(S, later)
        anneal(search.given, S, 1, 0.0, 1.0)
        if S.num[VIOLATED] == 0:
            keep(S)
        turns = search.run(S, budget, 0.4, hot=0.05)
        best = search.found(S)
        cold = search.state(seed + 1)
        turns += search.run(cold, budget, 1.0)
        other = search.found(cold)
        best = other if other.better_than(best) else best
        routes += best.routes
    return plan_of(inst, routes, unserved(search, routes), turns=turns, cpu=budget.elapsed())


def _held(one: Wanted, first: int) -> Wanted:
    """The customer as it stands once days before `first` are over: its visits there are fixed, others impossible."""
    past = frozenset(t for t in one.before if t < first)
    days = tuple(sorted({t for t in one.days if t >= first} | past))
    patterns = one.patterns
    if patterns is not None:
        patterns = tuple(p for p in patterns if {t for t in p if t < first} == past)
        days = tuple(sorted({t for p in patterns for t in p}))
    must = frozenset(t for t in one.must if t >= first) | past
    return replace(one, days=days, patterns=patterns, must=must)


def _day_number(instance: Mapping[str, Any], day: int | datetime.date, horizon: int) -> int:
    if isinstance(day, datetime.date):
        try:
            start = datetime.date.fromisoformat(str(instance["horizon_start"]))
        except (KeyError, ValueError) as error:
            raise InvalidInstance("horizon_start", "a date is needed to tell days by date") from error
        day = (day - start).days
    return min(max(0, int(day)), horizon)


def route_day(
    instance: Mapping[str, Any],
    day: int,
    stops: Iterable[Any] | None = None,
    seconds: float = 0.2,
    seed: int = 0,
    *,
    iterations: int | None = None,
) -> Route:
    """The best order of one day's stops (ids; all customers if not given), with arrivals and departures.

    What the day cannot take stands in the route's `unserved`.
    """
    inst = read(instance)
    if not 0 <= day < len(inst.days):
        raise InvalidInstance("day", f"not from 0 to {len(inst.days) - 1}")
    wanted = None if stops is None else {str(one) for one in stops}
    chosen = [c for c, one in enumerate(inst.customers, 1) if wanted is None or str(one.id) in wanted]
    if wanted is not None and len(chosen) < len(wanted):
        raise InvalidInstance("stops", "a customer that is not in the instance")
    one_day = replace(
        inst,
        days=tuple(replace(one, vehicles=int(t == day)) for t, one in enumerate(inst.days)),
        customers=tuple(_only(one, day if c in set(chosen) else None) for c, one in enumerate(inst.customers, 1)),
        move_penalty=0.0,
    )
    one_day = _cut(one_day, chosen, day)
    warm_up()
    search = Search.of(one_day)
    order: list[int] = []
    if chosen:
        found = best_of(search, Budget(seconds, iterations), seed, starts=2)
        order = [chosen[c - 1] for _t, row in found.routes for c in row]
    left = [inst.customers[c - 1].id for c in chosen if c not in set(order)]
    return timetable(inst, day, order, left)


def _only(one: Wanted, day: int | None) -> Wanted:
    days = () if day is None else (day,)
    return replace(
        one,
        frequency=1,
        days=days,
        patterns=None,
        low=1,
        high=1,
        first_by=10**6,
        last_from=0,
        must=frozenset(),
        before=(),
    )


def _cut(inst: Instance, chosen: list[int], day: int) -> Instance:
    """Only those customers and that day."""
    n = len(inst.customers)
    nodes = [0, *chosen, *range(n + 1, len(inst.matrix))]
    matrix = inst.matrix[nodes][:, nodes]
    shift = len(chosen) - n
    the_day = inst.days[day]
    the_day = replace(
        the_day,
        start_node=the_day.start_node + shift if the_day.start_node else 0,
        end_node=the_day.end_node + shift if the_day.end_node else 0,
    )
    customers = tuple(replace(inst.customers[c - 1], days=(0,)) for c in chosen)
    return replace(inst, days=(the_day,), customers=customers, matrix=matrix)
