"""Writing a new customer: what speaks against it, and what else is asked, both by the slices above.

settings.ENTRY_CHECKS and ENTRY_FIELDS name them. A check is a callable `(values, user) -> Alike`; it may read, and
writes nothing that matters.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.module_loading import import_string

from customers.profile.actions import create_customer
from customers.profile.models import Customer


@dataclass(frozen=True, slots=True)
class Like:
    """A customer there that the new one may be. reasons: words to read."""

    customer: Customer
    score: int
    reasons: list[str]


@dataclass
class Alike:
    """likes: those this person sees. beyond: how many there are beyond their reach."""

    likes: list[Like] = field(default_factory=list)
    beyond: int = 0
    detail: str = ""

    def __bool__(self) -> bool:
        return bool(self.likes or self.beyond)


def look(values: Mapping[str, Any], user) -> Alike:
    """What all checks find of a customer that is about to be written."""
    found = Alike()
    # Whose code is taken is told that, in the words of the action.
    if Customer.objects.filter(code=str(values.get("code") or "").strip()).exists():
        return found
    for path in settings.ENTRY_CHECKS:
        one = import_string(path)(values, user)
        found.likes += one.likes
        found.beyond += one.beyond
    return found


# --- what else is asked -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EntryField:
    """A question of the new customer's form whose answer a slice above keeps; it may be left empty.

    write(customer, text, by) raises ValidationError for what it does not take.
    """

    name: str
    label: Any
    longest: int
    write: Callable[[Customer, str, Any], Any]


def fields() -> list[EntryField]:
    return [import_string(path) for path in settings.ENTRY_FIELDS]


@transaction.atomic
def create(*, by, further: Mapping[str, str], **values) -> Customer:
    """A new customer with what else was answered ({name of an EntryField: text}), all or nothing.

    Raises ValidationError keyed by field.
    """
    customer = create_customer(by=by, **values)
    for one in fields():
        text = (further.get(one.name) or "").strip()
        if not text:
            continue
        try:
            one.write(customer, text, by)
        except ValidationError as refusal:
            raise ValidationError({one.name: refusal.messages}) from refusal
    return customer
