"""Writing facts: one more row for each change, what was known before stays."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm import crypt
from crm.accounts.models import User
from crm.audit.actions import HIDDEN, record
from crm.clock import now, today
from customers.facts.fields import FIELDS, Field
from customers.facts.models import Consent, Fact, Source
from customers.facts.values import BadValue, Form, canonical, number_of
from customers.profile.models import Customer


@dataclass(frozen=True)
class Origin:
    """Where a fact comes from. noted_on: the day it was true, None: today; purpose, consent and expires_on are for
    sensitive fields and ignored of others; expires_on None: the usual time from noted_on."""

    source: str = Source.TOLD
    told_by: str = ""
    noted_on: datetime.date | None = None
    note: str = ""
    purpose: str = ""
    consent: str = Consent.NONE
    expires_on: datetime.date | None = None


def form_of(field: Field) -> Form:
    return Form(field.form, tuple(field.choices or ()), field.most)


def usual_expiry(noted_on: datetime.date) -> datetime.date:
    return noted_on + datetime.timedelta(days=settings.SENSITIVE_FACTS_DAYS)


@transaction.atomic
def note_fact(
    *,
    customer: Customer,
    field: str,
    value: Any,
    by: User | None,
    origin: Origin | None = None,
    seen: int | None = None,
) -> Fact:
    """Write down what is known of a field; "" says that it is not known any more.

    The newest by its date is in force: a fact noted earlier than the one in force only joins the history. The same
    value with the same origin is not written twice; with another date or source it is, since it confirms.
    seen: the key of the fact in force that the person saw (0: none); when another is by now, nothing is written and
    a ValidationError with code `conflict` says so. Other refusals are keyed by `value`, `noted_on`, `expires_on` …
    """
    known = FIELDS[field]
    origin = origin or Origin()
    # The customer's row is the lock: two who write the same field wait for each other.
    Customer.objects.select_for_update().get(pk=customer.pk)
    present = Fact.objects.current().filter(customer=customer, field=field).first()
    if seen is not None and seen != (present.pk if present else 0):
        raise ValidationError(
            _("Somebody else has written this down in the meantime."), code="conflict", params={"seen": seen}
        )
    text = clean_value(known, value)
    fact = built(customer, known, text, origin, by)
    if present is not None and _same(present, fact, text):
        return present
    if present is None and not text:
        raise ValidationError({"value": _("Enter what you know.")}, code="empty")
    fact.is_current = present is None or fact.noted_on >= present.noted_on
    if present is not None and fact.is_current:
        Fact.objects.filter(pk=present.pk).update(is_current=False)
    fact.save(force_insert=True)
    record(action="fact.note", target=customer, changes={f"fact.{field}": told(fact, present)}, actor=by)
    return fact


def clean_value(field: Field, value: Any) -> str:
    """The canonical text. Raises ValidationError keyed by `value`."""
    try:
        return canonical(form_of(field), value)
    except BadValue as bad:
        raise ValidationError({"value": words_of(bad)}, code=bad.code) from bad


def words_of(bad: BadValue) -> str:
    """A refused value in words."""
    texts = {
        "not_a_number": _("Enter a number."),
        "decimals": _("Enter a whole number.") if bad.params.get("places") == 0 else _("At most two decimals."),
        "too_small": _("Enter %(least)s or more."),
        "too_large": _("Enter %(most)s or less."),
        "not_a_date": _("Enter a date."),
        "not_a_choice": _("Choose one of the answers."),
        "own_words": _("Say in words what else it is."),
        "too_long": _("At most %(most)s characters."),
    }
    return texts[bad.code] % bad.params


def built(customer: Customer, field: Field, text: str, origin: Origin, by: User | None) -> Fact:
    """A fact not written yet; text is canonical. Raises ValidationError keyed by field."""
    day = origin.noted_on or today()
    if day > today():
        raise ValidationError({"noted_on": _("A fact cannot be from a day to come.")}, code="future")
    fact = Fact(
        customer=customer,
        field=field.key,
        value=crypt.seal(text) if field.sensitive and text else text,
        number=None if field.sensitive else number_of(form_of(field), text),
        source=origin.source,
        told_by=" ".join(origin.told_by.split()),
        noted_on=day,
        author=by,
        # Words beside a sensitive value would lie there unsealed.
        note="" if field.sensitive else " ".join(origin.note.split()),
        created_at=now(),
    )
    if field.sensitive:
        fact.purpose = " ".join(origin.purpose.split())
        fact.consent = origin.consent
        fact.expires_on = origin.expires_on or usual_expiry(day)
        if fact.expires_on <= today():
            raise ValidationError({"expires_on": _("Keep it until a day to come.")}, code="past")
    fact.full_clean(validate_unique=False, validate_constraints=False, exclude=["customer", "author", "value"])
    return fact


def _same(present: Fact, fact: Fact, text: str) -> bool:
    names = ("source", "told_by", "noted_on", "note", "purpose", "consent")
    return present.text == text and all(getattr(present, name) == getattr(fact, name) for name in names)


def told(fact: Fact, before: Fact | None) -> list[str]:
    """The change as the log keeps it: of a sensitive field only that there was one."""
    known = FIELDS[fact.field]
    if known.sensitive:
        return [HIDDEN if before is not None and before.value else "", HIDDEN if fact.value else ""]
    return [before.value if before is not None else "", fact.value]


@transaction.atomic
def read_fact(*, fact: Fact, by: User, why: str = "") -> str:
    """The value of a sensitive fact, unsealed; the reading is written down. The caller has looked at the rights."""
    record(
        action="fact.read",
        target=fact.customer,
        changes={"field": fact.field, "fact": fact.pk},
        reason=why,
        actor=by,
    )
    return fact.text
