"""Changing the tree of causes. What was found stays: a cause that is no longer offered keeps its slumps."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.brandwording import write_word
from crm.refusing import refusal_of
from customers.slumps.models import SlumpCause


def write_cause(*, cause: SlumpCause | None, by: User | None, **fields: Any) -> SlumpCause:
    """A new one (with its code), or the fields given of one. The tree has two floors."""
    return write_word(SlumpCause, cause, action="slump_cause.write", by=by, check=_two_floors, **fields)


def _two_floors(held: SlumpCause) -> None:
    parent = held.parent
    if parent is not None and (parent.parent_id is not None or parent.pk == held.pk):
        raise refusal_of("parent", _("Causes belong to one of the first floor."), "deep")
    if parent is not None and held.pk and held.children.exists():
        raise refusal_of("parent", _("Other causes belong to this one."), "deep")
