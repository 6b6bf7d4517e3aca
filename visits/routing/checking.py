"""Whether a plan keeps everything its instance asks for, worked out anew from both: nothing of the search is used."""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from visits.routing.plans import Plan, rows_of


@dataclass(frozen=True, slots=True)
class Violation:
    """kind: unknown_customer, unknown_day, closed, too_many_routes, too_long, late, overloaded, twice, cadence, days,
    fixed or missing. amount: by how much, in minutes, load or routes."""

    kind: str
    day: int | None = None
    customer: Any = None
    amount: float = 0.0

    def __str__(self) -> str:
        where = "" if self.day is None else f" on day {self.day}"
        who = "" if self.customer is None else f" of customer {self.customer}"
        return f"{self.kind}{who}{where}" + (f" by {self.amount:.2f}" if self.amount else "")


def check(instance: Mapping[str, Any], plan: Plan | Mapping[str, Any]) -> list[Violation]:
    """What a plan breaks, in order of the days. Customers named as unserved, and not visited, break nothing.

    plan: a Plan, or the JSON object of one.
    """
    rows = [(t, stops) for t, stops in rows_of(plan) if stops]
    customers = {str(row["id"]): row for row in instance["customers"]}
    horizon = instance["horizon_days"]
    found: list[Violation] = []
    visited: dict[str, list[int]] = {}
    per_day: dict[int, int] = {}
    for t, stops in sorted(rows, key=lambda row: row[0]):
        if not 0 <= t < horizon:
            found.append(Violation("unknown_day", day=t))
            continue
        unknown = [stop for stop in stops if str(stop) not in customers]
        found.extend(Violation("unknown_customer", day=t, customer=stop) for stop in unknown)
        served = [customers[str(stop)] for stop in stops if str(stop) in customers]
        per_day[t] = per_day.get(t, 0) + 1
        for row in served:
            visited.setdefault(str(row["id"]), []).append(t)
        found.extend(_of_route(instance, t, served))
    for t, count in sorted(per_day.items()):
        allowed = _of_day(instance, t, "vehicles", instance.get("vehicles_per_day", 1))
        if count > allowed:
            found.append(Violation("too_many_routes" if allowed else "closed", day=t, amount=float(count - allowed)))
    for key, row in customers.items():
        days = sorted(visited.get(key, []))
        found.extend(_of_customer(instance, row, days, named=key in _named(plan)))
    for key, t in instance.get("fixed_visits") or []:
        if t not in visited.get(str(key), []):
            found.append(Violation("fixed", day=t, customer=key))
    return found


def _named(plan: Plan | Mapping[str, Any]) -> set[str]:
    if isinstance(plan, Plan):
        return {str(one.customer) for one in plan.unserved}
    return {str(one["customer"] if isinstance(one, Mapping) else one) for one in plan.get("unserved") or []}


def _of_day(instance, t: int, name: str, default: Any = None) -> Any:
    rows = instance.get("days")
    return ((rows[t] if rows else None) or {}).get(name, default)


def _of_route(instance, t: int, stops: Sequence[Mapping]) -> list[Violation]:
    found = []
    home = instance.get("depot")
    first = _of_day(instance, t, "start") or home
    last = _of_day(instance, t, "end") or home
    speed = float(instance.get("speed") or 1.0)
    order = {str(row["id"]): i + 1 for i, row in enumerate(instance["customers"])}

    def way(a: Mapping | None, b: Mapping | None) -> float:
        if instance["metric"] == "matrix":
            one, two = (0 if x is None else order[str(x["id"])] if "id" in x else x.get("row", 0) for x in (a, b))
            return float(instance["distance_matrix"][one][two])
        return _distance(instance, a, b)

    opens = _of_day(instance, t, "start_minute", instance.get("start_minute"))
    closes = _of_day(instance, t, "end_minute", instance.get("end_minute"))
    longest = _of_day(instance, t, "max_minutes", instance.get("max_minutes"))
    begin = 0.0 if opens is None else float(opens)
    clock, waited, spare, load = begin, 0.0, math.inf, 0.0
    places: list[Mapping | None] = [first, *stops, last]
    for (here, there), row in zip(itertools.pairwise(places), stops, strict=False):
        clock += way(here, there) / speed
        windows = row.get("time_windows") or []
        if windows:
            ahead = [w for w in windows if w[1] >= clock - 1e-9]
            if not ahead:
                found.append(Violation("late", t, row["id"], clock - windows[-1][1]))
                spare = 0.0
            else:
                waited += max(0.0, ahead[0][0] - clock)
                clock = max(clock, ahead[0][0])
                spare = min(spare, ahead[0][1] - clock + waited)
        clock += row.get("service_minutes") or 0.0
        load += row.get("demand") or 0.0
    clock += way(places[-2], places[-1]) / speed
    if closes is not None and clock > closes + 1e-4:
        found.append(Violation("late", t, None, clock - closes))
    minutes = clock - begin - min(waited, spare)
    if longest is not None and minutes > longest + 1e-3:
        found.append(Violation("too_long", t, None, minutes - longest))
    room = instance.get("capacity")
    if isinstance(room, Sequence):
        room = room[t]
    if room is not None and load > room + 1e-6:
        found.append(Violation("overloaded", t, None, load - room))
    return [one for one in found if one.kind != "late" or one.amount > 1e-4]


def _distance(instance, a, b) -> float:
    detour = float(instance.get("detour_factor") or 1.0)
    if instance["metric"] == "euclidean":
        return math.hypot(a["x"] - b["x"], a["y"] - b["y"]) * detour
    up = math.radians(a["lat"] - b["lat"])
    across = math.radians(a["lon"] - b["lon"])
    half = math.sin(up / 2) ** 2
    half += math.cos(math.radians(a["lat"])) * math.cos(math.radians(b["lat"])) * math.sin(across / 2) ** 2
    return 2 * 6371.0088 * math.asin(math.sqrt(min(1.0, half))) * detour


def _of_customer(instance, row, days: list[int], named: bool) -> list[Violation]:
    name = row["id"]
    if not days:
        return [] if named else [Violation("missing", customer=name)]
    found = [Violation("twice", day=a, customer=name) for a, b in itertools.pairwise(days) if a == b]
    if row.get("patterns"):
        if days not in [sorted(p) for p in row["patterns"]]:
            found.append(Violation("days", customer=name))
        return found
    horizon = instance["horizon_days"]
    low = row.get("min_gap_days") if row.get("min_gap_days") is not None else 1
    high = row.get("max_gap_days") if row.get("max_gap_days") is not None else horizon
    first_by = row.get("first_by") if row.get("first_by") is not None else high - 1
    last_from = row.get("last_from") if row.get("last_from") is not None else horizon - high
    fine = len(days) == row["frequency"] and days[0] <= first_by and days[-1] >= last_from
    fine = fine and all(low <= b - a <= high for a, b in itertools.pairwise(days))
    if not fine:
        found.append(Violation("cadence", customer=name))
    allowed = row.get("allowed_days")
    if allowed is not None:
        found.extend(Violation("days", day=t, customer=name) for t in days if t not in allowed)
    return found
