"""What is done to visits, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words
from visits.plan.models import Purpose, State
from visits.plan.rhythm_models import BusyDay, Source

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
        "cadence.set": gettext_lazy("Rhythm of visits set"),
        "cadence.end": gettext_lazy("Rhythm of visits ended"),
        "cadence.rule": gettext_lazy("What counts as a visit changed"),
        "cadence.window": gettext_lazy("Room around a rhythm changed"),
        "busy.add": gettext_lazy("Days without visits written down"),
        "busy.remove": gettext_lazy("Days without visits taken out"),
        "busy.pace": gettext_lazy("Pace of visits set"),
    },
    kinds=("visits.countingrule", "visits.cadencewindow"),
    values={
        ("visits.countingrule", "source"): lambda: dict(Source.choices),
        ("crm.user", "kind"): lambda: dict(BusyDay.Kind.choices),
        ("crm.user", "part"): lambda: dict(BusyDay.Part.choices),
        ("customers.customer", "purpose"): lambda: dict(Purpose.choices),
        ("customers.customer", "visit_state"): lambda: dict(State.choices),
    },
    names={
        "visitor": gettext_lazy("visitor"),
        "cadence_days": gettext_lazy("days between visits"),
        "least_days": gettext_lazy("days between visits, at least"),
        "most_days": gettext_lazy("days between visits, at most"),
        "by_call": gettext_lazy("kept by calls"),
        "first": gettext_lazy("first day"),
        "last": gettext_lazy("last day"),
        "kind": gettext_lazy("kind"),
        "part": gettext_lazy("part of the day"),
        "there": gettext_lazy("minutes at a shop"),
        "travel": gettext_lazy("minutes on the way, on average"),
        "day_minutes": gettext_lazy("minutes of a day for both"),
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
