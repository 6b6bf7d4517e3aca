"""An instance in the neutral format ("visitplan-instance/1"), looked over field by field."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

EARTH = 6371.0088
METRICS = ("euclidean", "haversine", "matrix")
MOST_DAYS = 1100
MOST_CUSTOMERS = 5000


class InvalidInstance(Exception):
    """What is given makes no sense: which field, and why."""

    def __init__(self, field: str, reason: str):
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Day:
    """Minutes count from local midnight. frozen: its routes are kept as they are."""

    vehicles: int
    max_minutes: float | None
    start_minute: float | None
    end_minute: float | None
    capacity: float | None
    start_node: int = 0
    end_node: int = 0
    frozen: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """A customer and what its visits must keep to.

    days: those it may be visited on, in order. patterns: the sets of days it may have, or None if they follow from
    frequency and gaps. must: days that are fixed. before: its days in the plan told before.
    """

    id: Any
    service: float
    demand: float
    frequency: int
    days: tuple[int, ...]
    patterns: tuple[tuple[int, ...], ...] | None
    low: int
    high: int
    first_by: int
    last_from: int
    windows: tuple[tuple[float, float], ...]
    must: frozenset[int] = frozenset()
    before: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Instance:
    name: str
    metric: str
    speed: float
    days: tuple[Day, ...]
    customers: tuple[Wanted, ...]
    matrix: np.ndarray
    move_penalty: float = 0.0
    given: Mapping[str, Any] = field(default_factory=dict)


def read(given: Mapping[str, Any]) -> Instance:
    """Look an instance over; raises InvalidInstance with the first field that makes no sense."""
    if not isinstance(given, Mapping):
        raise InvalidInstance("instance", "not an object")
    metric = given.get("metric")
    if metric not in METRICS:
        raise InvalidInstance("metric", f"not one of {', '.join(METRICS)}")
    speed = _number(given, "speed", "speed", 1.0)
    if not speed > 0:
        raise InvalidInstance("speed", "not above 0")
    horizon = _whole(given, "horizon_days", "horizon_days", None)
    if not 1 <= horizon <= MOST_DAYS:
        raise InvalidInstance("horizon_days", f"not from 1 to {MOST_DAYS}")
    rows = given.get("customers")
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InvalidInstance("customers", "not a list")
    if len(rows) > MOST_CUSTOMERS:
        raise InvalidInstance("customers", f"more than {MOST_CUSTOMERS}")
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise InvalidInstance(f"customers[{i}]", "not an object")
    places: list[Mapping] = []
    days = _days(given, horizon, len(rows), metric, places)
    matrix = _matrix(given, metric, rows, places)
    open_days = [t for t, day in enumerate(days) if day.vehicles > 0]
    fixed = _fixed(given, rows, days, horizon)
    before = _before(given, horizon)
    seen: set[str] = set()
    customers = []
    for i, row in enumerate(rows):
        where = f"customers[{i}]"
        if "id" not in row:
            raise InvalidInstance(f"{where}.id", "missing")
        key = str(row["id"])
        if key in seen:
            raise InvalidInstance(f"{where}.id", f"{key} is there twice")
        seen.add(key)
        customers.append(
            _customer(row, where, horizon, open_days, days, fixed.get(key, frozenset()), before.get(key, ()))
        )
    return Instance(
        name=str(given.get("name", "")),
        metric=metric,
        speed=speed,
        days=tuple(days),
        customers=tuple(customers),
        matrix=matrix,
        move_penalty=_number(given, "move_penalty", "move_penalty", 0.0),
        given=given,
    )


def _customer(row, where, horizon, open_days, days, must, before) -> Wanted:
    windows = _windows(row, where, days, open_days)
    patterns = None
    if row.get("patterns"):
        patterns = _patterns(row, where, horizon, set(open_days), must)
        frequency = min((len(p) for p in patterns), default=len(row["patterns"][0]))
        allowed = tuple(sorted({t for p in patterns for t in p}))
        low, high, first_by, last_from = 1, horizon, horizon, 0
    else:
        if row.get("patterns") is not None:
            raise InvalidInstance(f"{where}.patterns", "no set of days")
        frequency = _whole(row, "frequency", f"{where}.frequency", None)
        if frequency < 1:
            raise InvalidInstance(f"{where}.frequency", "below 1")
        low = _whole(row, "min_gap_days", f"{where}.min_gap_days", 1)
        high = _whole(row, "max_gap_days", f"{where}.max_gap_days", horizon)
        if low > high:
            raise InvalidInstance(f"{where}.min_gap_days", f"{low} is above max_gap_days {high}")
        if low < 0:
            raise InvalidInstance(f"{where}.min_gap_days", "below 0")
        if (frequency - 1) * max(1, low) >= horizon:
            least = (frequency - 1) * max(1, low) + 1
            raise InvalidInstance(f"{where}.frequency", f"{frequency} visits so far apart need {least} days")
        first_by = _whole(row, "first_by", f"{where}.first_by", high - 1)
        last_from = _whole(row, "last_from", f"{where}.last_from", horizon - high)
        chosen = row.get("allowed_days")
        if chosen is not None:
            chosen = _day_list(chosen, f"{where}.allowed_days", horizon)
        ok = set(open_days) if chosen is None else set(open_days) & set(chosen)
        allowed = tuple(sorted(ok))
        for t in must:
            if t not in ok:
                raise InvalidInstance("fixed_visits", f"{row['id']} may not be visited on day {t}")
    return Wanted(
        id=row["id"],
        service=_number(row, "service_minutes", f"{where}.service_minutes", 0.0, least=0.0),
        demand=_number(row, "demand", f"{where}.demand", 0.0, least=0.0),
        frequency=frequency,
        days=allowed,
        patterns=patterns,
        low=max(1, low),
        high=high,
        first_by=first_by,
        last_from=last_from,
        windows=windows,
        must=must,
        before=before,
    )


def _patterns(row, where, horizon, open_days, must):
    found = []
    rows = row["patterns"]
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InvalidInstance(f"{where}.patterns", "not a list")
    for p in rows:
        days = tuple(sorted(_day_list(p, f"{where}.patterns", horizon)))
        if not days or len(set(days)) < len(days):
            raise InvalidInstance(f"{where}.patterns", "a set of days is empty or names one twice")
        found.append(days)
    if must and not any(must <= set(p) for p in found):
        raise InvalidInstance("fixed_visits", f"{row['id']}: no allowed set of days holds {sorted(must)}")
    return tuple(p for p in found if must <= set(p) and open_days.issuperset(p))


def _windows(row, where, days, open_days):
    rows = row.get("time_windows") or []
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise InvalidInstance(f"{where}.time_windows", "not a list")
    found = []
    for one in rows:
        if not isinstance(one, Sequence) or len(one) != 2 or not all(_is_number(x) for x in one):
            raise InvalidInstance(f"{where}.time_windows", "not pairs of minutes")
        begin, end = float(one[0]), float(one[1])
        if begin > end:
            raise InvalidInstance(f"{where}.time_windows", f"[{begin:g}, {end:g}] ends before it begins")
        found.append((begin, end))
    for (_a, end), (begin, _b) in itertools.pairwise(found):
        if begin < end:
            raise InvalidInstance(f"{where}.time_windows", "overlap or are not in order")
    shifts = [(days[t].start_minute or 0.0, days[t].end_minute) for t in open_days]
    if found and shifts:
        inside = any(
            begin <= (math.inf if to is None else to) and end >= since for begin, end in found for since, to in shifts
        )
        if not inside:
            raise InvalidInstance(f"{where}.time_windows", "outside the shift of every day")
    return tuple(found)


def _days(given, horizon, n, metric, places) -> list[Day]:
    rows = given.get("days") or [{}] * horizon
    if not isinstance(rows, Sequence) or len(rows) != horizon:
        raise InvalidInstance("days", f"not a list of {horizon}")
    capacity = given.get("capacity")
    if isinstance(capacity, Sequence) and not isinstance(capacity, str):
        if len(capacity) != horizon:
            raise InvalidInstance("capacity", f"not a list of {horizon}")
        capacities = list(capacity)
    else:
        capacities = [capacity] * horizon
    found = []
    for t, row in enumerate(rows):
        row = row or {}
        where = f"days[{t}]"
        if not isinstance(row, Mapping):
            raise InvalidInstance(where, "not an object")
        vehicles = row.get("vehicles", given.get("vehicles_per_day", 1))
        if not isinstance(vehicles, int) or isinstance(vehicles, bool) or vehicles < 0:
            raise InvalidInstance(f"{where}.vehicles", "not a whole number from 0")
        limits = {}
        for name in ("max_minutes", "start_minute", "end_minute"):
            value = row.get(name, given.get(name))
            if value is not None and not _is_number(value):
                raise InvalidInstance(f"{where}.{name}", "not a number")
            limits[name] = None if value is None else float(value)
        if limits["max_minutes"] is not None and limits["max_minutes"] < 0:
            raise InvalidInstance(f"{where}.max_minutes", "below 0")
        if limits["end_minute"] is not None and limits["end_minute"] < (limits["start_minute"] or 0.0):
            raise InvalidInstance(f"{where}.end_minute", "before start_minute")
        room = capacities[t]
        if room is not None and (not _is_number(room) or room < 0):
            raise InvalidInstance("capacity", "not a number from 0")
        nodes = {}
        for name in ("start", "end"):
            place = row.get(name)
            if place is None:
                nodes[f"{name}_node"] = 0
                continue
            if not isinstance(place, Mapping):
                raise InvalidInstance(f"{where}.{name}", "not an object")
            if metric == "matrix":
                at = place.get("row")
                if not isinstance(at, int) or isinstance(at, bool) or at <= n:
                    raise InvalidInstance(f"{where}.{name}.row", "not a row of the matrix after the customers")
                nodes[f"{name}_node"] = at
                places.append(place)
                continue
            _point(place, f"{where}.{name}", metric)
            nodes[f"{name}_node"] = 1 + n + len(places)
            places.append(place)
        found.append(Day(vehicles=vehicles, capacity=None if room is None else float(room), **limits, **nodes))
    return found


def _matrix(given, metric, rows, places) -> np.ndarray:
    if metric == "matrix":
        try:
            matrix = np.array(given.get("distance_matrix"), float)
        except (TypeError, ValueError):
            matrix = np.zeros(0)
        size = 1 + max([len(rows), *(place["row"] for place in places)])
        if matrix.shape != (size, size):
            raise InvalidInstance("distance_matrix", f"not {size} rows of {size} numbers")
        if not np.isfinite(matrix).all() or (matrix < 0).any():
            raise InvalidInstance("distance_matrix", "holds something that is no distance")
        return matrix
    depot = given.get("depot")
    if not isinstance(depot, Mapping):
        raise InvalidInstance("depot", "missing")
    points = [_point(depot, "depot", metric)]
    points += [_point(row, f"customers[{i}]", metric) for i, row in enumerate(rows)]
    points += [_point(place, "days", metric) for place in places]
    detour = _number(given, "detour_factor", "detour_factor", 1.0) or 1.0
    if detour < 0:
        raise InvalidInstance("detour_factor", "below 0")
    at = np.array(points, float)
    if metric == "euclidean":
        return np.sqrt(((at[:, None, :] - at[None, :, :]) ** 2).sum(-1)) * detour
    at = np.radians(at)
    lat = at[:, None, 0] - at[None, :, 0]
    lon = at[:, None, 1] - at[None, :, 1]
    h = np.sin(lat / 2) ** 2 + np.cos(at[:, None, 0]) * np.cos(at[None, :, 0]) * np.sin(lon / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(np.clip(h, 0, 1))) * detour


def _point(row: Mapping, where: str, metric: str) -> tuple[float, float]:
    names = ("x", "y") if metric == "euclidean" else ("lat", "lon")
    for name in names:
        if not _is_number(row.get(name)):
            raise InvalidInstance(f"{where}.{name}", "missing or not a number")
    first, second = float(row[names[0]]), float(row[names[1]])
    if metric == "haversine":
        if not -90 <= first <= 90:
            raise InvalidInstance(f"{where}.lat", "not from -90 to 90")
        if not -180 <= second <= 180:
            raise InvalidInstance(f"{where}.lon", "not from -180 to 180")
    return first, second


def _fixed(given, rows, days, horizon) -> dict[str, frozenset[int]]:
    found: dict[str, set[int]] = {}
    known = {str(row["id"]) for row in rows if "id" in row}
    pairs = given.get("fixed_visits") or []
    if not isinstance(pairs, Sequence) or isinstance(pairs, str):
        raise InvalidInstance("fixed_visits", "not a list")
    for pair in pairs:
        if not isinstance(pair, Sequence) or isinstance(pair, str) or len(pair) != 2:
            raise InvalidInstance("fixed_visits", "not pairs of customer and day")
        key, day = str(pair[0]), pair[1]
        if key not in known:
            raise InvalidInstance("fixed_visits", f"no customer {key}")
        _day_list([day], "fixed_visits", horizon)
        if days[day].vehicles == 0:
            raise InvalidInstance("fixed_visits", f"{key}: day {day} is closed")
        found.setdefault(key, set()).add(day)
    return {key: frozenset(found[key]) for key in found}


def _before(given, horizon) -> dict[str, tuple[int, ...]]:
    previous = given.get("previous_plan") or {}
    if not isinstance(previous, Mapping):
        raise InvalidInstance("previous_plan", "not an object")
    return {str(key): tuple(sorted(set(_day_list(days, "previous_plan", horizon)))) for key, days in previous.items()}


def _day_list(days: Any, where: str, horizon: int) -> list[int]:
    if not isinstance(days, Iterable) or isinstance(days, str):
        raise InvalidInstance(where, "not a list of days")
    found = list(days)
    for t in found:
        if not isinstance(t, int) or isinstance(t, bool) or not 0 <= t < horizon:
            raise InvalidInstance(where, f"{t!r} is no day from 0 to {horizon - 1}")
    return found


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _number(row: Mapping, name: str, where: str, default: float, least: float | None = None) -> float:
    value = row.get(name, default)
    if value is None:
        value = default
    if not _is_number(value):
        raise InvalidInstance(where, "not a number")
    if least is not None and value < least:
        raise InvalidInstance(where, f"below {least:g}")
    return float(value)


def _whole(row: Mapping, name: str, where: str, default: int | None) -> int:
    value = row.get(name)
    if value is None:
        value = default
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidInstance(where, "missing" if value is None else "not a whole number")
    return value
