"""What a brief tells of people, promises and money."""

from __future__ import annotations

import datetime
from typing import Any

from customers.care.brieflines import line
from customers.people.models import PersonRole
from customers.receivables.models import Promise
from customers.receivables.reading import ageings

Parts = dict[int, dict[str, Any]]
MOST = 8
"""So many people and promises of each customer."""


def people(ids: list[int], day: datetime.date) -> Parts:
    """Who stands with it now, the first to call first. Birthdays, notes and relations are left to their page."""
    found: Parts = {}
    rows = PersonRole.objects.in_force(day).filter(customer_id__in=ids).select_related("person")
    for one in rows.order_by("customer_id", "-is_primary", "pk"):
        lines = found.setdefault(one.customer_id, {"key": "people", "lines": []})["lines"]
        if len(lines) < MOST:
            person = one.person
            lines.append(line("person", name=person.name, role=one.role, other=one.role_other, phone=person.phone))
    return found


def promises(ids: list[int], day: datetime.date) -> Parts:
    """What is open on either side, the next due first."""
    found: Parts = {}
    for one in Promise.objects.open().filter(customer_id__in=ids).order_by("customer_id", "due_on", "pk"):
        lines = found.setdefault(one.customer_id, {"key": "promises", "lines": []})["lines"]
        if len(lines) < MOST:
            lines.append(line("promise", by=one.made_by, what=one.what, amount=one.amount, day=one.due_on))
    return found


def money(ids: list[int], day: datetime.date) -> Parts:
    """What it owes, and how much of that is late."""
    return {
        pk: {"key": "money", "lines": [line("owed", owed=owed.owed, late=owed.overdue, days=owed.oldest)]}
        for pk, owed in ageings(ids, day).items()
    }
