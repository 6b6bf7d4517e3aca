"""What of the tables of customers, people and the ledger is personal, and what an erasure makes of it."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crm.privacy import (
    CUSTOMER,
    ID,
    PERSON,
    TEXT,
    Subject,
    blank,
    by,
    content,
    kept,
    mark,
    masked,
    moment,
    null,
    pseudonym,
    table,
)
from customers.privacy.subjects import TELLING, owner_facts
from customers.profile.searching import search_text

CODES = "a choice of our own words"
BOOKS = _("the books: figures and days of a business")
NAMED = _("the books name the business by it")
WHEN = "when, without who or what, tells nothing"
WORKED_OUT = "worked out from other tables"
_BY_CUSTOMER = {CUSTOMER: by("customer_id")}


def person_name(row) -> str:
    """In the language of whoever erases: a name is kept as one text."""
    return gettext("erased person #%(number)d") % {"number": row.pk}


def customer_name(row) -> str:
    return customer_number(row.pk)


def customer_number(pk: int) -> str:
    return gettext("erased customer #%(number)d") % {"number": pk}


def _roles(subject: Subject) -> Q:
    return Q(customer_id__in=subject.customers) | Q(person_id__in=subject.persons)


def _relations(subject: Subject) -> Q:
    return (
        Q(start_person__in=subject.persons)
        | Q(end_person__in=subject.persons)
        | Q(start_customer__in=subject.customers)
        | Q(end_customer__in=subject.customers)
    )


def _facts(subject: Subject) -> Q:
    return Q(customer_id__in=subject.customers, field__in=TELLING, erased_at__isnull=True)


def _owner_facts(subject: Subject) -> Q:
    return owner_facts(subject) & Q(erased_at__isnull=True)


def _other_facts(subject: Subject) -> Q:
    said = ~Q(note="") | ~Q(told_by="") | ~Q(purpose="")
    return Q(customer_id__in=subject.customers) & ~Q(field__in=TELLING) & said


def _none(subject: Subject) -> Q:
    return Q(pk__in=[])


def _merges(subject: Subject) -> Q:
    return Q(survivor__in=subject.customers) | Q(loser_id__in=subject.customers)


def _pairs(subject: Subject) -> Q:
    return Q(first__in=subject.customers) | Q(second__in=subject.customers)


_CITY = "the town is kept for figures by region; without street and name it names nobody"
_FACT_TEXTS = {"note": blank(names=TEXT), "told_by": blank(names=TEXT), "purpose": blank()}

RULES = [
    table(
        "customers.Customer",
        of={CUSTOMER: by("pk")},
        personal={
            "name": pseudonym(customer_name),
            "phone": blank(names=ID),
            "address": blank(names=ID),
            "latitude": null(),
            "longitude": null(),
            "wgs_latitude": null(),
            "wgs_longitude": null(),
            "search_text": pseudonym(lambda row: search_text(row.code, customer_name(row), ""), names=0),
            "code": kept(NAMED),
            "province": kept(_CITY),
            "city": kept(_CITY),
            "district": kept(_CITY),
            "opened_on": kept("tiers and figures need how long the shop was there"),
            "closed_on": kept("tiers and figures need how long the shop was there"),
        },
        plain={CODES: "kind state category datum", WHEN: "created_at updated_at"},
    ),
    table(
        "customers.Person",
        of={CUSTOMER: by("pk", "people"), PERSON: by("pk", "persons")},
        erased={CUSTOMER: by("pk", "persons")},
        personal={
            "name": pseudonym(person_name),
            "phone": blank(names=ID),
            "wechat": blank(names=ID),
            "email": blank(names=ID),
            "gender": blank(),
            "birth_year": null(),
            "birth_month": null(),
            "birth_day": null(),
            "note": blank(names=TEXT),
            "phone_digits": blank(names=ID),
            "search_text": pseudonym(lambda row: search_text("", person_name(row), ""), names=0),
        },
        plain={WHEN: "created_at updated_at"},
    ),
    table(
        "customers.PersonRole",
        of={CUSTOMER: by("customer_id"), PERSON: by("person_id", "persons")},
        erased={CUSTOMER: _roles},
        personal={
            "role_other": mark(names=TEXT),
            "note": blank(names=TEXT),
            "role": kept("that somebody stood with the customer as this, without who"),
            "since": kept(WHEN),
            "until": kept(WHEN),
        },
    ),
    table(
        "customers.Relation",
        of={CUSTOMER: _relations, PERSON: _relations},
        personal={"note": blank(names=TEXT), "since": null(), "until": null()},
        plain={WHEN: "created_at"},
        drops=(CUSTOMER, PERSON),
    ),
    table(
        "customers.RelationType",
        plain={
            "words that anybody chooses from": "code forward backward forward_zh_hans backward_zh_hans"
            " forward_zh_hant backward_zh_hant"
        },
    ),
    table(
        "customers.Fact",
        of={CUSTOMER: by("customer_id"), PERSON: owner_facts},
        erased={CUSTOMER: _facts, PERSON: _owner_facts},
        personal={
            "value": blank(names=TEXT),
            "number": null(),
            **_FACT_TEXTS,
            "expires_on": null(),
            "erased_at": moment(),
            "noted_on": kept(WHEN),
            "consent": kept("that there was consent, and in what form"),
        },
        plain={CODES: "field source", WHEN: "created_at"},
        guarded=True,
    ),
    # Figures and choices of the business stay; what was said beside them goes.
    table("customers.Fact", erased={CUSTOMER: _other_facts, PERSON: _none}, personal=_FACT_TEXTS, guarded=True),
    table(
        "customers.Attachment",
        of={CUSTOMER: by("customer_id"), PERSON: by("pk", "files")},
        personal={
            "title": mark(names=TEXT),
            "note": blank(names=TEXT),
            "name": mark(names=TEXT),
            "file": content(),
            "thumbnail": content(),
            "taken_on": null(),
            "latitude": null(),
            "longitude": null(),
            "sha256": blank(),
            "kept_sha256": blank(),
        },
        plain={CODES: "kind category content_type scan", WHEN: "uploaded_at removed_at"},
        drops=(CUSTOMER, PERSON),
    ),
    table(
        "customers.Observation",
        of=_BY_CUSTOMER,
        personal={"note": blank(names=TEXT)},
        plain={CODES: "trait source kind ref", WHEN: "seen_on created_at"},
        guarded=True,
    ),
    table(
        "customers.Responsibility",
        of=_BY_CUSTOMER,
        plain={"which colleague looked after the business": "since until"},
        why=_("who of us looked after the business"),
    ),
    table(
        "customers.OpenItem",
        of=_BY_CUSTOMER,
        personal={"note": blank(names=TEXT), "number": kept(BOOKS)},
        plain={BOOKS: "issued_on due_on currency paid_on settled_on"},
    ),
    table(
        "customers.Payment",
        of=_BY_CUSTOMER,
        personal={"note": blank(names=TEXT), "number": kept(BOOKS), "pays": kept(BOOKS), "method": kept(BOOKS)},
        plain={BOOKS: "paid_on currency"},
    ),
    table(
        "customers.Allocation",
        of={CUSTOMER: lambda subject: Q(item__customer_id__in=subject.customers)},
        plain={BOOKS: "on"},
        why=BOOKS,
    ),
    table(
        "customers.Promise",
        of=_BY_CUSTOMER,
        personal={"what": mark(names=TEXT)},
        plain={CODES: "made_by state", BOOKS: "due_on made_on settled_on", WHEN: "created_at"},
    ),
    table("customers.SaleLine", of=_BY_CUSTOMER, plain={BOOKS: "sold_on currency"}, why=BOOKS),
    table("customers.MonthlySales", of=_BY_CUSTOMER, plain={BOOKS: "month last_sold_on"}, why=BOOKS),
    table("customers.RegionMonth", plain={"sums of many": "month"}),
    table("customers.SalesDirty", plain={WORKED_OUT: "since_month"}),
    table(
        "customers.TierDecision",
        of=_BY_CUSTOMER,
        plain={
            "what was decided of the business, by its figures": (
                "as_of tier reason previous_tier rule_tier rule_reason decided_at"
            )
        },
        why=_("the ledger of tiers"),
    ),
    table(
        "customers.TierStanding",
        of=_BY_CUSTOMER,
        plain={WORKED_OUT: "kind tier reason override_tier rule_tier rule_reason last_sold_on"},
        why=_("worked out from the ledger"),
    ),
    table(
        "customers.TierOverride",
        of=_BY_CUSTOMER,
        personal={
            "reason": mark(names=TEXT),
            "review_note": blank(names=TEXT),
            "end_note": blank(names=TEXT),
        },
        plain={
            CODES: "tier state computed_tier",
            "what was decided of the business, and when": "since until proposed_at decided_at ended_on",
        },
    ),
    table("customers.TierTrial", plain={"what a rule would do over all": "as_of draft result churn created_at"}),
    table("customers.TierTrialMove", of=_BY_CUSTOMER, plain={WORKED_OUT: "before after reason_before reason"}),
    table(
        "customers.TierPolicy",
        plain={"a rule of the company": "code name options note created_at adopted_at adopted_from planned_note"},
    ),
    table("customers.TierRun", plain={"a run over all": "as_of mode created_at"}),
    table("customers.ScoreRun", plain={"a run over all": "as_of shares spreads weights created_at"}),
    table("customers.ScoreWeights", plain={"a rule of the company": "since cooperation loyalty created_at"}),
    table("customers.StandingState", plain={WORKED_OUT: "figures_as_of w0_start"}),
    table("customers.RegionTier", plain={"counts of many": "tier"}),
    table(
        "customers.SearchEntry",
        of={CUSTOMER: by("customer_id"), PERSON: lambda subject: Q(kind="person", ref_id__in=subject.persons)},
        erased={CUSTOMER: _none, PERSON: _none},
        personal={"text": blank()},
        plain={CODES: "kind"},
        why="kept by the database like the rows it is made from",
    ),
    table(
        "customers.DuplicateKey",
        of=_BY_CUSTOMER,
        personal={"key": mark()},
        plain={CODES: "kind"},
        drops=(CUSTOMER,),
    ),
    table(
        "customers.DuplicatePair",
        of={CUSTOMER: _pairs},
        personal={"reasons": masked(), "note": blank(names=TEXT)},
        plain={CODES: "state", WHEN: "decided_at found_at"},
        drops=(CUSTOMER,),
    ),
    table(
        "customers.Merge",
        of={CUSTOMER: _merges},
        personal={
            "loser_name": pseudonym(lambda row: customer_number(row.loser_id)),
            "reason": blank(names=TEXT),
            "loser_code": kept(NAMED),
        },
        plain={CODES: "state take", "how many rows": "moved", WHEN: "created_at undone_at"},
    ),
    table(
        "customers.MergedCustomer",
        of={CUSTOMER: by("survivor_id")},
        personal={"code": kept(NAMED)},
    ),
    table(
        "customers.Erasure",
        of={
            CUSTOMER: lambda subject: Q(subject=CUSTOMER, subject_id__in=subject.customers),
            PERSON: lambda subject: Q(subject=PERSON, subject_id__in=subject.persons),
        },
        personal={
            "reason": kept("cleared of names when the erasure is done"),
            "code": kept(NAMED),
        },
        plain={
            CODES: "subject state ground",
            "numbers and counts": "chosen counts pending",
            WHEN: "asked_at decided_at done_at",
        },
        why=_("the certificate"),
    ),
]
