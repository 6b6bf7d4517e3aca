"""What a visit's page shows of what the customer said, and what dealers see of visits."""

from __future__ import annotations

from crm.clock import today
from crm.panels import Panel
from customers.portal.models import PortalAccount
from visits.agenda import reading
from visits.agenda.models import AgendaPoint, TimeAnswer
from visits.plan.models import PlannedVisit


def of_visit(request, *, visit: PlannedVisit, **context) -> Panel | None:
    """Of a visit that came through `visible_to`. Two statements."""
    user = request.user
    points = list(AgendaPoint.objects.visible_to(user).filter(visit=visit).order_by("pk"))
    answer = TimeAnswer.objects.visible_to(user).filter(visit=visit).select_related("settled_by").first()
    if not points and answer is None:
        return None
    speaks = answer is not None and answer.speaks_of(visit)
    values = {
        "visit": visit,
        "points": points,
        "answer": answer,
        "speaks": speaks,
        "waits": speaks and answer.waits and visit.is_planned,
        "may_write": user.may_write,
    }
    return Panel("visits/_said.html", values, "main")


def agreed(request, *, account: PortalAccount, **context) -> Panel | None:
    """For the dealer: the visits agreed with them. What is only planned, and what for, is ours. One statement."""
    visits = list(reading.agreed_with(account.customer, today()).in_order()[: reading.MOST])
    lines = [(one, reading.standing_of(one)) for one in visits]
    return Panel("portal/_visits.html", {"lines": lines}, "main") if lines else None
