"""What of plans is personal: who works when and from where is kept as long as they work here."""

from __future__ import annotations

from crm.privacy import CUSTOMER, by, kept, table

WORK = "who works when and from where, of our own people"
WHEN = "when a colleague was to come, without what for, tells nothing"

RULES = [
    table(
        "visits.WorkingDay",
        personal={"starts_at": kept(WORK), "ends_at": kept(WORK), "lunch_at": kept(WORK)},
        staff=True,
    ),
    table("visits.Trip", personal={name: kept(WORK) for name in ("first", "last", "place", "made_at")}, staff=True),
    table(
        "visits.PlanDraft",
        why="days, sums and numbers of rows",
        plain={"a choice of our own words": "state", WHEN: "first last created_at decided_at result seen done"},
    ),
    table(
        "visits.DraftVisit",
        of={CUSTOMER: by("customer_id")},
        plain={"a choice of our own words": "change", WHEN: "before day"},
    ),
]
