"""What Today, a customer's page and the dealers' own show of visits."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.portal.models import PortalAccount
from customers.profile.models import Customer, State
from visits.plan import reading, rhythm_views, slipping
from visits.plan.visiting import visits_anybody
from visits.plan.workdays import next_working_day

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


def agreed(request, *, account: PortalAccount, **context) -> Panel | None:
    """For the dealer: the visits agreed with them. What is only planned, and what for, is ours. One statement."""
    visits = reading.agreed_with(account.customer, today())
    return Panel("portal/_visits.html", {"visits": visits}, "main") if visits else None
