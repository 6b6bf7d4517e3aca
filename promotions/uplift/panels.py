"""What the page of a promotion plan shows of what came of it."""

from __future__ import annotations

from crm.panels import Panel
from promotions.calculator.models import PromotionPlan, State
from promotions.uplift.outcomes import of_plan as finished_of_plan


def of_plan(request, *, plan: PromotionPlan, **context) -> Panel | None:
    """Of a plan that came through `visible_to`; of agreed ones one statement."""
    if plan.state != State.AGREED:
        return None
    found = finished_of_plan(request.user, plan)
    return Panel("promotions/uplift/_of_plan.html", {"found": found}, "main") if found else None
