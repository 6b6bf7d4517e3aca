"""What of budgets is personal: nothing but who asked and decided. Sums and reasons are the company's own."""

from __future__ import annotations

from crm.privacy import CUSTOMER, by, table

CODES = "a choice of our own words"
RULE = "a rule of the company"
FIGURES = "figures of a business"
WHEN = "when, without who or what, tells nothing"
OURS = "what we say among ourselves about a promotion"

RULES = [
    table("promotions.PromotionBudget", plain={RULE: "tier quarter basis rate note"}),
    table(
        "promotions.BudgetUse",
        of={CUSTOMER: by("customer_id")},
        plain={CODES: "source state tier", FIGURES: "ref quarter amount", WHEN: "promised_on"},
    ),
    table(
        "promotions.BudgetApproval",
        plain={
            CODES: "source state",
            FIGURES: "ref needed over",
            OURS: "title why answer",
            WHEN: "asked_at decided_at",
        },
    ),
]
