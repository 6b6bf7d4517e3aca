"""Where one visit would fit among what is planned, for pages and the API; nothing is written."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from crm.accounts.models import User
from crm.clock import today
from customers.profile.models import Customer
from visits.plan.actions import AHEAD_DAYS
from visits.plan.models import PlannedVisit
from visits.planning.placing import DayOn, Offer, Rhythm, cheapest, offers
from visits.planning.proposing import route_now
from visits.planning.routes import Stop, timed
from visits.planning.situation import Situation, situation_of

AHEAD = datetime.timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Offered:
    """saved: minutes that leaving the present day saves. source: how travel times are known. None of it is written."""

    offers: list[Offer]
    saved: float
    source: str
    is_placed: bool

    def cheapest(self) -> list[Offer]:
        return cheapest(self.offers)

    def of(self, day: datetime.date) -> Offer | None:
        return next((one for one in self.offers if one.day == day), None)


def offered(
    *,
    customer: Customer,
    visitor: User,
    first: datetime.date,
    last: datetime.date,
    visit: PlannedVisit | None = None,
    minutes: int | None = None,
) -> Offered:
    """visit: one that is planned and would move. customer came through visible_to. As many statements for many visits
    as for few.
    """
    first, last = max(first, today()), min(last, today() + datetime.timedelta(days=AHEAD_DAYS))
    if last < first:
        return Offered([], 0.0, "estimated", True)
    # The day it leaves counts too, wherever it lies.
    begin, end = (first, last) if visit is None else (min(first, visit.day), max(last, visit.day))
    now = situation_of(visitor, max(begin, today()), end, also=[customer.pk], by_rhythm=False)
    shop = now.shops[customer.pk]
    if shop.point is None:
        return Offered([], 0.0, now.legs.source, False)
    length = minutes or (visit.minutes if visit is not None else now.minutes)
    stop = Stop(0, now.places[customer.pk], length, now.windows_of(shop, length))
    mine = visit.pk if visit is not None else None
    others = {one.day for one in now.visits if one.customer_id == customer.pk and one.id != mine}
    rhythm = None if shop.rule is None else Rhythm(shop.rule.low, shop.rule.high, shop.seen)
    days = [
        DayOn(day, shift, _stops(now, day, mine))
        for day, shift in now.working.items()
        if first <= day <= last and shop.may_be_visited(day) and stop.windows
    ]
    return Offered(
        offers(stop, days, now.legs, others=others, rhythm=rhythm), _saved(now, visit), now.legs.source, True
    )


def _stops(now: Situation, day: datetime.date, but: int | None) -> tuple[Stop, ...]:
    return tuple(one.stop for one in route_now(now, day).stops if one.stop.key != but)


def _saved(now: Situation, visit: PlannedVisit | None) -> float:
    if visit is None or not now.first <= visit.day <= now.last:
        return 0.0
    route = route_now(now, visit.day)
    rest = [one.stop for one in route.stops if one.stop.key != visit.pk]
    return route.minutes - timed(rest, now.legs, now.shift_of(visit.day)).minutes
