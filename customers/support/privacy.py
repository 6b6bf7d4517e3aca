"""What of support is personal: what was written down in words. What was given and what it cost are the books."""

from __future__ import annotations

from django.db.models import Q

from crm.privacy import CUSTOMER, TEXT, blank, by, mark, pseudonym, table

CODES = "a choice of our own words"
BOOKS = "the books of what was given"
RULE = "a rule of the company"
WHEN = "when, without who or what, tells nothing"


def _where_said(name: str):
    """It may not be empty where it is a reason."""
    return lambda row: f"#{row.pk}" if getattr(row, name) else ""


RULES = [
    table("customers.Entitlement", plain={RULE: "tier kind gives period since note made_at"}),
    table("customers.SupportCategory", plain={RULE: "code name kind draws_on"}),
    table("customers.SupportBudget", plain={RULE: "quarter note"}),
    table(
        "customers.EntitlementException",
        of={CUSTOMER: by("customer_id")},
        personal={"reason": mark(names=TEXT)},
        plain={CODES: "gives period", WHEN: "since until made_at approved_at dropped_at"},
    ),
    table(
        "customers.SupportRequest",
        of={CUSTOMER: by("customer_id")},
        personal={
            "what": mark(names=TEXT),
            "expected": blank(names=TEXT),
            "answer": pseudonym(_where_said("answer"), names=TEXT),
            "over_reason": pseudonym(_where_said("over_reason"), names=TEXT),
        },
        plain={CODES: "state through tier", WHEN: "asked_on decided_on delivered_on written_at"},
    ),
    table(
        "customers.SupportCost",
        of={CUSTOMER: lambda subject: Q(request__customer_id__in=subject.customers)},
        personal={"note": blank(names=TEXT)},
        plain={BOOKS: "booked_on booked_at"},
        guarded=True,
    ),
]
