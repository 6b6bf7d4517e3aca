"""A situation as the solver's instance ("visitplan-instance/1"), and what its answer says of customers and days.

What is agreed cuts a customer's stretch into parts: each part is one entry of the instance with its own first and last
day, so that the rhythm holds across what does not move, and across the borders of the stretch.
"""

from __future__ import annotations

import datetime
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import Any

from visits.planning.routes import HARDLY, Shift, Stop, timed
from visits.planning.situation import Planned, Shop, Situation
from visits.planning.wanting import Rule, Wanted, fitted, wanted

SLACK = 1.0
"""Minutes by which a day is made longer than a promise needs, so that nothing is lost by the last bit of a sum."""
MOVE_KM = 10
"""What moving a told visit must save, at the least. Measured: routing.md §6."""
NO_DAY, NO_HOUR, NO_PLACE = "no_day", "no_hour", "no_place"
LATE, CLASH, OFF, STRETCHED = "overdue", "clash", "day_off", "stretched"
NOTES = (LATE, CLASH, OFF, STRETCHED)
"""Said, though the visit is there."""
ANY = Rule(1, 400, 400)


@dataclass(frozen=True, slots=True)
class Entry:
    """Of the instance: visits of a customer in a part, or one visit that is agreed."""

    key: str
    customer_id: int
    visit: Planned | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """Something people should know. code: NO_DAY to STRETCHED, or what the solver says. amount: minutes or days."""

    customer_id: int
    code: str
    day: datetime.date | None = None
    amount: float = 0.0


@dataclass
class Built:
    """given: the neutral instance. shifts: of the days as they are in it."""

    given: dict[str, Any]
    entries: dict[str, Entry]
    shifts: dict[datetime.date, Shift]
    stops: dict[str, Stop]
    remarks: list[Remark] = field(default_factory=list)
    unserved: set[int] = field(default_factory=set)


def build(now: Situation, *, move_km: float = MOVE_KM) -> Built:
    kmh = _speed(now)
    built = Built({}, {}, dict(now.working), {})
    agreed = _agreed(now, built)
    rows, fixed, previous = [], [], {}
    movable = defaultdict(list)
    for one in now.visits:
        if not one.is_agreed:
            movable[one.customer_id].append(one)
    for shop in now.shops.values():
        if shop.point is None:
            if shop.rule is not None or movable[shop.id]:
                built.remarks.append(Remark(shop.id, NO_PLACE))
            continue
        fixed_days = sorted(agreed[shop.id], key=lambda one: one.day)
        for one in fixed_days:
            key = f"v{one.id}"
            stop = built.stops[key]
            built.entries[key] = Entry(key, shop.id, one)
            index = (one.day - now.first).days
            rows.append(_row(key, stop, 1, allowed_days=[index], first_by=index, last_from=0))
            fixed.append([key, index])
        for number, (since, until) in enumerate(_parts(now, shop, fixed_days)):
            _part(now, shop, number, since, until, movable[shop.id], built, rows, previous)
    place = {"home": 0} | {row["id"]: built.stops[row["id"]].place for row in rows}
    order = list(place.values())
    away = sorted({at for shift in built.shifts.values() for at in (shift.begins_at, shift.ends_at)} - {0})
    row_of = {at: len(order) + n for n, at in enumerate(away)}
    order += away
    built.given = {
        "format": "visitplan-instance/1",
        "name": f"{now.first} {now.last}",
        "metric": "matrix",
        "speed": 1.0,
        "horizon_days": now.horizon,
        "days": [_day(built.shifts.get(now.first + datetime.timedelta(days=n)), row_of) for n in range(now.horizon)],
        "distance_matrix": [[now.legs.minutes[a][b] for b in order] for a in order],
        "customers": rows,
        "fixed_visits": fixed,
        "previous_plan": previous,
        "move_penalty": move_km * 60 / kmh,
    }
    return built


def _speed(now: Situation) -> float:
    """Km in an hour over all legs, so that a penalty in km can be told in minutes."""
    minutes = sum(map(sum, now.legs.minutes))
    return sum(map(sum, now.legs.km)) * 60 / minutes if minutes else 60.0


def _day(shift: Shift | None, row_of: dict[int, int]) -> dict[str, Any]:
    """row_of: rows of the matrix by places to sleep at."""
    if shift is None:
        return {"vehicles": 0}
    ends = {"start": shift.begins_at, "end": shift.ends_at}
    return {
        **{name: {"row": row_of[at]} for name, at in ends.items() if at},
        "vehicles": 1,
        "start_minute": shift.start,
        "end_minute": shift.end,
        "max_minutes": shift.end - shift.start,
    }


def _row(key: str, stop: Stop, frequency: int, **more: Any) -> dict[str, Any]:
    return {
        "id": key,
        "service_minutes": stop.minutes,
        "frequency": frequency,
        "min_gap_days": 1,
        "max_gap_days": ANY.high,
        "time_windows": [list(one) for one in stop.windows],
        **more,
    }


def _agreed(now: Situation, built: Built) -> dict[int, list[Planned]]:
    """Those that stay, with days and hours made so that they can: a promise is no rule to be broken by a plan."""
    found: dict[int, list[Planned]] = defaultdict(list)
    by_day: dict[datetime.date, list[Planned]] = defaultdict(list)
    for one in now.visits:
        if one.is_agreed:
            if one.customer_id in now.places:
                found[one.customer_id].append(one)
                by_day[one.day].append(one)
            else:
                built.remarks.append(Remark(one.customer_id, NO_PLACE, day=one.day))
    for day, visits in by_day.items():
        if day not in now.working:
            built.remarks += [Remark(one.customer_id, OFF, day=day) for one in visits]
        shift = now.shift_of(day)
        row: list[Stop] = []
        for one in sorted(visits, key=lambda one: (one.begins is None, one.begins or 0, one.id)):
            stop = now.stop_of(one)
            assert stop is not None
            first = shift.start
            if stop.windows:
                first = stop.windows[0][0] - now.legs.minutes[shift.begins_at][stop.place] - SLACK
            wide = replace(shift, start=min(shift.start, first))
            route = timed([*row, stop], now.legs, wide)
            if route.late > HARDLY:  # two promises that nobody can keep
                built.remarks.append(Remark(one.customer_id, CLASH, day=day))
                stop = Stop(stop.key, stop.place, stop.minutes)
                route = timed([*row, stop], now.legs, wide)
            row.append(stop)
            shift = replace(wide, end=max(wide.end, route.back + SLACK))
        built.shifts[day] = shift
        built.stops |= {f"v{one.key}": one for one in row}
    return found


def _parts(now: Situation, shop: Shop, fixed: list[Planned]) -> list[tuple[int | None, int | None]]:
    """The stretches between what is agreed: (day before, day after), as indices."""
    days = [(one.day - now.first).days for one in fixed]
    seen = None if shop.seen is None else (shop.seen - now.first).days
    return list(zip([seen, *days], [*days, None], strict=True))


def _part(
    now: Situation,
    shop: Shop,
    number: int,
    since: int | None,
    until: int | None,
    movable: list[Planned],
    built: Built,
    rows: list[dict[str, Any]],
    previous: dict[str, list[int]],
) -> None:
    low, high = (-1 if since is None or since < 0 else since), (now.horizon if until is None else until)
    before = [one for one in movable if low < (one.day - now.first).days < high]
    keep = [one for one in before if one.keep]
    in_charge = bool(shop.charge)
    if shop.rule is not None and in_charge:
        opened = 0 if shop.opened_on is None else (shop.opened_on - now.first).days
        opens = max(0, (shop.charge[0][0] - now.first).days, opened, low + 1)
        asked = wanted(shop.rule, now.horizon, since=since, until=until, opens=opens, at_least=len(keep))
        rule = shop.rule
    else:
        count = len(before)
        asked = Wanted(count, low + 1, high - 1, high - 1, 0) if count else None
        rule = ANY
    if asked is None:
        return
    if asked.overdue:
        built.remarks.append(Remark(shop.id, LATE))
    minutes = max((one.minutes for one in before), default=now.minutes)
    open_days = [
        day
        for day in now.working
        if asked.earliest <= (day - now.first).days <= asked.latest and shop.may_be_visited(day)
    ]
    # Half a day off may leave only hours in which the door is shut.
    days = [(day - now.first).days for day in open_days if now.windows_of(shop, minutes, now.working[day])]
    key = f"c{shop.id}.{number}"
    windows = now.windows_of(shop, minutes)
    if not days or not windows:
        built.remarks.append(Remark(shop.id, NO_HOUR if open_days else NO_DAY))
        built.unserved.add(shop.id)
        return
    fit = fitted(asked, rule, days)
    if fit is None:
        built.remarks.append(Remark(shop.id, NO_DAY))
        built.unserved.add(shop.id)
        return
    if fit.stretched:
        built.remarks.append(Remark(shop.id, STRETCHED, amount=fit.stretched))
    stop = Stop(0, now.places[shop.id], minutes, windows)
    built.entries[key], built.stops[key] = Entry(key, shop.id), stop
    rows.append(
        _row(
            key,
            stop,
            fit.frequency,
            allowed_days=days,
            min_gap_days=fit.low,
            max_gap_days=fit.high,
            first_by=fit.first_by,
            last_from=fit.last_from,
        )
    )
    told = sorted({(one.day - now.first).days for one in before})
    if told:
        previous[key] = told
