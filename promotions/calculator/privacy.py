"""What of promotion plans is personal: who signed, and words beside figures. The figures are of a business."""

from __future__ import annotations

from crm.privacy import CUSTOMER, NAME, TEXT, blank, by, kept, table

CODES = "a choice of our own words"
WHEN = "when, without who or what, tells nothing"
FIGURES = "prices and costs of goods, of a business"


RULES = [
    table(
        "promotions.PromotionPlan",
        of={CUSTOMER: by("customer_id")},
        personal={"dropped_why": blank(names=TEXT), "made_at": kept(WHEN)},
        plain={CODES: "kind state", FIGURES: "title terms", WHEN: "starts_on agreed_at"},
    ),
    table(
        "promotions.PlanVersion",
        of={CUSTOMER: by("plan__customer_id")},
        personal={"note": blank(names=TEXT), "told_by": blank(names=NAME), "at": kept(WHEN)},
        plain={FIGURES: "terms"},
    ),
    table(
        "promotions.PlanSignature",
        of={CUSTOMER: by("version__plan__customer_id")},
        personal={"told_by": blank(names=NAME), "at": kept(WHEN)},
        plain={CODES: "side"},
    ),
]
