"""What of scores is personal: nothing in words. They are worked out from dated facts of a business."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from crm.privacy import CUSTOMER, by, table

CODES = "codes of ours and figures worked out of dealings with a business; no words about anybody"
WHEN = "when, without who or what, tells nothing"

RULES = [
    table(
        "customers.Score",
        of={CUSTOMER: by("customer_id")},
        plain={CODES: "trait components because", WHEN: "as_of created_at"},
        guarded=True,
        why=_("how reliably the business kept what was agreed"),
    ),
]
