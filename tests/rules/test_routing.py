"""The plan of visits: that it keeps every rule, names what it leaves out, and finds what trying everything finds."""

import itertools
import json
import math
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.rules.territories import periodic, solved, square, stops, territory
from tests.source import ROOT
from visits.plan import routing

SEEDS = st.integers(min_value=0, max_value=10_000)


def unplaced(plan):
    return {one.customer for one in plan.unserved}


# --- every rule is kept, or what is left out is named ------------------------------------------------------------


@settings(max_examples=8)
@given(SEEDS, st.booleans())
def test_a_territory_breaks_nothing_and_names_what_it_leaves_out(seed, tight):
    instance = territory(seed, tight=tight)
    plan = solved(instance, 30, seed)
    assert routing.check(instance, plan) == []
    placed = set(plan.days)
    assert placed | unplaced(plan) == {row["id"] for row in instance["customers"]}
    assert placed & unplaced(plan) == set()


@settings(max_examples=8)
@given(SEEDS, st.sampled_from([5, 9, 14]))
def test_several_vehicles_and_loads(seed, capacity):
    instance = periodic(seed, capacity=capacity)
    plan = solved(instance, 40, seed)
    assert routing.check(instance, plan) == []
    assert set(plan.days) | unplaced(plan) == {row["id"] for row in instance["customers"]}


def test_the_same_seed_gives_the_same_plan_and_another_may_not():
    instance = territory(5, n=12)
    one, two = solved(instance, 80, 3), solved(instance, 80, 3)
    assert stops(one) == stops(two)
    assert one.plain() == two.plain()


def test_more_turns_find_shorter_plans():
    """Each seed's path differs with its length, so of one plan nothing can be promised; of five together it holds."""
    instances = [periodic(seed, n=12, capacity=30) for seed in range(5)]
    few, some, many = (sum(solved(one, turns).distance for one in instances) for turns in (2, 30, 250))
    assert few > some >= many


# --- against everything tried -----------------------------------------------------------------------------------


def shortest(points):
    """The shortest round from home through all of them, by trying every order."""
    return min(
        sum(math.dist(a, b) for a, b in itertools.pairwise([(0, 0), *order, (0, 0)]))
        for order in itertools.permutations(points)
    )


@pytest.mark.parametrize("seed", range(3))
def test_as_short_as_trying_everything(seed):
    """Two days, two visits for some, at most 60 of load a day: all sets of days, all orders."""
    instance = periodic(seed, n=5, horizon=3, vehicles=1, capacity=None)
    instance["max_minutes"] = None
    rows = instance["customers"]
    best = math.inf
    for chosen in itertools.product(*(row["patterns"] for row in rows)):
        total = 0.0
        for t in range(3):
            points = [(row["x"], row["y"]) for row, days in zip(rows, chosen) if t in days]
            total += shortest(points) if points else 0.0
        best = min(best, total)
    assert solved(instance, 400, seed).distance == pytest.approx(best, abs=1e-6)


def by_hand(instance, order):
    """Length of a round in that order, or None if it breaks a window (one a customer) or the day's length."""
    rows = {row["id"]: row for row in instance["customers"]}
    clock, here, length, waited, spare = 0.0, (0, 0), 0.0, 0.0, math.inf
    for name in order:
        row = rows[name]
        leg = math.dist(here, (row["x"], row["y"]))
        clock, length, here = clock + leg, length + leg, (row["x"], row["y"])
        for begin, end in row.get("time_windows", [])[:1]:
            if clock > end:
                return None
            waited += max(0.0, begin - clock)
            clock = max(clock, begin)
            spare = min(spare, end - clock + waited)
        clock += row["service_minutes"]
    leg = math.dist(here, (0, 0))
    length += leg
    if instance["max_minutes"] and clock + leg - min(waited, spare) > instance["max_minutes"]:
        return None
    return length


@pytest.mark.parametrize("seed", range(3))
def test_one_day_with_windows_as_short_as_trying_everything(seed):
    instance = periodic(seed, n=6, horizon=1, vehicles=1, capacity=None)
    for i, row in enumerate(instance["customers"]):
        row.update(frequency=1, patterns=[[0]])
        if i % 2:
            row["time_windows"] = [[60 * (i // 2), 60 * (i // 2) + 150]]
    instance["max_minutes"] = 380
    lengths = [by_hand(instance, order) for order in itertools.permutations(range(1, 7))]
    best = min((one for one in lengths if one is not None), default=None)
    route = routing.route_day(instance, 0, iterations=300)
    if best is None:
        assert route.unserved
    else:
        assert route.unserved == ()
        assert route.distance == pytest.approx(best, abs=1e-6)


# --- figures by hand ------------------------------------------------------------------------------------------


def test_times_of_a_route():
    """Out at 8:00 at the earliest; c1 opens at 8:40, so one leaves at 8:30: 10 out, 30 there, 14.14 on, 10 home."""
    instance = square(1, start_minute=480, end_minute=1080, max_minutes=540)
    instance["customers"] = instance["customers"][:2]
    instance["customers"][0].update(service_minutes=30, time_windows=[[520, 600]])
    instance["customers"][1].update(service_minutes=5)
    (route,) = solved(instance, 20).routes
    leg = math.sqrt(200)
    if route.stops[0].customer == "c1":
        assert (route.departure, route.stops[0].arrival, route.stops[0].start) == (510, 520, 520)
        assert route.stops[1].arrival == pytest.approx(550 + leg)
        assert route.back == pytest.approx(550 + leg + 5 + 10)
    else:
        assert route.stops[1].arrival == pytest.approx(520)
    assert route.minutes == pytest.approx(20 + leg + 35)
    assert route.distance == pytest.approx(20 + leg)


def test_the_pause_at_noon_is_kept():
    instance = square(1, start_minute=480, end_minute=1080)
    for row in instance["customers"]:
        row.update(service_minutes=60, time_windows=[[480, 600], [800, 1000]])
    plan = solved(instance, 60)
    assert routing.check(instance, plan) == []
    starts = [stop.start for route in plan.routes for stop in route.stops]
    assert all(480 <= one <= 600 or 800 <= one <= 1000 for one in starts)
    assert sum(one <= 600 for one in starts) == 2


def test_moved_visits_are_counted_and_paid_for():
    instance = square(2, previous_plan={"c1": [0], "c2": [0], "c3": [1], "c4": [1]}, move_penalty=0.0)
    alone = solved(instance, 60)
    assert alone.distance == pytest.approx(20 + 3 * math.sqrt(200))  # all on one day
    assert alone.moved == 2
    dear = solved({**instance, "move_penalty": 100.0}, 60)
    assert dear.moved == 0
    assert dear.objective == pytest.approx(2 * (20 + math.sqrt(200)))


def test_even_days_when_asked_for():
    instance = square(2)
    for row in instance["customers"]:
        row["service_minutes"] = 60
    assert len(solved(instance, 60).routes) == 1
    assert [len(route.stops) for route in solved(instance, 60, balance=5.0).routes] == [2, 2]


def test_a_night_away_begins_and_ends_where_the_day_says():
    instance = square(1, metric="haversine", speed=1.0, detour_factor=1.0, depot={"lat": 0, "lon": 0})
    instance["customers"] = [{"id": 1, "lat": 0, "lon": 2, "frequency": 1}]
    instance["days"] = [{"start": {"lat": 0, "lon": 1}, "end": {"lat": 0, "lon": 3}}]
    plan = solved(instance, 5)
    assert plan.distance == pytest.approx(2 * math.radians(1) * 6371.0088)
    assert routing.check(instance, plan) == []


def test_a_night_away_may_be_a_row_of_the_matrix():
    """Out from home (0) by c1 to the inn (3), where the next day begins, and by c2 home."""
    instance = square(2, metric="matrix")
    instance["customers"] = [
        {**row, "allowed_days": [n], "first_by": n, "last_from": 0} for n, row in enumerate(instance["customers"][:2])
    ]
    instance["days"] = [{"end": {"row": 3}}, {"start": {"row": 3}}]
    instance["distance_matrix"] = [[0, 1, 10, 90], [1, 0, 90, 2], [10, 90, 0, 20], [90, 2, 20, 0]]
    plan = solved(instance, 20)
    assert (plan.distance, stops(plan)) == (33, [(0, ["c1"]), (1, ["c2"])])
    assert routing.check(instance, plan) == []


def test_a_matrix_may_be_another_way_back():
    instance = square(1, metric="matrix")
    instance["customers"] = instance["customers"][:2]
    instance["distance_matrix"] = [[0, 1, 9], [9, 0, 1], [1, 9, 0]]
    plan = solved(instance, 20)
    assert (plan.distance, stops(plan)) == (3, [(0, ["c1", "c2"])])
    assert routing.check(instance, plan) == []


# --- fixed, frozen, changed ---------------------------------------------------------------------------------


def test_fixed_visits_are_kept():
    instance = territory(11, n=10)
    free = solved(instance, 40)
    name, days = next((name, days) for name, days in free.days.items() if len(days) == 1)
    others = [t for t, day in enumerate(instance["days"]) if day["vehicles"] and t != days[0]]
    fixed = {**instance, "fixed_visits": [[name, others[0]]]}
    for row in fixed["customers"]:
        row.pop("allowed_days", None) if row["id"] == name else None
    plan = solved(fixed, 40)
    assert plan.days[name] == [others[0]]
    assert routing.check(fixed, plan) == []


@pytest.mark.parametrize("seed", [1, 2, 3])
@pytest.mark.parametrize("at", [[], [[400, 400]]])
def test_a_promise_far_away_is_kept_though_many_would_fit_instead(seed, at):
    """The day is one or the other: eight shops around home, or the one that was promised, three hours away."""
    near = [
        {"id": f"c{n}", "x": 5 * math.cos(n), "y": 5 * math.sin(n), "service_minutes": 20, "allowed_days": [0]}
        for n in range(8)
    ]
    far = {"id": "far", "x": 0, "y": 180, "service_minutes": 40, "allowed_days": [0], "time_windows": at}
    instance = {
        "format": "visitplan-instance/1",
        "metric": "euclidean",
        "horizon_days": 1,
        "max_minutes": 401,
        "start_minute": 200,
        "end_minute": 650,
        "depot": {"x": 0, "y": 0},
        "customers": [{**one, "frequency": 1, "min_gap_days": 1, "max_gap_days": 1} for one in (*near, far)],
    }
    assert set(solved(instance, 60, seed).days) == {one["id"] for one in near}
    promised = {**instance, "fixed_visits": [["far", 0]]}
    plan = solved(promised, 60, seed)
    assert routing.check(promised, plan) == []
    assert [one.customer for route in plan.routes for one in route.stops] == ["far"]
    assert unplaced(plan) == {one["id"] for one in near}


@settings(max_examples=6)
@given(st.integers(0, 500))
def test_what_is_past_stays_and_little_else_moves(seed):
    instance = territory(seed, n=8, horizon=14)
    before = solved(instance, 60, seed)
    lost = next(t for t in range(8, 14) if instance["days"][t]["vehicles"])
    days = [dict(day) for day in instance["days"]]
    days[lost]["vehicles"] = 0
    after = routing.replan({**instance, "days": days}, before, 6, iterations=80, seconds=60, move_penalty_km=1000)
    assert [one for one in stops(after) if one[0] < 6] == [one for one in stops(before) if one[0] < 6]
    assert all(route.day != lost for route in after.routes)
    broken = routing.check({**instance, "days": days}, after)
    assert [one for one in broken if one.customer not in unplaced(after)] == []


def test_a_customer_who_left_and_one_who_came():
    instance = square(4)
    for row in instance["customers"]:
        row["max_gap_days"] = 4
    before = solved(instance, 60)
    rows = [row for row in instance["customers"] if row["id"] != "c1"]
    rows.append({"id": "new", "x": 20, "y": 0, "frequency": 1, "first_by": 3})
    changed = {**instance, "customers": rows, "horizon_start": "2026-01-05"}
    import datetime

    after = routing.replan(changed, before.plain(), datetime.date(2026, 1, 6), iterations=80, seconds=60)
    assert "c1" not in after.days
    assert after.days["new"][0] >= 1
    assert routing.check({**changed, "previous_plan": {}}, after) == []


# --- what does not fit ---------------------------------------------------------------------------------------


def test_what_a_day_lacks_is_said():
    """Each takes 20 of way and 30 of service; 60 minutes take one of them, two take 20 + 14.14 + 60."""
    instance = square(1, max_minutes=60)
    for row in instance["customers"]:
        row["service_minutes"] = 30
    plan = solved(instance, 60)
    assert len(plan.days) == 1
    assert {(one.visit, one.reason, one.day) for one in plan.unserved} == {(1, "too_long", 0)}
    assert len(plan.unserved) == 3
    lacking = sorted(round(one.minutes, 2) for one in plan.unserved)
    assert lacking == [34.14, 34.14, 40.0]
    assert routing.check(instance, plan) == []


def test_no_room_and_no_days_are_said():
    instance = square(2, capacity=1, days=[{}, {"vehicles": 0}])
    for row in instance["customers"]:
        row["demand"] = 1
    plan = solved(instance, 60)
    assert {(one.reason, one.load, one.day) for one in plan.unserved} == {("no_room", 1.0, 0)}
    instance = square(10, days=[{"vehicles": int(t in (0, 9))} for t in range(10)])
    instance["customers"][0].update(frequency=2, min_gap_days=2, max_gap_days=6)
    plan = solved(instance, 20)
    assert [(one.customer, one.reason, one.max_gap) for one in plan.unserved] == [("c1", "no_days", 9)] * 2
    assert set(plan.days) == {"c2", "c3", "c4"}


def test_nothing_to_do():
    for instance in (square(3, customers=[]), square(2, vehicles_per_day=0)):
        plan = solved(instance, 5)
        assert plan.routes == ()
        assert unplaced(plan) == {row["id"] for row in instance["customers"]}


# --- the checker ---------------------------------------------------------------------------------------------


def kinds(instance, *routes, unserved=()):
    rows = [{"day": t, "stops": list(names)} for t, names in routes]
    return sorted(one.kind for one in routing.check(instance, {"routes": rows, "unserved": list(unserved)}))


def test_each_kind_of_violation_is_found():
    fine = square(4, max_minutes=100)
    assert kinds(fine, (0, ["c1", "c2", "c3", "c4"])) == []
    assert kinds(fine, (0, ["c1", "c2", "c3"])) == ["missing"]
    assert kinds(fine, (0, ["c1", "c2", "c3"]), unserved=["c4"]) == []
    assert kinds(fine, (0, ["c1", "c2", "c3", "c4", "c9"])) == ["unknown_customer"]
    assert kinds(fine, (0, ["c1", "c2", "c3", "c4"]), (7, ["c1"])) == ["unknown_day"]
    assert kinds(fine, (0, ["c1", "c2"]), (0, ["c3", "c4"])) == ["too_many_routes"]
    assert kinds({**fine, "max_minutes": 60}, (0, ["c1", "c2", "c3", "c4"])) == ["too_long"]
    assert kinds({**fine, "days": [{"vehicles": 0}, {}, {}, {}]}, (0, ["c1", "c2", "c3", "c4"])) == ["closed"]
    assert kinds({**fine, "fixed_visits": [["c1", 2]]}, (0, ["c1", "c2", "c3", "c4"])) == ["fixed"]
    assert kinds(fine, (0, ["c1", "c2", "c3", "c4"]), (1, ["c1"])) == ["cadence"]
    assert kinds(fine, (0, ["c1", "c1", "c2", "c3", "c4"])) == ["cadence", "twice"]
    heavy = square(4, capacity=3)
    for row in heavy["customers"]:
        row["demand"] = 1
    assert kinds(heavy, (0, ["c1", "c2", "c3", "c4"])) == ["overloaded"]
    late = square(4)
    late["customers"][0]["time_windows"] = [[0, 9]]
    assert kinds(late, (0, ["c1", "c2", "c3", "c4"])) == ["late"]
    days = square(4)
    days["customers"][0]["allowed_days"] = [1]
    assert kinds(days, (0, ["c1", "c2", "c3", "c4"])) == ["days"]
    days["customers"][0]["patterns"] = [[2]]
    assert kinds(days, (0, ["c1", "c2", "c3", "c4"])) == ["days"]


# --- plain Python, and the judge ----------------------------------------------------------------------------------


PLAIN = """
import json, sys
from visits.plan import routing
from visits.routing.compiling import COMPILED
plan = routing.plan(json.load(sys.stdin), 60, 3, iterations=40)
print(json.dumps([COMPILED, plan.plain()]))
"""


def test_without_numba_the_same_plan_comes_out():
    instance = territory(5, n=10)
    run = subprocess.run(
        [sys.executable, "-c", PLAIN],
        input=json.dumps(instance).encode(),
        env={**os.environ, "QIAO_PLAIN": "1"},
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    compiled, plan = json.loads(run.stdout)
    assert compiled is False
    assert plan == json.loads(json.dumps(solved(instance, 40, 3).plain()))


def test_cancelled_at_once_it_still_answers():
    told = []
    instance = territory(5, n=10)
    plan = routing.plan(instance, 60, progress=told.append, cancel=lambda: len(told) >= 1)
    assert routing.check(instance, plan) == []
    assert plan.cpu < 30


def test_a_year_is_planned_week_by_week():
    instance = territory(3, n=6, horizon=196)
    for row in instance["customers"]:
        row.update(frequency=3, min_gap_days=40, max_gap_days=90)
    plan = solved(instance, 60)
    assert plan.method == "weeks"
    assert routing.check(instance, plan) == []
    assert plan.unserved == ()
