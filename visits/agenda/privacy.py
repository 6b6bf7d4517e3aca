"""What of customers' words about visits is personal: what was said and by whom."""

from __future__ import annotations

from django.db.models import Q

from crm.privacy import CUSTOMER, NAME, TEXT, Subject, blank, kept, mark, table

WHEN = "when, without who or what, tells nothing"


def _of_visits(subject: Subject) -> Q:
    return Q(visit__customer_id__in=subject.customers)


RULES = [
    table(
        "visits.AgendaPoint",
        of={CUSTOMER: _of_visits},
        personal={"text": mark(names=TEXT), "told_by": blank(names=NAME), "at": kept(WHEN)},
    ),
    table(
        "visits.TimeAnswer",
        of={CUSTOMER: _of_visits},
        personal={"text": blank(names=TEXT), "told_by": blank(names=NAME), "at": kept(WHEN)},
        plain={
            "a choice of our own words": "says",
            WHEN: "day starts_at proposed_on proposed_at settled_at",
        },
    ),
]
