"""What a plan is: routes with their times, what it lacks and why, and how it is written down ("visitplan-plan/1")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from visits.routing.instance import Instance


@dataclass(frozen=True, slots=True)
class Stop:
    """Minutes from local midnight. arrival: at the door; start: service begins, after waiting for it to open."""

    customer: Any
    arrival: float
    start: float
    departure: float

    @property
    def wait(self) -> float:
        return self.start - self.arrival


@dataclass(frozen=True, slots=True)
class Route:
    """One tour of one day. minutes: away from home. late: past windows and the end of the day, 0 if nothing is.

    unserved: stops that do not fit that day (only when a single day is routed).
    """

    day: int
    stops: tuple[Stop, ...]
    departure: float
    back: float
    distance: float
    minutes: float
    load: float
    late: float = 0.0
    unserved: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class Unserved:
    """A visit that found no place. reason: no_days, too_long, no_room or late.

    day, minutes, load: the cheapest way out: so many more minutes (or so much more load) on these days would do.
    days: for no_days, the gap (`max_gap`) or number of visits (`frequency`) that could be kept.
    """

    customer: Any
    visit: int
    reason: str
    day: int | None = None
    minutes: float = 0.0
    load: float = 0.0
    max_gap: int | None = None
    frequency: int | None = None

    def plain(self) -> dict[str, Any]:
        found: dict[str, Any] = {"customer": self.customer, "visit": self.visit, "reason": self.reason}
        if self.day is not None:
            found["day"] = self.day
        if self.minutes:
            found["minutes"] = round(self.minutes, 1)
        if self.load:
            found["load"] = round(self.load, 3)
        if self.max_gap is not None:
            found["max_gap_days"] = self.max_gap
        if self.frequency is not None:
            found["frequency"] = self.frequency
        return found


@dataclass(frozen=True, slots=True)
class Plan:
    """objective: distance, and the penalty of what moved. turns: what the search made; cpu: seconds it took."""

    routes: tuple[Route, ...]
    unserved: tuple[Unserved, ...]
    distance: float
    minutes: float
    moved: int
    objective: float
    turns: int = 0
    cpu: float = 0.0
    method: str = "days"

    @property
    def days(self) -> dict[Any, list[int]]:
        """The days of each customer that has any."""
        found: dict[Any, list[int]] = {}
        for route in self.routes:
            for stop in route.stops:
                found.setdefault(stop.customer, []).append(route.day)
        return {customer: sorted(days) for customer, days in found.items()}

    def plain(self) -> dict[str, Any]:
        """As JSON; `unserved` holds ids, as the neutral format says, `unserved_visits` the reasons."""
        left_out = list(dict.fromkeys(one.customer for one in self.unserved))
        return {
            "format": "visitplan-plan/1",
            "routes": [
                {
                    "day": route.day,
                    "stops": [stop.customer for stop in route.stops],
                    "departure": round(route.departure, 2),
                    "back": round(route.back, 2),
                    "arrivals": [round(stop.arrival, 2) for stop in route.stops],
                    "starts": [round(stop.start, 2) for stop in route.stops],
                    "departures": [round(stop.departure, 2) for stop in route.stops],
                    "distance": round(route.distance, 6),
                    "minutes": round(route.minutes, 2),
                }
                for route in self.routes
            ],
            "unserved": left_out,
            "unserved_visits": [one.plain() for one in self.unserved],
            "distance": round(self.distance, 6),
            "minutes": round(self.minutes, 2),
            "moved": self.moved,
            "objective": round(self.objective, 6),
            "method": self.method,
        }


def timetable(inst: Instance, t: int, stops: Sequence[int], unserved: Iterable[Any] = ()) -> Route:
    """Drive a route: leave as late as costs nothing, and be nowhere later for it."""
    day = inst.days[t]
    D, speed = inst.matrix, inst.speed
    begin = day.start_minute or 0.0
    clock, wait, late, slack = begin, 0.0, 0.0, float("inf")
    distance, load = 0.0, 0.0
    here = day.start_node
    seen: list[tuple[Any, float, float, float, float]] = []
    for c in stops:
        one = inst.customers[c - 1]
        distance += float(D[here, c])
        clock += float(D[here, c]) / speed
        arrival, waited = clock, wait
        if one.windows:
            open_ = next((w for w in one.windows if w[1] >= clock - 1e-9), None)
            if open_ is None:
                late += clock - one.windows[-1][1]
                slack = 0.0
            else:
                if clock < open_[0]:
                    wait += open_[0] - clock
                    clock = open_[0]
                slack = min(slack, open_[1] - clock + wait)
        start = clock
        clock += one.service
        load += one.demand
        seen.append((one.id, arrival, start, clock, waited))
        here = c
    if stops:
        distance += float(D[here, day.end_node])
        clock += float(D[here, day.end_node]) / speed
    if day.end_minute is not None and clock > day.end_minute:
        late += clock - day.end_minute
    shift = min(wait, slack)
    rows = []
    for name, arrival, start, departure, waited in seen:
        # Leaving later eats up waiting from the front.
        arrival += max(0.0, shift - waited)
        rows.append(Stop(name, arrival, max(start, arrival), departure + max(start, arrival) - start))
    return Route(
        day=t,
        stops=tuple(rows),
        departure=begin + shift,
        back=clock,
        distance=distance,
        minutes=clock - begin - shift,
        load=load,
        late=late if late > 1e-7 else 0.0,
        unserved=tuple(unserved),
    )


def plan_of(
    inst: Instance,
    routes: Iterable[tuple[int, Sequence[int]]],
    unserved: Iterable[Unserved] = (),
    *,
    turns: int = 0,
    cpu: float = 0.0,
    method: str = "days",
) -> Plan:
    driven = tuple(timetable(inst, t, stops) for t, stops in sorted(routes, key=lambda one: one[0]) if stops)
    distance = sum(route.distance for route in driven)
    visited: dict[Any, set[int]] = {}
    for route in driven:
        for stop in route.stops:
            visited.setdefault(stop.customer, set()).add(route.day)
    moved = sum(len(set(one.before) - visited.get(one.id, set())) for one in inst.customers)
    return Plan(
        routes=driven,
        unserved=tuple(unserved),
        distance=distance,
        minutes=sum(route.minutes for route in driven),
        moved=moved,
        objective=distance + inst.move_penalty * moved,
        turns=turns,
        cpu=cpu,
        method=method,
    )


def rows_of(plan: Plan | Mapping[str, Any]) -> list[tuple[int, list[Any]]]:
    """Day and customers of each route, of a plan or of what was read from its JSON."""
    if isinstance(plan, Plan):
        return [(route.day, [stop.customer for stop in route.stops]) for route in plan.routes]
    return [(int(row["day"]), list(row["stops"])) for row in plan["routes"]]
