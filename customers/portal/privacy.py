"""What of the dealers' accounts is personal: an erasure ends the access and takes out who it was."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext

from crm.clock import now
from crm.privacy import CUSTOMER, ID, PERSON, Subject, blank, by, kept, pseudonym, table

WHEN = "when, without who or what, tells nothing"
SECRETS = "secrets of the server, which tell nothing of anybody"


def _name(row) -> str:
    return gettext("erased dealer #%(number)d") % {"number": row.pk}


def _accounts(subject: Subject) -> Q:
    """Of an erased customer those of its people too who have access to other customers."""
    return Q(customer_id__in=subject.customers) | Q(person_id__in=subject.persons)


def _of_accounts(subject: Subject) -> Q:
    return Q(account__customer_id__in=subject.customers) | Q(account__person_id__in=subject.persons)


_BOTH = {CUSTOMER: by("account__customer_id"), PERSON: by("account__person_id", "persons")}
_GOING = {CUSTOMER: _of_accounts}

RULES = [
    table(
        "customers.PortalAccount",
        of={CUSTOMER: by("customer_id"), PERSON: by("person_id", "persons")},
        erased={CUSTOMER: _accounts},
        personal={
            "name": pseudonym(_name),
            "phone": blank(names=ID),
            "email": blank(names=ID),
            "is_active": pseudonym(lambda row: False, names=0),
            "ended_at": pseudonym(lambda row: row.ended_at or now(), names=0),
            "language": blank(),
            "invited_at": kept(WHEN),
            "last_seen_at": kept(WHEN),
        },
    ),
    table(
        "customers.PortalLink",
        of=_BOTH,
        erased=_GOING,
        personal={"sent_to": blank(), "made_at": kept(WHEN), "used_at": kept(WHEN), "sent_at": kept(WHEN)},
        plain={SECRETS: "nonce", WHEN: "expires_at revoked_at"},
        untold=("nonce",),
        drops=(CUSTOMER, PERSON),
    ),
    table(
        "customers.PortalSession",
        of=_BOTH,
        erased=_GOING,
        personal={"begun_at": kept(WHEN), "last_seen_at": kept(WHEN), "ended_at": kept(WHEN)},
        plain={SECRETS: "digest", WHEN: "expires_at"},
        untold=("digest",),
        drops=(CUSTOMER, PERSON),
    ),
]
