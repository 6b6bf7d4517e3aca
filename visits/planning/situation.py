"""What there is to plan with: one person's customers, visits and days in a stretch, read in a few statements."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from statistics import median

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.module_loading import import_string

from crm.accounts.models import User
from crm.workdays import is_working_day
from customers.facts.models import Fact
from customers.profile.models import Customer, Responsibility
from customers.profile.models import State as CustomerState
from visits.plan.models import PlannedVisit, Purpose, VisitGoal
from visits.plan.visiting import is_closed_on
from visits.planning import rhythms
from visits.planning.hours import Hours, read, windows
from visits.planning.learning import learned
from visits.planning.models import LUNCH_MINUTES, USUAL_END, USUAL_LUNCH, USUAL_START, WorkingDay
from visits.planning.nights import HOME, Away, ends
from visits.planning.routes import Legs, Shift, Stop
from visits.planning.travel import Pace, Point, legs
from visits.planning.trip_models import Trip
from visits.planning.wanting import Rule

A_DAY = datetime.timedelta(days=1)


def minutes_of(time: datetime.time) -> int:
    return time.hour * 60 + time.minute


def time_of(minutes: float) -> datetime.time:
    whole = min(24 * 60 - 1, max(0, int(minutes)))
    return datetime.time(whole // 60, whole % 60)


@dataclass(frozen=True, slots=True)
class Shop:
    """charge: spells in which the person looks after it, [since, until); () for one that is only visited."""

    id: int
    name: str
    tier: str
    point: Point | None
    rule: Rule | None
    seen: datetime.date | None
    hours: Hours
    charge: tuple[tuple[datetime.date, datetime.date | None], ...]
    closed_on: datetime.date | None = None
    opened_on: datetime.date | None = None

    def may_be_visited(self, day: datetime.date) -> bool:
        """In charge, opened and not closed, and the door is open on that weekday."""
        if self.opened_on is not None and day < self.opened_on:
            return False
        if self.closed_on is not None and self.closed_on <= day:
            return False
        if day.weekday() in self.hours.shut:
            return False
        return not self.charge or any(a <= day and (b is None or day < b) for a, b in self.charge)


@dataclass(frozen=True, slots=True)
class Planned:
    """begins: minutes from midnight, None where no time is set. keep: planned for more than the rhythm."""

    id: int
    version: int
    customer_id: int
    day: datetime.date
    begins: int | None
    minutes: int
    is_agreed: bool
    keep: bool


@dataclass(frozen=True, slots=True)
class Workday:
    shift: Shift
    lunch: tuple[float, float] | None

    def on(self, part: str) -> Shift | None:
        """What is left of the day when a part of it is taken."""
        if part == "day":
            return None
        middle = self.lunch or ((self.shift.start + self.shift.end) / 2,) * 2
        left = self.shift
        if part == "morning":
            left = Shift(middle[1], self.shift.end)
        elif part == "afternoon":
            left = Shift(self.shift.start, middle[0])
        return left if left.start < left.end else None


@dataclass(frozen=True)
class Situation:
    """working: the days on which visits are made, with their shifts. places: of customers in `legs`; 0 is home.
    nights: of days on a trip, the places it begins and ends at. trips: theirs; who may see them, `trips_seen_by` says.
    is_home_told: home is where the person lives, not the middle of their customers.
    """

    visitor: User
    first: datetime.date
    last: datetime.date
    workday: Workday
    working: dict[datetime.date, Shift]
    shops: dict[int, Shop]
    visits: list[Planned]
    minutes: int
    home: Point
    is_home_told: bool
    legs: Legs
    places: dict[int, int]
    points: list[Point] = field(default_factory=list)
    nights: dict[datetime.date, tuple[int, int]] = field(default_factory=dict)
    trips: list[Trip] = field(default_factory=list)

    @property
    def horizon(self) -> int:
        return (self.last - self.first).days + 1

    def shift_of(self, day: datetime.date) -> Shift:
        """Also of a day on which nobody should work, for the visits that are agreed on it."""
        return self.working.get(day) or self._away(day, self.workday.shift)

    def _away(self, day: datetime.date, shift: Shift) -> Shift:
        begins, ends = self.nights.get(day, (HOME, HOME))
        return replace(shift, begins_at=begins, ends_at=ends)

    def windows_of(self, shop: Shop, minutes: int, shift: Shift | None = None) -> tuple:
        shift = shift or self.workday.shift
        return windows(shop.hours, minutes, shift.start, shift.end, self.workday.lunch)

    def stop_of(self, visit: Planned, timed: bool | None = None) -> Stop | None:
        """A planned visit on a route; one that is agreed for a time begins then. None: nobody knows where it is."""
        if visit.customer_id not in self.places:
            return None
        shop, place = self.shops[visit.customer_id], self.places[visit.customer_id]
        if visit.begins is not None and (visit.is_agreed if timed is None else timed):
            return Stop(visit.id, place, visit.minutes, ((visit.begins, visit.begins),))
        if visit.is_agreed:
            return Stop(visit.id, place, visit.minutes)
        return Stop(visit.id, place, visit.minutes, self.windows_of(shop, visit.minutes, self.shift_of(visit.day)))

    def on(self, day: datetime.date) -> list[Planned]:
        """As the day goes; those without a time last."""
        found = [one for one in self.visits if one.day == day]
        return sorted(found, key=lambda one: (one.begins is None, one.begins or 0, one.id))


def situation_of(
    visitor: User, first: datetime.date, last: datetime.date, *, also: Iterable[int] = (), by_rhythm: bool = True
) -> Situation:
    """also: customers to know the place of beside. by_rhythm False: only whoever is visited then, for what one visit
    more costs.
    """
    rows = PlannedVisit.objects.planned().made_by(visitor.pk).between(first, last)
    rows = rows.annotate(has_goals=Exists(VisitGoal.objects.filter(visit=OuterRef("pk")))).in_order()
    visits = [
        Planned(
            one.pk,
            one.version,
            one.customer_id,
            one.day,
            None if one.starts_at is None else minutes_of(one.starts_at),
            one.minutes,
            one.is_agreed,
            bool(one.purpose != Purpose.ROUTINE or one.note or one.has_goals),
        )
        for one in rows
    ]
    charge: dict[int, list] = defaultdict(list)
    if by_rhythm:
        held = Responsibility.objects.filter(user=visitor, since__lte=last).exclude(until__lte=first)
        for customer_id, since, until in held.order_by("since", "pk").values_list("customer_id", "since", "until"):
            charge[customer_id].append((since, until))
    named = {*also, *(one.customer_id for one in visits)}
    rows = Customer.objects.filter(pk__in={*charge, *named}).select_related("standing").order_by("pk")
    # Who closed before has no rhythm any more; a visit planned there is still told of.
    customers = [one for one in rows if one.pk in named or not is_closed_on(one, first)]
    shops = _shops(customers, charge, first)
    workday, home, pace = workday_of(visitor)
    is_told = home is not None
    if home is None:
        home = _middle(visitor, first, last) or next((one.point for one in shops.values() if one.point), (0.0, 0.0))
    placed = [one for one in shops.values() if one.point is not None]
    trips = list(Trip.objects.filter(person=visitor).touching(first, last))
    all_points = [home, *(one.point for one in placed if one.point), *(one.point for one in trips)]
    spells = [Away(one.first, one.last, 1 + len(placed) + n) for n, one in enumerate(trips)]
    nights = ends(spells, first, last)
    off = rhythms.days_off(visitor, first, last)
    working = {}
    for n in range((last - first).days + 1):
        day = first + n * A_DAY
        shift = workday.on(off.get(day, ""))
        if is_working_day(day) and shift is not None:
            begins_at, ends_at = nights.get(day, (HOME, HOME))
            working[day] = replace(shift, begins_at=begins_at, ends_at=ends_at)
    return Situation(
        visitor=visitor,
        first=first,
        last=last,
        workday=workday,
        working=working,
        shops=shops,
        visits=visits,
        minutes=rhythms.minutes_there(visitor),
        home=home,
        is_home_told=is_told,
        legs=legs(all_points, pace),
        places={one.id: n for n, one in enumerate(placed, 1)},
        points=all_points,
        nights=nights,
        trips=trips,
    )


def _shops(customers: list[Customer], charge: dict[int, list], first: datetime.date) -> dict[int, Shop]:
    ids = [one.pk for one in customers]
    rules, seen = rhythms.of_many(customers, first)
    told = Fact.objects.current().filter(field="opening_hours", customer_id__in=ids).values_list("customer_id", "value")
    hours = {pk: read(value) for pk, value in told}
    return {
        one.pk: Shop(
            id=one.pk,
            name=one.name,
            tier=one.standing.tier if hasattr(one, "standing") else "",
            point=None
            if one.wgs_latitude is None or one.wgs_longitude is None
            else (one.wgs_latitude, one.wgs_longitude),
            rule=rules[one.pk],
            seen=seen.get(one.pk),
            hours=hours.get(one.pk, Hours()),
            charge=tuple(charge.get(one.pk, ())),
            opened_on=one.opened_on,
            closed_on=(one.closed_on or datetime.date.min) if one.state == CustomerState.CLOSED else None,
        )
        for one in customers
    }


def _middle(visitor: User, first: datetime.date, last: datetime.date) -> Point | None:
    """Of all customers in the person's charge, so that a day and the whole plan begin at the same place."""
    held = Responsibility.objects.filter(user=visitor, since__lte=last).exclude(until__lte=first)
    known = Customer.objects.filter(pk__in=held.values("customer_id"), wgs_latitude__isnull=False)
    rows = known.values_list("wgs_latitude", "wgs_longitude")
    points = [(lat, lon) for lat, lon in rows if lat is not None and lon is not None]
    return (median(lat for lat, _lon in points), median(lon for _lat, lon in points)) if points else None


def home_seen_by(user: User, now: Situation) -> Point | None:
    """Where a person lives is for themselves and those who may keep their working day."""
    return place_of(user, now.visitor) if now.is_home_told else now.home


def trips_seen_by(user: User, now: Situation) -> list[Trip]:
    """Where somebody sleeps is for who may see their trips. One statement where there are any, none else."""
    if user == now.visitor or not now.trips:
        return now.trips
    seen = set(Trip.objects.visible_to(user).filter(pk__in=[one.pk for one in now.trips]).values_list("pk", flat=True))
    return [one for one in now.trips if one.pk in seen]


def place_of(user: User, visitor: User) -> Point | None:
    """Where a person's day begins, as far as this one may know it. One statement."""
    rows = WorkingDay.objects.visible_to(user).filter(user=visitor, latitude__isnull=False, longitude__isnull=False)
    return rows.values_list("latitude", "longitude").first()


def hours_of(visitor: User) -> Workday:
    """When a person's day is. One statement."""
    return _hours(_own(visitor))


def workday_of(visitor: User) -> tuple[Workday, Point | None, Pace]:
    """When a person's day is, where it begins (None: nobody said), and how fast they get on. Three statements."""
    own = _own(visitor)
    home = None if own.latitude is None or own.longitude is None else (own.latitude, own.longitude)
    return _hours(own), home, _pace(visitor, Pace(own.detour, own.kmh), own.lunch_at)


def _own(visitor: User) -> WorkingDay:
    return WorkingDay.objects.filter(user=visitor).first() or WorkingDay(
        user=visitor, starts_at=USUAL_START, ends_at=USUAL_END, lunch_at=USUAL_LUNCH, lunch_minutes=LUNCH_MINUTES
    )


def _hours(own: WorkingDay) -> Workday:
    lunch = None
    if own.lunch_at is not None and own.lunch_minutes:
        lunch = (float(minutes_of(own.lunch_at)), float(minutes_of(own.lunch_at) + own.lunch_minutes))
    return Workday(Shift(minutes_of(own.starts_at), minutes_of(own.ends_at)), lunch)


def _pace(visitor: User, usual: Pace, lunch_at: datetime.time | None) -> Pace:
    """As their own drives say. Two statements; none where roads are asked for anyhow."""
    if settings.ROUTER_URL or not settings.DRIVES_SOURCE:
        return usual
    return replace(usual, learned=learned(import_string(settings.DRIVES_SOURCE)(visitor, lunch_at), usual.usual))
