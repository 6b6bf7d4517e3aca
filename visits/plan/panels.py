"""What Today, a customer's page and a visit's own show of visits."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from crm.workdays import next_working_day
from customers.profile.models import Customer, State
from visits.plan import reading, rhythm_views, slipping, suggestions
from visits.plan.actions import MOST_GOALS
from visits.plan.models import PlannedVisit
from visits.plan.visiting import visits_anybody

MOST = 12


def today_panel(request) -> Panel | None:
    """Today's own visits, each done in one tap; late ones stand in the list of what is to do. One statement."""
    user, day = request.user, today()
    if not visits_anybody(user):
        return None
    found = reading.of_today(user, day, MOST + 1)
    if not found:
        return None
    context = {
        "today": day,
        "today_visits": found[:MOST],
        "more": len(found) > MOST,
        "next_day": next_working_day(day),
        "may_write": user.may_write,
        "back": "today",
    }
    return Panel("visits/_today.html", context, "main")


def next_and_last(request, *, customer: Customer, **context) -> Panel:
    """Six statements: customer came through `visible_to`. A closed one has no rhythm."""
    day = today()
    ahead, made = reading.next_and_last(request.user, customer, day)
    lines = rhythm_views.lines_of(slipping.judged([customer], day)) if customer.state != State.CLOSED else []
    values = {"customer": customer, "ahead": ahead, "made": made, "may_write": request.user.may_write}
    values["line"] = lines[0] if lines else None
    return Panel("visits/_customer.html", values, "side")


def suggested(request, *, visit: PlannedVisit, **context) -> Panel | None:
    """The goals suggested that are none yet, each added in one tap; of a planned visit that may still get some."""
    goals = list(visit.goals.all())
    if not (visit.is_planned and visit.sees_customer and request.user.may_write and len(goals) < MOST_GOALS):
        return None
    found = suggestions.of(request.user, visit.customer, today())
    left = found.without([one.text for one in goals], [one.link for one in goals])
    return Panel("visits/_suggested.html", {"visit": visit, "offered": left.best}, "main") if left.best else None
