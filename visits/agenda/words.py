"""What customers say about visits, as the log calls it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy

from crm.audit.words import Words
from visits.agenda.models import Says

AUDIT = Words(
    actions={
        "visit.agenda": gettext_lazy("Point for a visit by the customer"),
        "visit.answer": gettext_lazy("Customer's word on the time of a visit"),
        "visit.answer_settled": gettext_lazy("Time of a visit settled with the customer"),
    },
    values={("customers.customer", "visit_time"): lambda: dict(Says.choices)},
    names={
        "point": gettext_lazy("point"),
        "visit_time": gettext_lazy("time of the visit"),
        "proposed_on": gettext_lazy("proposed day"),
        "proposed_at": gettext_lazy("proposed time"),
    },
)
