"""Instances made up by seed, small enough to be tried out by hand or whole."""

import random

from visits.plan import routing


def square(n_days=4, **more):
    """Home in the middle, four customers 10 away to each side; 1 unit is 1 minute."""
    places = [(10, 0), (0, 10), (-10, 0), (0, -10)]
    customers = [{"id": f"c{i}", "x": x, "y": y, "frequency": 1} for i, (x, y) in enumerate(places, 1)]
    return {
        "format": "visitplan-instance/1",
        "name": "square",
        "metric": "euclidean",
        "speed": 1.0,
        "horizon_days": n_days,
        "vehicles_per_day": 1,
        "depot": {"x": 0, "y": 0},
        "customers": customers,
        **more,
    }


def territory(seed, n=8, horizon=14, *, tight=False):
    """One manager, closed days, cadences, opening hours with a pause at noon, closed weekdays, fixed visits."""
    dice = random.Random(seed)
    days = [{"vehicles": int(t % 7 < 5 and dice.random() > 0.1)} for t in range(horizon)]
    customers = []
    for i in range(n):
        f = dice.choice([1, 1, 2, 3])
        gap = horizon / f
        row = {
            "id": i + 1,
            "lat": 31.0 + dice.uniform(-0.5, 0.5),
            "lon": 121.0 + dice.uniform(-0.5, 0.5),
            "service_minutes": dice.choice([20, 30, 45, 60]),
            "demand": dice.choice([0, 1, 2]),
            "frequency": f,
            "min_gap_days": max(1, int(gap * 0.6)),
            "max_gap_days": min(horizon, int(gap * 1.5) + 1),
        }
        way = dice.random()
        if way < 0.3:
            row["time_windows"] = [[510, 720], [840, 1020]]
        elif way < 0.4:
            row["time_windows"] = [[600, 700]]
        if dice.random() < 0.2:
            closed = dice.randrange(5)
            row["allowed_days"] = [t for t in range(horizon) if t % 7 != closed]
        customers.append(row)
    return {
        "format": "visitplan-instance/1",
        "name": f"t{seed}",
        "metric": "haversine",
        "detour_factor": 1.3,
        "speed": 0.9167,
        "horizon_days": horizon,
        "days": days,
        "max_minutes": dice.choice([120, 200]) if tight else 540,
        "start_minute": 480,
        "end_minute": 1080,
        "capacity": dice.choice([None, 3]) if tight else None,
        "depot": {"lat": 31.0, "lon": 121.0},
        "customers": customers,
    }


def periodic(seed, n=9, horizon=3, vehicles=2, capacity=12):
    """Several vehicles a day, loads, and sets of days to choose from."""
    dice = random.Random(seed)
    customers = []
    for i in range(n):
        f = dice.choice([1, 1, 2, 3])
        patterns = {1: [[0], [1], [2]], 2: [[0, 1], [1, 2]], 3: [[0, 1, 2]]}[f]
        customers.append(
            {
                "id": i + 1,
                "x": dice.uniform(-50, 50),
                "y": dice.uniform(-50, 50),
                "service_minutes": 2,
                "demand": dice.randrange(1, 5),
                "frequency": f,
                "patterns": patterns,
            }
        )
    return {
        "format": "visitplan-instance/1",
        "name": f"p{seed}",
        "metric": "euclidean",
        "speed": 1.0,
        "horizon_days": horizon,
        "vehicles_per_day": vehicles,
        "max_minutes": 400,
        "capacity": capacity,
        "depot": {"x": 0, "y": 0},
        "customers": customers,
    }


def solved(instance, turns=150, seed=0, **more):
    return routing.plan(instance, 60.0, seed, iterations=turns, **more)


def stops(plan):
    return [(route.day, [stop.customer for stop in route.stops]) for route in plan.routes]
