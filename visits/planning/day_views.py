"""Pages of a day and a month: the route in order, and where a visit would fit better."""

from __future__ import annotations

import calendar
import datetime
from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from crm.accounts.models import User
from crm.clock import is_meant, today
from crm.workdays import is_working_day
from customers.profile.doors import customer_of, flaws_of, number_of, refuse_readers
from customers.profile.models import Customer
from visits.plan import reading
from visits.plan.actions import change_visit, plan_visit
from visits.plan.choosing import may_see_days, people_filter, person_of, somebody
from visits.plan.models import LEAST_MINUTES, MOST_MINUTES, PlannedVisit
from visits.plan.navigating import ways
from visits.plan.visiting import in_charge_on, visitors_open_to
from visits.planning import actions, rhythms
from visits.planning.drawing import picture
from visits.planning.lost import lost_of
from visits.planning.offering import AHEAD, Offered, offered
from visits.planning.placing import Offer
from visits.planning.proposing import route_now
from visits.planning.situation import home_seen_by, situation_of, time_of, trips_seen_by
from visits.planning.travel import Point
from visits.planning.trip_models import Trip
from visits.planning.trips import nights_of
from visits.planning.words import broken_text

MOST_DUE = 60


def _day_of(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError as error:
        raise Http404 from error
    if not is_meant(day):
        raise Http404
    return day


# --- a day --------------------------------------------------------------------------------------------------------


@require_safe
@login_required
def day(request, day):
    day = _day_of(day)
    person = person_of(request)
    now = situation_of(person, day, day, by_rhythm=False)
    rows = {one.pk: one for one in reading.rows_for(request.user, person).planned().filter(day=day)}
    route = route_now(now, day)
    stops: list[dict[str, Any]] = []
    spots: list[tuple[int, Point]] = []
    for one in route.stops:
        visit = rows.get(one.stop.key)
        if visit is None:
            continue
        # Where a customer out of sight is, neither the drawing nor a map's address tells.
        point = now.points[one.stop.place] if visit.sees_customer else None
        if point is not None:
            spots.append((len(stops) + 1, point))
        stops.append(
            {
                "visit": visit,
                "number": len(stops) + 1,
                "arrives": time_of(one.arrives),
                "begins": time_of(one.begins),
                "leaves": time_of(one.leaves),
                "leg_minutes": round(one.leg_minutes),
                "leg_km": round(one.leg_km, 1),
                "late": round(one.late),
                "lead": "" if point is None else ways(*point, visit.customer.name).amap,
            }
        )
    shown = {one["visit"].pk for one in stops}
    trips = trips_seen_by(request.user, now)
    ends = nights_of(trips, day, day).get(day)
    context = {
        "day": day,
        "person": person,
        "filters": people_filter(request, person),
        "stops": stops,
        "elsewhere": [one for pk, one in rows.items() if pk not in shown],
        "route": route,
        "departs": time_of(route.departs),
        "back": time_of(route.back),
        "over": round(route.over),
        "picture": picture(spots, home_seen_by(request.user, now), ends) if spots else None,
        "source": now.legs.source,
        "drives": now.legs.drives,
        "trips": trips,
        "previous": day - datetime.timedelta(days=1),
        "next": day + datetime.timedelta(days=1),
        "may_order": request.user.may_write and day >= today() and len(rows) == len(now.visits),
        "order": ",".join(str(one["visit"].pk) for one in stops),
    }
    return render(request, "visits/planning/day.html", context)


@require_POST
@login_required
def day_order(request, day):
    """order: ids by commas; those on no route follow. visit and by: move one of them up or down by so many places."""
    day = _day_of(day)
    person = person_of(request)
    refuse_readers(request)
    order = [int(one) for one in request.POST.get("order", "").split(",") if number_of(one) is not None]
    mine, step = number_of(request.POST.get("visit", "")), request.POST.get("by", "")
    if mine in order and step in ("-1", "1"):
        at = order.index(mine)
        order.insert(max(0, at + int(step)), order.pop(at))
    there = PlannedVisit.objects.visible_to(request.user).planned().made_by(person.pk).filter(day=day)
    order += [pk for pk in there.order_by("pk").values_list("pk", flat=True) if pk not in order]
    try:
        late = actions.order_day(visitor=person, day=day, order=order, by=request.user)
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        if late:
            messages.warning(request, _("In this order an agreed time cannot be kept."))
        else:
            messages.success(request, _("The day has its new order."))
    query = f"?person={person.pk}" if person != request.user else ""
    return redirect(f"{reverse('visits:day', args=[day])}{query}")


# --- a month ------------------------------------------------------------------------------------------------------


def _month_of(text: str) -> datetime.date:
    this = today().replace(day=1)
    try:
        month = datetime.date.fromisoformat(f"{text}-01")
    except ValueError:
        return this
    return month if is_meant(month) else this


@require_safe
@login_required
def month(request):
    """?month=2026-12: what is planned, and whoever is due then without a visit."""
    person = somebody(request)
    first = _month_of(request.GET.get("month", ""))
    if person is None:
        return render(request, "visits/planning/month.html", {"first": first, **_around(first)})
    last = first.replace(day=calendar.monthrange(first.year, first.month)[1])
    visits = list(reading.rows_for(request.user, person).planned().between(first, last).in_order())
    by_day = defaultdict(list)
    for one in visits:
        by_day[one.day].append(one)
    off = rhythms.days_off(person, first, last)
    monday = first - datetime.timedelta(days=first.weekday())
    weeks = []
    while monday <= last:
        days = [monday + datetime.timedelta(days=n) for n in range(7)]
        weeks.append(
            [
                {
                    "day": one,
                    "inside": first <= one <= last,
                    "working": is_working_day(one) and off.get(one) != "day",
                    "past": one < today(),
                    "visits": by_day.get(one, []),
                }
                for one in days
            ]
        )
        monday += datetime.timedelta(days=7)
    context = {
        "person": person,
        "filters": people_filter(request, person),
        "first": first,
        "weeks": weeks,
        "trips": list(Trip.objects.visible_to(request.user).filter(person=person).touching(first, last)),
        "lost": len(lost_of(visits, off, person)),
        "due": not_planned(request.user, person, first, last) if last >= today() else [],
        **_around(first),
        "today": today(),
        "may_write": request.user.may_write,
        "back": "list",
    }
    return render(request, "visits/planning/month.html", context)


def _around(first: datetime.date) -> dict[str, str]:
    """The months before and after."""
    before, after = first - datetime.timedelta(days=1), first + datetime.timedelta(days=31)
    return {"previous": f"{before:%Y-%m}", "next": f"{after:%Y-%m}"}


def not_planned(user: User, person: User, first: datetime.date, last: datetime.date) -> list[Customer]:
    """Customers of a person that are due by the last day and have no visit planned from now to then, the latest first.
    As many statements for many as for few.
    """
    start = max(first, today())
    now = situation_of(person, start, last)
    has = {one.customer_id for one in now.visits}
    due = {}
    for shop in now.shops.values():
        if shop.rule is None or shop.id in has or not shop.charge:
            continue
        on = start if shop.seen is None else shop.seen + datetime.timedelta(days=shop.rule.target)
        on = max(on, shop.opened_on or on)
        if on <= last:
            due[shop.id] = on
    rows = Customer.objects.visible_to(user).filter(pk__in=due).select_related("standing")
    found = sorted(rows, key=lambda one: (due[one.pk], one.pk))[:MOST_DUE]
    for one in found:
        one.due_on = due[one.pk]
    return found


# --- what a day costs ---------------------------------------------------------------------------------------------


def _visit(request, pk) -> PlannedVisit:
    return get_object_or_404(reading.rows_for(request.user).planned(), pk=pk)


def _span(request) -> tuple[datetime.date, datetime.date]:
    first = _month_of(request.GET.get("month", ""))
    return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])


@require_safe
@login_required
def visit_costs(request, pk):
    """?month=2026-12: what moving this visit to each day would cost."""
    visit = _visit(request, pk)
    first, last = _span(request)
    found = offered(customer=visit.customer, visitor=visit.visitor, first=first, last=last, visit=visit)
    return JsonResponse({"days": {str(one.day): _cost(one, found.saved) for one in found.offers}})


@require_safe
@login_required
def customer_costs(request, pk):
    """The same for a visit that is not planned yet."""
    customer = customer_of(request, pk)
    first, last = _span(request)
    found = offered(customer=customer, visitor=person_of(request), first=first, last=last)
    return JsonResponse({"days": {str(one.day): _cost(one, 0.0) for one in found.offers}})


def _cost(one: Offer, saved: float) -> dict[str, Any]:
    minutes = round(one.fit.minutes - saved)
    texts = [minutes_text(minutes), *(broken_text(broken) for broken in one.breaks)]
    return {"minutes": minutes, "breaks": [broken.code for broken in one.breaks], "text": " · ".join(texts)}


def minutes_text(minutes: int) -> str:
    if minutes < 0:
        return ngettext("%(n)d minute less", "%(n)d minutes less", -minutes) % {"n": -minutes}
    return ngettext("%(n)d minute more", "%(n)d minutes more", minutes) % {"n": minutes}


@require_safe
@login_required
def customer_places(request, pk):
    """?visitor=&minutes=, as the form that plans a visit has them: up to three days on which it fits best, as a part of
    that form. Which days colleagues have room on is theirs to know, and their head's.
    """
    customer = customer_of(request, pk)
    person = _sender(request, customer)
    if not may_see_days(request.user, person):
        return render(request, "visits/planning/_places.html", {"person": person, "hidden": True})
    minutes = number_of(request.GET.get("minutes", "")) or None
    found = offered(
        customer=customer,
        visitor=person,
        first=today(),
        last=today() + AHEAD,
        minutes=minutes if minutes and LEAST_MINUTES <= minutes <= MOST_MINUTES else None,
    )
    context = {"customer": customer, "person": person, "found": found, "places": places_of(found)}
    return render(request, "visits/planning/_places.html", context)


def _sender(request, customer: Customer) -> User:
    asked = request.GET.get("visitor") or request.GET.get("person") or ""
    if asked:
        return get_object_or_404(visitors_open_to(request.user), pk=number_of(asked) or 0)
    return in_charge_on(customer, today()) or person_of(request)


def places_of(found: Offered) -> list[dict[str, Any]]:
    return [
        {
            "day": one.day,
            "begins": time_of(one.fit.begins),
            "minutes": round(one.fit.minutes),
            "text": minutes_text(round(one.fit.minutes)),
            "breaks": [broken_text(broken) for broken in one.breaks],
            "position": one.fit.position + 1,
        }
        for one in found.cheapest()
    ]


# --- moving -------------------------------------------------------------------------------------------------------


@require_POST
@login_required
def visit_to(request, pk):
    """day: to which a planned visit moves, at the time at which it fits best."""
    visit = _visit(request, pk)
    refuse_readers(request)
    day = _day_of(request.POST.get("day", ""))
    before = visit.day
    try:
        if visit.is_agreed:
            raise ValidationError(_("What is agreed with the customer is moved on its own page."), code="agreed")
        found = offered(customer=visit.customer, visitor=visit.visitor, first=day, last=day, visit=visit)
        version = number_of(request.POST.get("version", ""))
        moved = change_visit(visit=visit, by=request.user, version=version, day=day, starts_at=_begins(found, day))
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        text = _("The visit to %(name)s is on %(day)s now.")
        shown = {"name": visit.customer.name, "day": formats.date_format(moved.day, "MONTH_DAY_FORMAT")}
        messages.success(request, text % shown)
    return _to_month(request, visit.visitor, before)


@require_POST
@login_required
def customer_on(request, pk):
    """day: on which a visit to a customer is planned."""
    customer = customer_of(request, pk)
    person = person_of(request)
    refuse_readers(request)
    day = _day_of(request.POST.get("day", ""))
    try:
        found = offered(customer=customer, visitor=person, first=day, last=day)
        made = plan_visit(
            customer=customer,
            visitor=person,
            day=day,
            starts_at=_begins(found, day),
            minutes=rhythms.minutes_there(person),
            by=request.user,
        )
    except ValidationError as refusal:
        messages.error(request, flaws_of(refusal))
    else:
        shown = formats.date_format(made.day, "MONTH_DAY_FORMAT")
        messages.success(request, _("The visit on %(day)s is planned.") % {"day": shown})
    return _to_month(request, person, day)


def _begins(found: Offered, day: datetime.date) -> datetime.time | None:
    offer = found.of(day)
    return time_of(offer.fit.begins) if offer is not None else None


def _to_month(request, person: User, day: datetime.date):
    query = f"?month={day:%Y-%m}"
    if person != request.user:
        query += f"&person={person.pk}"
    return redirect(f"{reverse('visits:month')}{query}")
