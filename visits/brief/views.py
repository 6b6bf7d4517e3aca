"""Briefs as pages to read on the phone and to print: of a visit, of a customer, of a day."""

from __future__ import annotations

import datetime

from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from crm.clock import is_meant, today
from customers.profile.doors import edits, refuse_readers
from customers.profile.models import Customer
from visits.brief import reading
from visits.plan.models import PlannedVisit
from visits.plan.reading import rows_for, with_goals
from visits.plan.visiting import visitors_open_to, visits_anybody

MOST = 30


def _customer(request, pk) -> Customer:
    rows = Customer.objects.visible_to(request.user).select_related("standing", "region")
    return get_object_or_404(rows, pk=pk)


def _page(request, customer: Customer, visit: PlannedVisit | None):
    """POST shows what is masked, and writes down that it was read."""
    if request.method == "POST":
        refuse_readers(request)
    found = reading.one(request.user, customer, visit, today(), reveal=request.method == "POST")
    context = {
        "brief": found,
        "customer": customer,
        "visit": visit,
        "address": reading.address_of(customer),
        "may_write": request.user.may_write,
    }
    return render(request, "visits/brief.html", context)


@edits
@login_required
def of_visit(request, pk):
    """Of a visit to a customer whom this person sees."""
    visit = get_object_or_404(with_goals(rows_for(request.user)).filter(sees_customer=True), pk=pk)
    return _page(request, _customer(request, visit.customer_id), visit)


@edits
@login_required
def of_customer(request, pk):
    """Before there is a visit, or without one."""
    return _page(request, _customer(request, pk), None)


@require_safe
@login_required
def day_sheet(request):
    """?day=2026-01-31 (today) and ?person=ID of somebody one may send (oneself): all visits of that day in order."""
    user, day = request.user, _day(request.GET.get("day", ""))
    asked = request.GET.get("person", "")
    people = [] if user.role == "manager" else list(visitors_open_to(user)[:200])
    mine = user if visits_anybody(user) else None
    visitor = next((one for one in people if str(one.pk) == asked), None) or mine or next(iter(people), None)
    rows = rows_for(user, visitor).planned().filter(day=day, sees_customer=True) if visitor is not None else None
    visits = list(with_goals(rows.in_order())[:MOST]) if rows is not None else []
    context = {
        "briefs": reading.many(user, visits, today()),
        "day": day,
        "before": day - datetime.timedelta(days=1),
        "after": day + datetime.timedelta(days=1),
        "visitor": visitor,
        "people": people,
    }
    return render(request, "visits/sheet.html", context)


def _day(text: str) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(text)
    except ValueError:
        return today()
    return day if is_meant(day) else today()
