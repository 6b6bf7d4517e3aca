"""Notes, special care, stand-ins, tags, handovers and actions on many customers."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from crm.privacy import CUSTOMER, TEXT, blank, by, kept, mark, masked, pseudonym, table

CODES = "a choice of our own words"
WHEN = "when, without who or what, tells nothing"
WORK = "about colleagues' work"
_BY_CUSTOMER = {CUSTOMER: by("customer_id")}

RULES = [
    table(
        "customers.Note",
        of=_BY_CUSTOMER,
        personal={"text": mark(names=TEXT)},
        plain={WHEN: "at removed_at"},
        # Somebody's private notes are theirs; the command line tells none of them.
        shown=lambda user: Q(is_private=False) | Q(written_by=user, written_by__isnull=False),
    ),
    table(
        "customers.SpecialCare",
        of=_BY_CUSTOMER,
        personal={"reason": mark(names=TEXT), "exit_rule": mark(names=TEXT), "outcome": blank(names=TEXT)},
        plain={WHEN: "since review_on ended_on"},
    ),
    table("customers.StandIn", personal={"reason": kept(WORK)}, plain={WORK: "since until made_at"}, staff=True),
    table("customers.Tag", plain={"words that anybody chooses from": "name", WHEN: "made_at"}),
    table("customers.CustomerTag", of=_BY_CUSTOMER, plain={WHEN: "added_at"}, why=_("words that many customers bear")),
    table(
        "customers.Handover", personal={"word": kept(WORK)}, plain={WHEN: "since done_at read_at undone_at"}, staff=True
    ),
    table("customers.HandoverBrief", of=_BY_CUSTOMER, personal={"sections": pseudonym(lambda row: [], names=0)}),
    table(
        "customers.BulkAction",
        # What was asked may hold words (the goal of a visit).
        personal={"query": blank(), "params": masked()},
        plain={CODES: "kind state", "numbers": "ids", WHEN: "asked_at undone_at"},
        trace=True,
    ),
    table(
        "customers.BulkStep",
        of=_BY_CUSTOMER,
        plain={CODES: "result reason", "numbers of colleagues and tags": "before after"},
        why=_("what was done to many customers at once"),
    ),
]
