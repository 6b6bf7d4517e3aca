"""What of promises is personal: what was promised and what became of it, in words. That there was one stays."""

from __future__ import annotations

from crm.privacy import CUSTOMER, PERSON, TEXT, blank, by, mark, table

CODES = "a choice of our own words"
WHEN = "when, without what was promised, tells nothing"

RULES = [
    table(
        "customers.Commitment",
        of={CUSTOMER: by("customer_id"), PERSON: by("person_id", "persons")},
        personal={"text": mark(names=TEXT), "outcome": blank(names=TEXT)},
        plain={
            CODES: "side state",
            WHEN: "made_on due_on settled_on settled_at written_at",
            "a path in Qiao": "link",
        },
    )
]
