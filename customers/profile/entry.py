"""What speaks against writing a new customer, asked of the slices above: settings.ENTRY_CHECKS names them.

A check is a callable `(values, user) -> Alike`; it may read, and writes nothing that matters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

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
