"""What of issues is personal: what was said and by whom. That there was one, and how long it took, stays."""

from __future__ import annotations

from django.db.models import Q

from crm.privacy import CUSTOMER, NAME, PERSON, TEXT, Subject, blank, by, kept, mark, pseudonym, table

CODES = "a choice of our own words"
WHEN = "when, without who or what, tells nothing"


def _answer(row) -> str:
    """It may not be empty where the issue is over."""
    return f"#{row.pk}" if row.answer else ""


def _of_issues(subject: Subject) -> Q:
    return Q(issue__customer_id__in=subject.customers)


RULES = [
    table(
        "customers.Issue",
        of={CUSTOMER: by("customer_id"), PERSON: by("person_id", "persons")},
        personal={
            "title": mark(names=TEXT),
            "text": blank(names=TEXT),
            "answer": pseudonym(_answer, names=TEXT),
            "told_by": blank(names=NAME),
            "reported_on": kept(WHEN),
        },
        plain={
            CODES: "origin category state",
            WHEN: "due_on due_at answer_due_at opened_at first_response_at stopped_at solved_at solved_on escalated_at"
            " unheard_at word_at",
            "a key of ours": "once",
        },
    ),
    table(
        "customers.IssueStep",
        of={CUSTOMER: _of_issues, PERSON: by("issue__person_id", "persons")},
        personal={"text": blank(names=TEXT), "told_by": blank(names=NAME)},
        plain={CODES: "what", WHEN: "at"},
        guarded=True,
    ),
    table(
        "customers.IssueTerms",
        plain={"the brand's own rules": "percents opens closes break_from break_to", WHEN: "changed_at"},
    ),
    table("customers.IssueTime", plain={CODES: "category tier"}),
    table("customers.IssueCause", plain={CODES: "code name name_zh_hans name_zh_hant"}),
    table("customers.SharedMirror", plain={WHEN: "since"}),
]
