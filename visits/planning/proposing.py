"""Working a draft out: the solver's answer as visits with times, held against what is planned."""

from __future__ import annotations

import datetime
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from visits.planning import solving
from visits.planning.differences import DROPPED, LEFT, MOVED, NEW, SAME, Change, Now, changes
from visits.planning.instances import Built, Remark, build
from visits.planning.models import DraftVisit, PlanDraft, State
from visits.planning.routes import Route, Stop, ordered, timed
from visits.planning.situation import Planned, Situation, situation_of

Tell = Callable[[int, int], None]


@dataclass
class Found:
    now: Situation
    built: Built
    answer: solving.Answer
    seconds: float


def propose(
    draft: PlanDraft, tell: Tell = lambda done, total: None, stopped: Callable[[], bool] | None = None
) -> Found:
    """Read and search; nothing is written. Takes the draft's seconds."""
    begun = time.monotonic()
    now = situation_of(draft.visitor, draft.first, draft.last)
    built = build(now)
    answer = solving.solve(built.given, draft.seconds, tell, stopped)
    return Found(now, built, answer, time.monotonic() - begun)


@transaction.atomic
def keep(draft: PlanDraft, found: Found) -> None:
    """Write a proposal down with its draft; one that was there goes.

    Raises ValidationError when it breaks a rule, which would be a mistake of ours: nothing is stored.
    """
    now, answer = found.now, found.answer
    if answer.violations:
        text = _("The plan that was found breaks a rule, so it is not kept: %(rule)s")
        raise ValidationError(text % {"rule": answer.violations[0]}, code="violation")
    held = PlanDraft.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if held.state not in (State.WAITING, State.READY):
        raise ValidationError(_("This draft is %(state)s.") % {"state": held.get_state_display()}, code="state")
    rows, after = _visits(draft, now, found.built, answer)
    before = plan_now(now)
    counts = {kind: sum(one.change == kind for one in rows) for kind in (SAME, MOVED, NEW, DROPPED, LEFT)}
    draft.result = {
        **counts,
        "minutes": round(sum(one.minutes for one in after.values()), 1),
        "km": round(sum(one.km for one in after.values()), 1),
        "minutes_before": round(sum(one.minutes for one in before.values()), 1),
        "km_before": round(sum(one.km for one in before.values()), 1),
        "days": len(after),
        "travel": now.legs.source,
        "drives": now.legs.drives,
        "home": None if now.is_home_told else list(now.home),  # where somebody lives is kept in one place
        "back": {
            str(day): [round(one.departs), round(one.back), round(one.km, 1), round(one.minutes)]
            for day, one in after.items()
        },
        "remarks": [_told(one) for one in (*found.built.remarks, *_not_served(found))],
        "took": round(found.seconds, 1),
    }
    draft.seen = {str(one.id): one.version for one in now.visits}
    draft.state = State.READY
    DraftVisit.objects.filter(draft=draft).delete()
    DraftVisit.objects.bulk_create(rows, batch_size=500)
    draft.save(update_fields=["result", "seen", "state"])


def _told(one: Remark) -> dict[str, Any]:
    return {**asdict(one), "day": None if one.day is None else str(one.day)}


def _not_served(found: Found) -> list[Remark]:
    """One of each customer."""
    told = {}
    for one in found.answer.unserved:
        entry = found.built.entries[one.key]
        day = None if one.day is None else found.now.first + datetime.timedelta(days=one.day)
        told.setdefault(entry.customer_id, Remark(entry.customer_id, one.reason, day, one.amount))
    return list(told.values())


def plan_now(now: Situation) -> dict[datetime.date, Route]:
    """The days as they are planned: in the order of their times, those without one where they fit best."""
    found = {}
    for day in sorted({one.day for one in now.visits}):
        route = route_now(now, day)
        if route.stops:
            found[day] = route
    return found


def route_now(now: Situation, day: datetime.date) -> Route:
    visits = now.on(day)
    stops = [stop for one in visits if (stop := now.stop_of(one)) is not None]
    shift = now.shift_of(day)
    if all(one.begins is not None for one in visits if one.customer_id in now.places):
        return timed(stops, now.legs, shift)
    return ordered(stops, now.legs, shift)


def _visits(
    draft: PlanDraft, now: Situation, built: Built, answer: solving.Answer
) -> tuple[list[DraftVisit], dict[datetime.date, Route]]:
    days: dict[int, list[datetime.date]] = defaultdict(list)
    for index, keys in answer.routes.items():
        for key in keys:
            if built.entries[key].visit is None:
                days[built.entries[key].customer_id].append(now.first + datetime.timedelta(days=index))
    unserved = built.unserved | {built.entries[one.key].customer_id for one in answer.unserved}
    movable: dict[int, list[Planned]] = defaultdict(list)
    for one in now.visits:
        if not one.is_agreed:
            movable[one.customer_id].append(one)
    found: dict[tuple[int, datetime.date], Change] = {}
    off_route: list[tuple[int, Change]] = []
    for customer_id in sorted({*days, *movable}):
        held = [Now(one.id, one.day, one.keep) for one in movable[customer_id]]
        served = customer_id not in unserved and customer_id in now.places
        for change in changes(held, days[customer_id], served):
            if change.kind in (DROPPED, LEFT):
                off_route.append((customer_id, change))
            elif change.after is not None:
                found[customer_id, change.after] = change
    visits = {one.id: one for one in now.visits}
    rows, routes = [], {}
    for index, keys in sorted(answer.routes.items()):
        if not keys:
            continue
        day = now.first + datetime.timedelta(days=index)
        route, entries = _route(now, built, day, keys)
        routes[day] = route
        for position, (stop, entry) in enumerate(zip(route.stops, entries, strict=True), 1):
            change = found.get((entry.customer_id, day))
            visit = entry.visit or (visits.get(change.visit_id or 0) if change else None)
            rows.append(
                DraftVisit(
                    draft=draft,
                    customer_id=entry.customer_id,
                    visit_id=visit.id if visit else None,
                    change=SAME if entry.visit else change.kind if change else NEW,
                    before=visit.day if visit else None,
                    day=day,
                    position=position,
                    arrives=round(stop.arrives),
                    begins=round(stop.begins),
                    minutes=stop.stop.minutes,
                    leg_minutes=round(stop.leg_minutes, 2),
                    leg_km=round(stop.leg_km, 2),
                    is_agreed=entry.visit is not None,
                )
            )
    for one in now.visits:  # agreed with somebody whose place is not known
        if one.is_agreed and one.customer_id not in now.places:
            off_route.append((one.customer_id, Change(LEFT, one.id, one.day, one.day)))
    for customer_id, change in off_route:
        visit = visits[change.visit_id or 0]
        rows.append(
            DraftVisit(
                draft=draft,
                customer_id=customer_id,
                visit_id=visit.id,
                change=change.kind,
                before=visit.day,
                day=change.after,
                minutes=visit.minutes,
                is_agreed=visit.is_agreed,
            )
        )
    return rows, routes


def _route(now: Situation, built: Built, day: datetime.date, keys: list[str]) -> tuple[Route, list]:
    """The solver's order with our times."""
    numbered = [
        Stop(n, built.stops[key].place, built.stops[key].minutes, built.stops[key].windows)
        for n, key in enumerate(keys)
    ]
    shift = built.shifts.get(day, now.shift_of(day))
    route = timed(numbered, now.legs, shift)
    return route, [built.entries[keys[one.stop.key]] for one in route.stops]
