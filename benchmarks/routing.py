"""Visit plans beside those made by hand: way, broken rules, and how the search grows with the territory.

    python -m benchmarks.routing [--instances FOLDER] [--only F060a,p05] [--seconds 20] [--growth 50,100,200]

Without a folder, territories made up by seed are planned. A folder holds instances of the format in docs/routing.md;
where one names its best known way (`bks`), the gap to it is told. Beside the search stand three plans as one would make
them by hand: days filled in turn and each stop the nearest; the map cut like a cake, a piece a weekday; each customer
into the days where it costs least and every day put into its best order; and, where PyVRP is installed, the first of
these with each day put into order by it (`rival.py`). Seconds are of the process's CPU.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import random
from collections.abc import Callable
from pathlib import Path

from benchmarks import rival
from visits.plan import routing
from visits.routing.instance import Instance, Wanted, read

Row = dict[str, object]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.routing", description=__doc__.split("\n")[0])
    parser.add_argument("--instances", type=Path, help="folder with instances (default: made-up territories)")
    parser.add_argument("--only", help="names of instances, separated by commas")
    parser.add_argument("--seconds", type=float, default=2.0, help="CPU seconds a plan (default 2)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--growth", default="50,100", help="customers of the growth table (default 50,100)")
    parser.add_argument("--no-baselines", action="store_true", help="the search alone")
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")
    options = parser.parse_args()
    if options.instances:
        names = (
            options.only.split(",") if options.only else sorted(one.stem for one in options.instances.glob("*.json"))
        )
        instances = [json.loads((options.instances / f"{name}.json").read_text()) for name in names]
    else:
        instances = [territory(30, 28, 1), territory(60, 28, 2)]
    rows = [compare(one, options.seconds, options.seed, not options.no_baselines) for one in instances]
    grown = [growth(int(n), options.seconds, options.seed) for n in options.growth.split(",") if n]
    if options.json:
        print(json.dumps({"instances": rows, "growth": grown}))
        return
    show(rows)
    gaps = [row["gap_percent"] for row in rows if "gap_percent" in row]
    if gaps:
        print(f"mean gap {sum(gaps) / len(gaps):.2f} %, worst {max(gaps):.2f} %")
    show(grown)


def show(rows: list[Row]) -> None:
    if not rows:
        return
    names = list(dict.fromkeys(name for row in rows for name in row))
    print("\n" + "  ".join(f"{name:>16}" for name in names))
    for row in rows:
        print("  ".join(f"{row.get(name, ''):>16}" for name in names))


def compare(instance: dict, seconds: float, seed: int, baselines: bool) -> Row:
    plan = routing.plan(instance, seconds, seed)
    row: Row = {"instance": instance["name"], "search": round(plan.distance, 1)}
    row["broken"] = len(routing.check(instance, plan))
    row["unserved"] = len(plan.unserved)
    if instance.get("bks"):
        row["gap_percent"] = round(100 * (plan.distance / instance["bks"] - 1), 2)
    if baselines:
        inst = read(instance)
        for name, routes in (
            ("round_robin", by_turns(inst)),
            ("sweep", by_cake(inst)),
            ("insertion", by_insertion(inst, instance)),
            *([("turns+pyvrp", by_rival(inst))] if rival.is_there() else []),
        ):
            rows = [{"day": t, "stops": [inst.customers[c - 1].id for c in stops]} for t, stops in routes if stops]
            length = sum(way(inst, stops) for _t, stops in routes)
            broken = len(routing.check(instance, {"routes": rows}))
            row[name] = f"{length / plan.distance:.2f}x/{broken}" if plan.distance else ""
    return row


def growth(n: int, seconds: float, seed: int) -> Row:
    instance = territory(n, 28 if n <= 100 else 91, seed)
    short = routing.plan(instance, seconds / 4, seed)
    plan = routing.plan(instance, seconds, seed)
    return {
        "customers": n,
        "days": instance["horizon_days"],
        "visits": sum(row["frequency"] for row in instance["customers"]),
        "unserved": len(plan.unserved),
        "turns_a_second": round(plan.turns / max(plan.cpu, 1e-9)),
        "way": round(plan.distance, 1),
        "at_a_quarter": f"{short.distance / plan.distance:.3f}x" if plan.distance else "",
    }


# --- plans made by hand ---------------------------------------------------------------------------------------


def days_for(one: Wanted, cost: Callable[[int], float]) -> list[int]:
    """The cheapest set of days a customer may have; empty if there is none."""
    if one.patterns is not None:
        return list(min(one.patterns, key=lambda days: sum(map(cost, days)), default=()))
    best = {t: (cost(t), [t]) for t in one.days if t <= one.first_by}
    for _visit in range(one.frequency - 1):
        step = {}
        for t in one.days:
            before = [best[s] for s in best if one.low <= t - s <= one.high]
            if before:
                length, days = min(before)
                step[t] = (length + cost(t), [*days, t])
        best = step
    return min(((length, days) for t, (length, days) in best.items() if t >= one.last_from), default=(0, []))[1]


def way(inst: Instance, stops: list[int]) -> float:
    nodes = [0, *stops, 0]
    return float(sum(inst.matrix[a, b] for a, b in itertools.pairwise(nodes))) if stops else 0.0


def nearest(inst: Instance, stops: list[int]) -> list[int]:
    left, here, order = set(stops), 0, []
    while left:
        here = min(left, key=lambda c: (inst.matrix[here, c], c))
        left.remove(here)
        order.append(here)
    return order


def cars(inst: Instance, t: int, stops: list[int]) -> list[tuple[int, list[int]]]:
    """One route, or as many as the day has cars, filled one after the other by load."""
    day = inst.days[t]
    if day.vehicles <= 1:
        return [(t, nearest(inst, stops))]
    routes: list[list[int]] = [[]]
    load = 0.0
    for c in stops:
        more = inst.customers[c - 1].demand
        if day.capacity is not None and load + more > day.capacity and len(routes) < day.vehicles:
            routes.append([])
            load = 0.0
        routes[-1].append(c)
        load += more
    return [(t, nearest(inst, route)) for route in routes]


def by_turns(inst: Instance) -> list[tuple[int, list[int]]]:
    """Each customer into the days that are emptiest so far."""
    count: dict[int, list[int]] = {}
    for c, one in enumerate(inst.customers, 1):
        for t in days_for(one, lambda t: float(len(count.get(t, [])))):
            count.setdefault(t, []).append(c)
    return [route for t, stops in count.items() for route in cars(inst, t, stops)]


def by_rival(inst: Instance) -> list[tuple[int, list[int]]]:
    """The calendar filled in turn, each of its routes put into order by another solver: what a route app does."""
    return [(t, rival.best_order(inst, t, stops)) for t, stops in by_turns(inst)]


def by_cake(inst: Instance) -> list[tuple[int, list[int]]]:
    """The map cut into as many pieces as there are weekdays; a piece is visited on its weekday where that may be."""
    rows = sorted(range(1, len(inst.customers) + 1), key=lambda c: angle(inst, c))
    pieces = min(5, len(inst.days))
    found: dict[int, list[int]] = {}
    for place, c in enumerate(rows):
        piece = place * pieces // max(1, len(rows))

        def cost(t: int, piece: int = piece) -> float:
            apart = abs(t % 7 - piece)
            return min(apart, 7 - apart) + 0.01 * len(found.get(t, []))

        for t in days_for(inst.customers[c - 1], cost):
            found.setdefault(t, []).append(c)
    return [route for t, stops in found.items() for route in cars(inst, t, stops)]


def angle(inst: Instance, c: int) -> float:
    rows, home = inst.given["customers"], inst.given.get("depot", {})
    across, up = ("x", "y") if inst.metric == "euclidean" else ("lon", "lat")
    return math.atan2(rows[c - 1][up] - home[up], rows[c - 1][across] - home[across])


def by_insertion(inst: Instance, instance: dict) -> list[tuple[int, list[int]]]:
    """Where each costs least way, as long as the day's minutes allow; then each day in its best order."""
    found: dict[int, list[int]] = {}
    for c, one in sorted(enumerate(inst.customers, 1), key=lambda row: (-row[1].frequency, len(row[1].days))):

        def cost(t: int, c: int = c, one: Wanted = one) -> float:
            stops = found.get(t, [])
            nodes = [0, *stops, 0]
            D = inst.matrix
            if not stops:
                return float(D[0, c] + D[c, 0])
            more = min(float(D[a, c] + D[c, b] - D[a, b]) for a, b in itertools.pairwise(nodes))
            busy = way(inst, stops) / inst.speed + sum(inst.customers[s - 1].service for s in stops)
            longest = inst.days[t].max_minutes
            full = longest is not None and busy + more / inst.speed + one.service > longest * inst.days[t].vehicles
            return more + (1e6 if full else 0.0)

        for t in days_for(one, cost):
            stops = found.setdefault(t, [])
            nodes = [0, *stops, 0]
            D = inst.matrix
            at = min(
                range(len(stops) + 1), key=lambda i: D[nodes[i], c] + D[c, nodes[i + 1]] - D[nodes[i], nodes[i + 1]]
            )
            stops.insert(at, c)
    routes = []
    number = {one.id: c for c, one in enumerate(inst.customers, 1)}
    for t, stops in found.items():
        if inst.days[t].vehicles > 1:
            routes += cars(inst, t, stops)
            continue
        route = routing.route_day(instance, t, [inst.customers[c - 1].id for c in stops], iterations=200)
        order = [number[stop.customer] for stop in route.stops]
        routes.append((t, order + [c for c in stops if c not in order]))
    return routes


def territory(n: int, horizon: int, seed: int) -> dict:
    """A manager's territory: towns, weekends off, three cadences, opening hours, a pause at noon for some."""
    dice = random.Random(seed)
    towns = [(dice.uniform(-0.8, 0.8), dice.uniform(-0.8, 0.8)) for _town in range(max(2, n // 12))]
    months = horizon / 28
    rows = []
    for i in range(n):
        up, across = dice.choice(towns) if dice.random() < 0.6 else (dice.uniform(-0.9, 0.9), dice.uniform(-0.9, 0.9))
        f = max(1, round(months * dice.choices([0.5, 1, 2], [6, 3, 1])[0]))
        gap = horizon / f
        rows.append(
            {
                "id": i + 1,
                "lat": 31.0 + up + dice.gauss(0, 0.03),
                "lon": 121.0 + across + dice.gauss(0, 0.03),
                "service_minutes": dice.choice([15, 20, 30]),
                "frequency": f,
                "min_gap_days": max(1, int(gap * 0.6)),
                "max_gap_days": min(horizon, int(gap * 1.4) + 1),
                "time_windows": dice.choice([[[480, 1080]], [[480, 1080]], [[510, 750], [870, 1080]]]),
            }
        )
    return {
        "format": "visitplan-instance/1",
        "name": f"T{n}",
        "metric": "haversine",
        "detour_factor": 1.3,
        "speed": 0.9167,
        "horizon_days": horizon,
        "days": [{"vehicles": int(t % 7 < 5)} for t in range(horizon)],
        "max_minutes": 540,
        "start_minute": 450,
        "end_minute": 1140,
        "depot": {"lat": 31.0, "lon": 121.0},
        "customers": rows,
    }


if __name__ == "__main__":
    main()
