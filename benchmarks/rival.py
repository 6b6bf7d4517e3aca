"""Another solver for the stops of a day, PyVRP (MIT; no dependency: `pip install pyvrp` to compare), beside our search.

It is what a "route app" does with a calendar made by hand: the days are given, each day gets its best order. It cannot
tie the visits of one customer together, which is what the search is for.
"""

from __future__ import annotations

from visits.routing.instance import Instance

SCALE = 1000  # PyVRP counts in whole numbers
SECONDS_A_DAY = 0.3


def is_there() -> bool:
    try:
        import pyvrp  # noqa: F401 - optional
    except ImportError:
        return False
    return True


def best_order(inst: Instance, t: int, stops: list[int], seconds: float = SECONDS_A_DAY) -> list[int]:
    """The stops (numbers of customers from 1) in PyVRP's order. A stop with two windows is a group of two clients."""
    from pyvrp import Model
    from pyvrp.stop import MaxRuntime

    if len(stops) < 2:
        return stops
    day, model = inst.days[t], Model()
    nodes = [0, *stops]
    places = [model.add_location(float(n), 0.0) for n, _node in enumerate(nodes)]
    depot = model.add_depot(places[0])
    latest = {}
    if day.max_minutes is not None:
        latest["shift_duration"] = round(day.max_minutes * SCALE)
    model.add_vehicle_type(1, start_depot=depot, end_depot=depot, **latest)
    names: list[int] = []
    for place, c in zip(places[1:], stops, strict=True):
        one = inst.customers[c - 1]
        windows = one.windows or ((0.0, 1e6),)
        group = model.add_client_group() if len(windows) > 1 else None
        for early, late in windows:
            model.add_client(
                place,
                service_duration=round(one.service * SCALE),
                tw_early=round(early * SCALE),
                tw_late=round(late * SCALE),
                required=group is None,
                group=group,
            )
            names.append(c)
    for i, a in enumerate(nodes):
        for j, b in enumerate(nodes):
            if i != j:
                length = float(inst.matrix[a, b])
                model.add_edge(places[i], places[j], round(length * SCALE), round(length / inst.speed * SCALE))
    found = model.solve(MaxRuntime(seconds), seed=1, display=False, collect_stats=False).best
    order = [names[one.idx] for route in found.routes() for one in route if one.is_client()]
    return [*order, *(c for c in stops if c not in order)]
