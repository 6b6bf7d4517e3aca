"""What of promotions is personal: what customers wrote in words, and by whom."""

from __future__ import annotations

from crm.privacy import CUSTOMER, NAME, TEXT, blank, by, kept, table

CODES = "a choice of our own words"
WHEN = "when, without who or what, tells nothing"
OURS = "what we ask everybody"
FIGURES = "figures of a business"


RULES = [
    table(
        "promotions.Promotion",
        plain={
            OURS: "code title goods mechanics materials checklist audience",
            CODES: "kind state",
            FIGURES: "result cost_each",
            WHEN: "starts_on ends_on answer_by made_at opened_at measured_at",
        },
    ),
    table(
        "promotions.Participation",
        of={CUSTOMER: by("customer_id")},
        personal={
            "counter": blank(names=TEXT),
            "agreed": blank(names=TEXT),
            "how": blank(names=TEXT),
            "claim_text": blank(names=TEXT),
            "told_by": blank(names=NAME),
            "answered_at": kept(WHEN),
        },
        plain={
            CODES: "answer compliance",
            FIGURES: "claim settled own_costs measured example",
            WHEN: "sent_on received_on judged_at settled_on reminded_at",
        },
    ),
    table(
        "promotions.Execution",
        of={CUSTOMER: by("participation__customer_id")},
        personal={"note": blank(names=TEXT), "told_by": blank(names=NAME), "at": kept(WHEN)},
        plain={FIGURES: "done price", WHEN: "seen_on"},
    ),
]
