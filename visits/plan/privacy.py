"""What of visits is personal: what was written down in words. That somebody of us came, and when, stays."""

from __future__ import annotations

from django.db.models import Q

from crm.privacy import CUSTOMER, TEXT, blank, by, kept, mark, pseudonym, table

CODES = "a choice of our own words"
WORK = "what a colleague does at work"
WHEN = "when a colleague came, without what was said, tells nothing"


def outcome(row) -> str:
    """It may not be empty where it is the reason for calling a visit off."""
    return f"#{row.pk}" if row.outcome else ""


RULES = [
    table(
        "visits.PlannedVisit",
        of={CUSTOMER: by("customer_id")},
        personal={"note": blank(names=TEXT), "outcome": pseudonym(outcome, names=TEXT)},
        plain={CODES: "purpose state", WHEN: "day starts_at ended_at planned_at"},
    ),
    table(
        "visits.VisitGoal",
        of={CUSTOMER: lambda subject: Q(visit__customer_id__in=subject.customers)},
        personal={"text": mark(names=TEXT), "why": blank(names=TEXT)},
        plain={"a path in Qiao": "link"},
    ),
    table(
        "visits.AgreedBefore",
        of={CUSTOMER: lambda subject: Q(visit__customer_id__in=subject.customers)},
        plain={WHEN: "day starts_at ended_on"},
    ),
    table("visits.ShortNotice", of={CUSTOMER: by("customer_id")}, plain={WHEN: "was_on now_on told_on"}),
    table(
        "visits.CadenceOverride",
        of={CUSTOMER: by("customer_id")},
        personal={"reason": mark(names=TEXT)},
        plain={WHEN: "since until made_at"},
    ),
    table("visits.CountingRule", plain={CODES: "source kind direction tier"}),
    table("visits.CadenceWindow", plain={CODES: "tier"}),
    table(
        "visits.BusyDay",
        personal={"note": kept(WORK)},
        plain={CODES: "kind part", WORK: "first last made_at"},
        staff=True,
    ),
    table("visits.VisitorPace", staff=True),
]
