"""Changing the tree of causes. What was found stays: a cause that is no longer offered keeps its slumps."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import diff, record
from crm.refusing import refusal_of
from customers.slumps.models import SlumpCause

FIELDS = ("parent", "name", "name_zh_hans", "name_zh_hant", "position", "active")


@transaction.atomic
def write_cause(*, cause: SlumpCause | None, by: User | None, **fields: Any) -> SlumpCause:
    """A new one (with its code), or the fields given of one. The tree has two floors."""
    held = (
        SlumpCause(code=fields.pop("code"))
        if cause is None
        else SlumpCause.objects.select_for_update().get(pk=cause.pk)
    )
    before = {} if cause is None else _told(held)
    for name in FIELDS:
        if name in fields:
            setattr(held, name, fields[name])
    parent = held.parent
    if parent is not None and (parent.parent_id is not None or parent.pk == held.pk):
        raise refusal_of("parent", _("Causes belong to one of the first floor."), "deep")
    if parent is not None and held.pk and held.children.exists():
        raise refusal_of("parent", _("Other causes belong to this one."), "deep")
    held.full_clean()
    held.save()
    changes = diff(before, _told(held))
    if changes:
        record(action="slump_cause.write", target=held, changes=changes, actor=by)
    return held


def _told(cause: SlumpCause) -> dict[str, Any]:
    return {name: str(getattr(cause, name) or "") for name in FIELDS} | {"code": cause.code}
