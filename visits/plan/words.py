"""What is done to visits, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words
from visits.plan.models import Purpose, State

AUDIT = Words(
    actions={
        "visit.plan": gettext_lazy("Visit planned"),
        "visit.change": gettext_lazy("Visit changed"),
        "visit.goal": gettext_lazy("Goal of a visit added"),
        "visit.call_off": gettext_lazy("Visit called off"),
        "visit.done": gettext_lazy("Visit made"),
        "visit.note": gettext_lazy("Visit without a plan written down"),
        "visit.report": gettext_lazy("Visit reported"),
        "visit.reopen": gettext_lazy("Visit planned again"),
        "visit.plan_undo": gettext_lazy("Visit taken back"),
    },
    values={
        ("customers.customer", "purpose"): lambda: dict(Purpose.choices),
        ("customers.customer", "visit_state"): lambda: dict(State.choices),
    },
    names={
        "visitor": gettext_lazy("visitor"),
        "day": gettext_lazy("day"),
        "starts_at": gettext_lazy("time"),
        "minutes": gettext_lazy("minutes"),
        "purpose": gettext_lazy("purpose"),
        "is_agreed": gettext_lazy("agreed with the customer"),
        "goals": gettext_lazy("goals"),
        "goal": gettext_lazy("goal"),
        "outcome": gettext_lazy("outcome"),
        "visit_of": gettext_lazy("visit of"),
        "visit_state": gettext_lazy("visit"),
    },
)
