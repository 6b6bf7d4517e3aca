"""One day on the road: when each stop is reached, in which order the way is short, what one stop more would cost.

Minutes count from local midnight. Place 0 is home, where a day starts and ends unless its shift
says otherwise. Source of the departure as late as may be:
Savelsbergh 1992 (the time spent waiting is saved at home).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

Matrix = Sequence[Sequence[float]]
Windows = tuple[tuple[float, float], ...]
HARDLY = 1e-6


@dataclass(frozen=True, slots=True)
class Legs:
    """minutes, km: from place to place. source: "estimated", "learned" (from so many drives) or "roads"."""

    minutes: Matrix
    km: Matrix
    source: str = "estimated"
    drives: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """place: in the legs. windows: when the visit may begin, in order; () is any time."""

    key: int
    place: int
    minutes: int
    windows: Windows = ()


@dataclass(frozen=True, slots=True)
class Shift:
    """begins_at, ends_at: places; home unless a night is spent away."""

    start: float
    end: float
    begins_at: int = 0
    ends_at: int = 0


@dataclass(frozen=True, slots=True)
class Timed:
    """arrives, begins and leaves differ by waiting and by the visit. late: minutes after its last window."""

    stop: Stop
    arrives: float
    begins: float
    leaves: float
    leg_minutes: float
    leg_km: float
    late: float


@dataclass(frozen=True, slots=True)
class Route:
    """departs from and back at the places of its shift; minutes: between. late: of all stops; over: beyond its end."""

    stops: tuple[Timed, ...]
    departs: float
    back: float
    km: float
    late: float
    over: float

    @property
    def minutes(self) -> float:
        return self.back - self.departs

    @property
    def fits(self) -> bool:
        return self.late <= HARDLY and self.over <= HARDLY


@dataclass(frozen=True, slots=True)
class Fit:
    """Where one stop more goes, and what it costs."""

    position: int
    minutes: float
    km: float
    route: Route = field(repr=False)

    @property
    def begins(self) -> float:
        return self.route.stops[self.position].begins


def timed(stops: Sequence[Stop], legs: Legs, shift: Shift) -> Route:
    """The stops in this order, as early as may be, left as late as may be."""
    at, waited, slack = shift.start, 0.0, float("inf")
    here = shift.begins_at
    for stop in stops:
        at += legs.minutes[here][stop.place]
        begins, end = _begin(stop, at)
        if end is not None:
            waited += begins - at
            slack = min(slack, max(0.0, end - begins) + waited)
        at, here = begins + stop.minutes, stop.place
    return _told(stops, legs, shift, shift.start + (min(waited, slack) if stops else 0.0))


def _told(stops: Sequence[Stop], legs: Legs, shift: Shift, departs: float) -> Route:
    at, here, km, late = departs, shift.begins_at, 0.0, 0.0
    found = []
    for stop in stops:
        leg, way = legs.minutes[here][stop.place], legs.km[here][stop.place]
        arrives = at + leg
        begins, end = _begin(stop, arrives)
        behind = max(0.0, begins - end) if end is not None else 0.0
        at, here = begins + stop.minutes, stop.place
        km, late = km + way, late + behind
        found.append(Timed(stop, arrives, begins, at, leg, way, behind))
    # Without a stop nobody leaves home; on a trip the way to the next place to sleep is driven all the same.
    goes = stops or shift.begins_at != shift.ends_at
    leg, way = (legs.minutes[here][shift.ends_at], legs.km[here][shift.ends_at]) if goes else (0.0, 0.0)
    back = at + leg
    return Route(tuple(found), departs, back, km + way, late, max(0.0, back - shift.end) if goes else 0.0)


def _begin(stop: Stop, arrives: float) -> tuple[float, float | None]:
    """When a visit begins, and until when it might (None: any time)."""
    if not stop.windows:
        return arrives, None
    for start, end in stop.windows:
        if arrives <= end + HARDLY:
            return max(arrives, start), end
    return arrives, stop.windows[-1][1]


def cost(route: Route) -> tuple[float, float, float]:
    """Promises first, then minutes, then km."""
    return (round(route.late + route.over, 6), round(route.minutes, 6), round(route.km, 6))


def ordered(stops: Sequence[Stop], legs: Legs, shift: Shift) -> Route:
    """A good order of few stops: the cheapest place for each, then single stops moved and parts turned round while that
    helps. The same stops in another order get the same route.
    """
    row: list[Stop] = []
    by_hardness = sorted(stops, key=lambda one: (_width(one), -legs.minutes[0][one.place], one.key))
    for stop in by_hardness:
        tries = (timed([*row[:n], stop, *row[n:]], legs, shift) for n in range(len(row) + 1))
        row = [one.stop for one in min(tries, key=cost).stops]
    best = timed(row, legs, shift)
    better = True
    while better:
        better = False
        for other in _neighbours([one.stop for one in best.stops]):
            found = timed(other, legs, shift)
            if cost(found) < cost(best):
                best, better = found, True
                break
    return best


def _width(stop: Stop) -> float:
    return sum(end - start for start, end in stop.windows) if stop.windows else float("inf")


def _neighbours(row: list[Stop]):
    n = len(row)
    for i in range(n):
        rest = [*row[:i], *row[i + 1 :]]
        for j in range(n):
            if j != i:
                yield [*rest[:j], row[i], *rest[j:]]
    for i in range(n - 1):
        for j in range(i + 2, n + 1):
            yield [*row[:i], *reversed(row[i:j]), *row[j:]]


def best_fit(stop: Stop, row: Sequence[Stop], legs: Legs, shift: Shift) -> Fit | None:
    """The cheapest position that keeps every window and the shift; None where there is none.

    A row that does not fit as it is takes a stop if that makes nothing worse.
    """
    before = timed(row, legs, shift)
    allowed = round(before.late + before.over, 6)
    best: tuple[tuple, int, Route] | None = None
    for n in range(len(row) + 1):
        route = timed([*row[:n], stop, *row[n:]], legs, shift)
        if route.stops[n].late > HARDLY or round(route.late + route.over, 6) > allowed + HARDLY:
            continue
        if best is None or cost(route) < best[0]:
            best = cost(route), n, route
    if best is None:
        return None
    _cost, n, route = best
    return Fit(n, route.minutes - before.minutes, route.km - before.km, route)
