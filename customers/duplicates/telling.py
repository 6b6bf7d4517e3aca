"""A merge in words: how many rows of what, and what stands in the way of its undo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.utils.translation import gettext as _

from customers.duplicates.journal import Moved, decode
from customers.duplicates.models import Merge
from customers.profile.models import Customer

SHOWN = 50
UNTOLD = {"customers.DuplicatePair", "customers.DuplicateKey", "customers.TierStanding"}
"""Bookkeeping that nobody asks about."""
_NAMES = ("sold_on", "seen_on", "since", "month", "name", "title", "code")


def moved(merge: Merge) -> list[tuple[Any, int]]:
    return [
        (apps.get_model(label)._meta.verbose_name_plural, rows)
        for label, rows in merge.moved.items()
        if label not in UNTOLD
    ]


def taken(merge: Merge) -> list[Any]:
    return [Customer._meta.get_field(name).verbose_name for name in merge.take]


@dataclass(frozen=True, slots=True)
class Way:
    """A row that has changed since. table and row: what it is; what: a sentence."""

    table: Any
    row: str
    what: str


def ways(found: Sequence[Moved]) -> list[Way]:
    return [Way(one.model._meta.verbose_name, _row(one), _what(one)) for one in found[:SHOWN]]


def _row(one: Moved) -> str:
    for name in _NAMES:
        if one.image.get(name) is not None:
            return str(decode(one.image[name]))
    return f"#{one.key}"


def _what(one: Moved) -> str:
    if one.what == "gone":
        return _("is gone")
    if one.what == "there":
        return _("is there again")
    names = {field.column: field.verbose_name for field in one.model._meta.concrete_fields}
    return _("has another value now: %(fields)s") % {"fields": ", ".join(str(names[name]) for name in one.columns)}
