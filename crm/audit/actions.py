"""Writing the audit log: called by every action, inside its transaction."""

from __future__ import annotations

import datetime
import secrets
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.db import models, transaction

from crm.audit.context import current
from crm.audit.models import AuditEntry

# Values of these fields never enter the log, only the fact that they changed.
SECRET_FIELDS = frozenset({"password", "digest", "token_key", "token"})
HIDDEN = "•••"


def new_salt() -> str:
    return secrets.token_hex(16)


def plain(value: Any) -> Any:
    """A value as JSON keeps it: money and dates as strings, rows as their name and key."""
    if isinstance(value, models.Model):
        return {"id": value.pk, "name": str(value)}
    if isinstance(value, Decimal | datetime.date | datetime.datetime | datetime.time):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {str(key): plain(one) for key, one in value.items()}
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return str(value)


def diff(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list]:
    """{field: [old, new]} for the fields that differ; secrets appear as [•••, •••]."""
    changed = {}
    for field in after:
        old, new = before.get(field), after[field]
        if old != new:
            changed[field] = [HIDDEN, HIDDEN] if field in SECRET_FIELDS else [plain(old), plain(new)]
    return changed


def snapshot(row: models.Model, fields: list[str] | None = None) -> dict[str, Any]:
    """The concrete fields of a row (foreign keys as ids), for a later `diff`."""
    names = fields or [f.attname for f in row._meta.concrete_fields]
    return {name: getattr(row, name) for name in names}


def record(
    *,
    action: str,
    target: models.Model | None = None,
    changes: Mapping[str, Any] | None = None,
    reason: str = "",
    actor=None,
) -> AuditEntry:
    """Write one entry in the caller's transaction.

    action: a stable code such as `customer.create`. changes: {field: [old, new]} or any JSON object.
    """
    now = current()
    who = actor if actor is not None else now.actor
    with transaction.atomic():
        return AuditEntry.objects.create(
            actor=who,
            actor_name=str(who)[:160] if who else "",
            action=action,
            model=target._meta.label_lower if target is not None else "",
            object_id=str(target.pk) if target is not None else "",
            object_name=str(target)[:200] if target is not None else "",
            changes={key: plain(value) for key, value in (changes or {}).items()},
            reason=reason[:500],
            via=now.via,
            address=now.address,
            request_id=now.request_id,
            salt=new_salt(),
        )


def record_many(
    *, action: str, targets: Iterable[tuple[models.Model, Mapping[str, Any]]], reason: str = "", actor=None
) -> int:
    """Write one entry for each (row, changes) in the caller's transaction, a few statements for all; say how many."""
    now = current()
    who = actor if actor is not None else now.actor
    entries = [
        AuditEntry(
            actor=who,
            actor_name=str(who)[:160] if who else "",
            action=action,
            model=target._meta.label_lower,
            object_id=str(target.pk),
            object_name=str(target)[:200],
            changes={key: plain(value) for key, value in changes.items()},
            reason=reason[:500],
            via=now.via,
            address=now.address,
            request_id=now.request_id,
            salt=new_salt(),
        )
        for target, changes in targets
    ]
    AuditEntry.objects.bulk_create(entries, batch_size=500)
    return len(entries)
