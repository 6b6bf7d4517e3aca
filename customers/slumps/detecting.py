"""The nightly run: learns the days since the saved state, and brings the alerts up to what it found.

Nightly or replayed from the first day of the ledger, the alerts of a day are the same. A day before the last run is
only worked out and told, never written: alerts speak of now.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

import numpy as np
from django.db import transaction

from crm.clock import now, today
from crm.money import from_minor
from customers.profile.models import Customer
from customers.relationship.slumpreplay import Replay, Silence, Slump
from customers.relationship.slumprule import SENSITIVITIES, VERSION, Groups, Rule, State, is_daily, smallest_drop
from customers.relationship.slumps import day_number, day_of
from customers.slumps import feed, keeping
from customers.slumps.calendar import BrandCalendar
from customers.slumps.models import Kind, SlumpAlert, SlumpSetting
from customers.slumps.models import State as Progress
from customers.slumps.network import Learned
from customers.slumps.schools import SchoolCalendar

BEHIND = datetime.timedelta(days=14)
"""The saved state stands so far behind: reports and corrections may come so late without a full replay."""
DRAWN = datetime.timedelta(days=150)
"""Slumps that began before that are kept without the days of their chart."""
BATCH = 500
_FOUR = Decimal("0.0001")
FIGURES = (
    "third_day", "last_day", "closed_on", "settled", "withdrawn", "days", "depth", "expected", "got", "lost", "swing",
    "smallest", "peers", "back", "learning", "sensitivity", "rule_version",
)  # fmt: skip


@dataclass
class Found:
    """examined: customers with daily sales. alerts: those on at as_of, unsaved where nothing was written."""

    as_of: datetime.date
    examined: int = 0
    opened: int = 0
    closed: int = 0
    changed: int = 0
    withdrawn: int = 0
    alerts: list[SlumpAlert] = field(default_factory=list)
    since: datetime.date | None = None
    written: bool = True
    seconds: float = 0.0

    @property
    def open(self) -> int:
        return sum(one.kind == Kind.SLUMP for one in self.alerts)

    @property
    def silent(self) -> int:
        return sum(one.kind == Kind.SILENT for one in self.alerts)


def setting() -> SlumpSetting:
    return SlumpSetting.objects.filter(pk=1).first() or SlumpSetting(pk=1)


def rule_of(chosen: SlumpSetting) -> Rule:
    base = SENSITIVITIES[chosen.sensitivity]
    return Rule(**{**vars(base), "silent_after": chosen.silent_after})


@transaction.atomic
def detect(
    *,
    as_of: datetime.date | None = None,
    full: bool = False,
    tell: Callable[[int, int], None] | None = None,
) -> Found:
    """Learn up to the close of as_of (default: today). full: from the ledger's first day, whatever was saved."""
    began = time.monotonic()
    SlumpSetting.objects.get_or_create(pk=1)
    chosen = SlumpSetting.objects.select_for_update().get(pk=1)  # two runs wait for each other
    as_of = as_of or max(today(), chosen.as_of or today())
    writing = chosen.as_of is None or as_of >= chosen.as_of
    rule, name = rule_of(chosen), keeping.rule_name(chosen.sensitivity, chosen.silent_after)
    kept = None if full or not writing else keeping.load(name)
    if kept and (kept.as_of > as_of or feed.spoke_of_before(kept.as_of, kept.last_line, kept.made_at)):
        kept = None
    found = Found(as_of, written=writing)
    since = feed.first_month()
    if since is None:
        if writing:
            _write(found, [], None, chosen)
            Learned().write(datetime.date.min)
        return _done(found, began)
    rows = feed.shops()
    line = feed.last_line()
    replay, first = _from(rows, kept, rule, as_of, since)
    found.since = first
    network = _learn(replay, rows, first, as_of, name if writing else None, line, tell)
    replay.finish()
    living = (rows.closed == 0) | (rows.closed > day_number(as_of))
    found.examined = int((is_daily(replay.state, day_number(as_of)) & living).sum())
    alerts = _alerts(replay, rows, as_of, chosen, rule)
    if writing:
        _write(found, alerts, kept.as_of if kept else None, chosen)
        network.write(first if kept else datetime.date.min)
    else:
        found.alerts = _with_customers([one for one in alerts if one.closed_on is None])
        found.opened = sum(one.third_day == as_of for one in alerts)
        found.closed = sum(one.closed_on == as_of for one in alerts)
    return _done(found, began)


def _done(found: Found, began: float) -> Found:
    found.seconds = round(time.monotonic() - began, 3)
    return found


def _from(rows, kept, rule, as_of, beginning) -> tuple[Replay, datetime.date]:
    n = len(rows.ids)
    groups = Groups(rows.kinds, rows.regions)
    tracked = day_number(as_of - DRAWN)
    if kept is None:
        return Replay(State.empty(n), groups, rule, tracked), beginning
    where = np.searchsorted(rows.ids, kept.ids)
    there = (where < n) & (rows.ids[np.minimum(where, n - 1)] == kept.ids)
    state = kept.state.taken(np.flatnonzero(there)).placed(where[there], n)
    return Replay(state, groups, rule, tracked), kept.as_of + datetime.timedelta(days=1)


def _learn(replay, rows, first, as_of, name, line, tell) -> Learned:
    """Day by day; on the way the state that the next nights begin from is put away."""
    calendar, schools, network = BrandCalendar(), SchoolCalendar(rows.region_ids), Learned()
    keep_at, total = day_number(as_of - BEHIND), max((as_of - first).days + 1, 1)
    for n, day in enumerate(feed.days(rows, first, as_of)):
        school = schools.of(day.number)
        told = replay.step(day.number, day.sales, day.promo, school, calendar.of(day.number), day.reported)
        network.take(day.number, told.network, told.among)
        if day.number == keep_at and name is not None:
            keeping.save(as_of - BEHIND, rows.ids, replay.state, line, name)
        if tell is not None and n % 7 == 0:
            tell(n, total)
    return network


# --- what was found, as rows -------------------------------------------------------------------------------------


def _alerts(replay: Replay, rows, as_of, chosen, rule) -> list[SlumpAlert]:
    made = [_slump(one, rows, as_of, chosen, rule) for one in replay.slumps.values()]
    made += [_silence(one, rows, as_of, chosen) for one in replay.silences.values()]
    return [one for one in made if one is not None]


def _closing(closed: int, row: int, rows, as_of) -> datetime.date | None:
    """Sales are back, or the customer has closed for good."""
    last = int(rows.closed[row])
    if last and last <= day_number(as_of) and (not closed or last < closed):
        return day_of(last) if last > 1 else as_of
    return day_of(closed) if closed else None


def _slump(one: Slump, rows, as_of, chosen, rule) -> SlumpAlert:
    got, expected = _money(one.got), _money(one.expected)
    third = day_of(one.opened)
    closed_on = _closing(one.closed, one.row, rows, as_of)
    return SlumpAlert(
        customer_id=int(rows.ids[one.row]),
        kind=Kind.SLUMP.value,
        first_day=day_of(one.first_bad),
        third_day=third,
        last_day=day_of(one.last_bad),
        closed_on=None if closed_on is None else max(closed_on, third),
        settled=one.settled,
        withdrawn=False,
        days=one.days,
        depth=_share(one.depth),
        expected=expected,
        got=got,
        lost=max(expected - got, from_minor(0)),
        swing=_share(one.swing),
        smallest=_share(float(smallest_drop(np.log1p(one.swing), rule))),
        peers=_share(one.peers),
        back=None if one.back is None else _share(one.back),
        learning=one.learning,
        sensitivity=chosen.sensitivity,
        rule_version=VERSION,
        as_of=as_of,
        evidence=[
            [
                day_of(point.day).isoformat(),
                round(point.expected, 2),
                round(point.expected * float(np.exp(-point.swing)), 2),
                round(point.expected * float(np.exp(point.swing)), 2),
            ]
            for point in one.points
            if closed_on is None or day_of(point.day) <= closed_on
        ],
    )


def _silence(one: Silence, rows, as_of, chosen) -> SlumpAlert | None:
    if 0 < rows.closed[one.row] <= one.told:
        return None  # it has closed for good: nobody waits for its reports
    closed_on = _closing(one.closed, one.row, rows, as_of)
    return SlumpAlert(
        customer_id=int(rows.ids[one.row]),
        kind=Kind.SILENT.value,
        first_day=day_of(one.since),
        third_day=day_of(one.told),
        last_day=day_of(one.told),
        closed_on=None if closed_on is None else max(closed_on, day_of(one.told)),
        settled=False,
        withdrawn=False,
        days=0,
        learning=False,
        sensitivity=chosen.sensitivity,
        rule_version=VERSION,
        as_of=as_of,
        evidence=[],
    )


def _money(value: float) -> Decimal:
    return from_minor(round(value * 100))


def _share(value: float) -> Decimal:
    return Decimal(repr(round(min(max(value, -9.9999), 9.9999), 4))).quantize(_FOUR)


# --- bringing the table up to it ---------------------------------------------------------------------------------


def _write(found: Found, alerts: list[SlumpAlert], learned_until: datetime.date | None, chosen: SlumpSetting) -> None:
    """Only what differs. Of alerts that the figures no longer know those nobody worked on go, the others say so."""
    there = SlumpAlert.objects.select_for_update()
    if learned_until is not None:
        # One that closed shortly before may go on: an alarm within a fortnight of the last is the same slump.
        # Of customers that closed for good the state goes on as it was; their alerts are long over.
        until = learned_until - BEHIND
        there = there.exclude(closed_on__lte=until)
        alerts = [one for one in alerts if one.closed_on is None or one.closed_on > until]
    stored = {(one.customer_id, one.kind, one.first_day): one for one in there}
    wanted = {(one.customer_id, one.kind, one.first_day): one for one in alerts}
    gone = [one for key, one in stored.items() if key not in wanted and _may_go(one, learned_until)]
    untouched = [one.pk for one in gone if one.state in (Progress.OPEN, Progress.RECOVERED) and not one.called_at]
    SlumpAlert.objects.filter(pk__in=untouched).delete()
    worked_on = [one for one in gone if one.pk not in set(untouched) and not one.withdrawn]
    for one in worked_on:
        one.withdrawn = True
        one.version += 1
    SlumpAlert.objects.bulk_update(worked_on, ["withdrawn", "version"], batch_size=BATCH)
    changed, moment = [], now()
    for key, one in wanted.items():
        if key in stored and _take_over(stored[key], one):
            changed.append(stored[key])
    fresh = [one for key, one in wanted.items() if key not in stored]
    for one in fresh:
        one.state = Progress.RECOVERED if one.closed_on else Progress.OPEN
        one.found_at = moment
    found.closed = sum(one.closed_on is not None for one in changed if getattr(one, "was_on", False))
    # Closed first: a customer has one that is on.
    changed.sort(key=lambda one: one.closed_on is None)
    SlumpAlert.objects.bulk_update(changed, [*FIGURES, "as_of", "evidence", "state", "version"], batch_size=BATCH)
    SlumpAlert.objects.bulk_create(fresh, batch_size=BATCH)
    found.opened = sum(one.closed_on is None for one in fresh)
    found.changed, found.withdrawn = len(changed), len(untouched) + len(worked_on)
    if chosen.as_of != found.as_of:
        chosen.as_of = found.as_of
        chosen.save(update_fields=["as_of"])
    found.alerts = _with_customers(SlumpAlert.objects.standing().filter(closed_on__isnull=True))


def _may_go(one: SlumpAlert, learned_until: datetime.date | None) -> bool:
    """What was found before the days learned now is beyond judgement, unless all days were learned anew."""
    return learned_until is None or one.third_day > learned_until


def _take_over(stored: SlumpAlert, one: SlumpAlert) -> bool:
    """Whether anything differs; a person's words stay as they are."""
    evidence = _joined(stored.evidence, one.evidence)
    if all(getattr(stored, name) == getattr(one, name) for name in FIGURES) and evidence == stored.evidence:
        return False
    stored.was_on = stored.closed_on is None and not stored.withdrawn  # type: ignore[attr-defined]
    for name in FIGURES:
        setattr(stored, name, getattr(one, name))
    stored.evidence, stored.as_of = evidence, one.as_of
    if stored.closed_on is not None and stored.state != Progress.DISMISSED:
        stored.state = Progress.RECOVERED
    elif stored.closed_on is None and stored.state == Progress.RECOVERED:
        stored.state = progress_of(stored)
    return True


def progress_of(alert: SlumpAlert) -> Progress:
    """How far people are with one that is on."""
    if alert.planned_at:
        return Progress.PLANNED
    if alert.cause_id:
        return Progress.DIAGNOSED
    return Progress.CALLED if alert.called_at else Progress.OPEN


def _joined(before: list, after: list) -> list:
    """By day: what was learned now stands over what was learned then."""
    if not after:
        return before
    points = {point[0]: point for point in before}
    points.update((point[0], point) for point in after)
    return [points[day] for day in sorted(points)]


def _with_customers(alerts) -> list[SlumpAlert]:
    if isinstance(alerts, list):
        known = Customer.objects.in_bulk({one.customer_id for one in alerts})
        for one in alerts:
            one.customer = known[one.customer_id]
        return sorted(alerts, key=lambda one: (-one.lost, one.customer_id))
    return list(alerts.select_related("customer").order_by("-lost", "customer_id"))
