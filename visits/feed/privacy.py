"""Nothing of customers is kept in a calendar's address."""

from __future__ import annotations

from crm.privacy import table

RULES = [
    table(
        "visits.CalendarFeed",
        plain={
            "secrets of the server, which tell nothing of anybody": "digest",
            "when a colleague's calendar was read": "made_at read_on revoked_at",
        },
    ),
]
