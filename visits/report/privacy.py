"""What of reports is personal: the words. What was said stands with the contact, the private part with the note."""

from __future__ import annotations

from django.db.models import Q

from crm.privacy import CUSTOMER, TEXT, blank, mark, null, table

CODES = "a choice of our own words"
WHEN = "when a colleague came, without what was said, tells nothing"


def _of_visits(path: str):
    return {CUSTOMER: lambda subject: Q(**{f"{path}__customer_id__in": subject.customers})}


RULES = [
    table(
        "visits.VisitReport",
        of=_of_visits("visit"),
        personal={
            **{"found": blank(names=TEXT), "solved": blank(names=TEXT), "shared": blank(names=TEXT)},
            # One point at the shop's door: as telling as the shop's own, which goes as well.
            **{"latitude": null(), "longitude": null(), "checked_in_at": null(), "distance_m": null()},
        },
        plain={CODES: "datum", WHEN: "filed_at written_at"},
        # That there is a private note, its author alone knows.
        untold=("client_key", "accuracy_m", "age_s", "note"),
    ),
    table(
        "visits.ReportAddition",
        of=_of_visits("report__visit"),
        personal={"text": mark(names=TEXT)},
        plain={WHEN: "at"},
    ),
]
