"""What of contacts and common ground is personal: the words. Moods, channels and days without them tell nothing."""

from __future__ import annotations

from django.db.models import Q

from crm.privacy import CUSTOMER, PERSON, TEXT, blank, by, mark, table

CODES = "a choice of our own words"
WHEN = "when, without what was said, tells nothing"
_OF = {CUSTOMER: by("customer_id"), PERSON: by("person_id", "persons")}

RULES = [
    table(
        "customers.Contact",
        of=_OF,
        personal={"text": blank(names=TEXT), "next_step": blank(names=TEXT)},
        plain={
            CODES: "channel direction purpose",
            "a path in Qiao": "link",
            WHEN: "happened_at next_on created_at removed_at written_at",
        },
        # Somebody's private contacts are theirs; the command line tells none of them.
        shown=lambda user: Q(is_private=False) | Q(by=user, by__isnull=False),
        untold=("own_mood", "client_key"),
    ),
    table(
        "customers.Topic",
        of=_OF,
        personal={"text": mark(names=TEXT), "source": blank(names=TEXT)},
        plain={CODES: "kind", WHEN: "since last_used_on retired_on"},
    ),
]
