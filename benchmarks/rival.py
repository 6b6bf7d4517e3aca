"""Another solver for the stops of a day, PyVRP (MIT; no dependency: `pip install pyvrp` to compare), beside our search.

It is what a "route app" does with a calendar made by hand: the days are given, each day gets its best order. It cannot
tie the visits of one customer together, which is what the search is for. By itself this compares single days:

    python -m benchmarks.rival [--days 12] [--seconds 0.2]
"""

from __future__ import annotations

import argparse
import random
from itertools import pairwise

from visits.plan import routing
from visits.routing.instance import Instance, read

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


def a_day(seed: int) -> dict:
    """8 to 20 stops around home; a third of them open for three hours, a third closed at noon."""
    dice, rows = random.Random(seed), []
    for i in range(dice.choice([8, 12, 16, 20])):
        early = dice.choice([480, 540, 600, 720, 840])
        rows.append(
            {
                "id": i + 1,
                "lat": 31 + dice.uniform(-0.15, 0.15),
                "lon": 121 + dice.uniform(-0.15, 0.15),
                "service_minutes": 12,
                "frequency": 1,
                "min_gap_days": 1,
                "max_gap_days": 1,
                "time_windows": dice.choice([[[480, 1140]], [[early, early + 180]], [[510, 720], [840, 1080]]]),
            }
        )
    return {
        "format": "visitplan-instance/1",
        "name": f"D{seed}",
        "metric": "haversine",
        "detour_factor": 1.3,
        "speed": 0.9167,
        "horizon_days": 1,
        "max_minutes": 700,
        "start_minute": 450,
        "end_minute": 1200,
        "depot": {"lat": 31.0, "lon": 121.0},
        "customers": rows,
    }


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.rival", description=__doc__.split("\n")[0])
    parser.add_argument("--days", type=int, default=12, help="days made up by seed (default 12)")
    parser.add_argument("--seconds", type=float, default=0.2, help="CPU seconds a day of ours (default 0.2)")
    options = parser.parse_args()
    if not is_there():
        parser.error("PyVRP is not installed: pip install pyvrp")
    print(f"{'stops':>8}{'ours':>10}{'broken':>8}{'PyVRP':>10}{'broken':>8}")
    for seed in range(options.days):
        given = a_day(seed)
        inst, n = read(given), len(given["customers"])
        ours = [one.customer for one in routing.route_day(given, 0, list(range(1, n + 1)), options.seconds).stops]
        theirs = best_order(inst, 0, list(range(1, n + 1)))
        found = []
        for order in (ours, theirs):
            nodes = [0, *order, 0]
            way = sum(float(inst.matrix[a, b]) for a, b in pairwise(nodes))
            broken = len(routing.check(given, {"routes": [{"day": 0, "stops": order}]}))
            found.append(f"{way:>10.1f}{broken:>8}")
        print(f"{n:>8}{''.join(found)}")


if __name__ == "__main__":
    main()
