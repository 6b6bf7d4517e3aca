"""Taking personal values out of the log when the law asks for it, so that the log still proves what it proved.

The log is append-only and sealed by a chain of digests. An entry that is redacted keeps who did what, when and to which
row; values, names and reasons become •••. Its digest from before stays beside it and stands in for it in the chain; the
salt that went into that digest is gone, so nobody can try out what the values were. Each batch of redactions is itself
an entry of the log with a digest over all of them: what was redacted, by whom and why is as hard to forge as the rest.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import Max, Q
from django.utils.translation import gettext as _

from crm.appendonly import lifted_for
from crm.audit import sealing
from crm.audit.actions import HIDDEN, new_salt, record
from crm.audit.models import AuditEntry, AuditRedaction, AuditSeal

_AT_ONCE, _STRETCH = 500, 50_000
Change = Mapping[str, Any]
"""What becomes of an entry: some of object_name, changes, reason, address."""


def redact(entries: Sequence[tuple[AuditEntry, Change]], *, reason: str = "", actor=None) -> int:
    """Take values out, in the caller's transaction; says of how many entries. Those that stay the same are left alone.

    Raises ValidationError where a seal over one of them does not hold already: what was tampered with is not mended.
    """
    altered = [(entry, new) for entry, new in entries if any(getattr(entry, name) != new[name] for name in new)]
    if not altered:
        return 0
    ids = [entry.pk for entry, _new in altered]
    old_seals = _to_restate(ids)
    batch = (AuditRedaction.objects.aggregate(last=Max("batch"))["last"] or 0) + 1
    free = _unbound(ids, old_seals)
    lines: list[tuple[int, str, str]] = []
    with lifted_for(connection, ["crm_auditentry", "crm_auditseal"], ("update",)):
        before = {entry.pk: _digest(entry, new_salt() if entry.pk in free else None) for entry, _new in altered}
        for entry, new in altered:
            for name, value in new.items():
                setattr(entry, name, value)
            entry.salt = None
        names = ["object_name", "changes", "reason", "address", "salt"]
        AuditEntry.objects.bulk_update([entry for entry, _new in altered], names, batch_size=100)
        # As the database gives them back: JSON may come in another order than it went.
        for at in range(0, len(ids), _AT_ONCE):
            for row in AuditEntry.objects.filter(pk__in=ids[at : at + _AT_ONCE]).values_list(*sealing.FIELDS):
                lines.append((row[0], before[row[0]], sealing.entry_digest(row)))
        AuditRedaction.objects.bulk_create(
            [AuditRedaction(entry_id=one, batch=batch, before=was, after=became) for one, was, became in lines],
            batch_size=_AT_ONCE,
        )
        told = {"batch": batch, "entries": len(lines), "digest": sealing.batch_digest(lines)}
        record(action="audit.redact", changes=told, reason=reason, actor=actor)
        for seal, previous in old_seals:
            seal.restated = sealing.seal_digest(seal, previous, sealing.SCHEME)
            seal.save(update_fields=["restated"])
            told = {"seal": seal.number, "digest": seal.digest, "restated": seal.restated}
            record(action="audit.restate", changes=told, reason=reason, actor=actor)
    return len(lines)


def _digest(entry: AuditEntry, salt: str | None) -> str:
    return sealing.entry_digest(tuple(getattr(entry, name) for name in sealing.FIELDS), salt)


def _to_restate(ids: Collection[int]) -> list[tuple[AuditSeal, str]]:
    """Seals of the first scheme over any of these entries, each with the digest of the one before."""
    if not AuditSeal.objects.filter(scheme__isnull=True, restated__isnull=True).exists():
        return []
    found, before = [], ""
    for seal in AuditSeal.objects.order_by("number"):
        old = seal.scheme is None and seal.restated is None
        if old and any(seal.since <= one <= seal.upto or one in seal.late for one in ids):
            if sealing.seal_digest(seal, before, None) != seal.digest:
                raise ValidationError(_("The audit log does not hold what was sealed; see check_integrity."))
            found.append((seal, before))
        before = seal.digest
    return found


def _unbound(ids: Collection[int], restated: Sequence[tuple[AuditSeal, str]]) -> set[int]:
    """Entries without a salt whose digest no seal has used yet: a salt of the moment protects them."""
    last = AuditSeal.objects.aggregate(last=Max("upto"))["last"] or 0
    bare = set(AuditEntry.objects.filter(pk__in=ids, salt__isnull=True).values_list("pk", flat=True))
    bare -= set(AuditRedaction.objects.filter(entry_id__in=ids).values_list("entry_id", flat=True))
    late = {number for seal, _before in restated for number in seal.late}
    spans = [(seal.since, seal.upto) for seal, _before in restated]
    return {one for one in bare if one > last or one in late or any(a <= one <= b for a, b in spans)}


# --- finding ----------------------------------------------------------------------------------------------------


def holding(needles: Sequence[str], columns: Sequence[str] = ("changes", "object_name", "reason")) -> set[int]:
    """Numbers of the entries in which one of these texts stands; goes through the whole log."""
    return holding_rows("crm_auditentry", columns, needles)


def holding_rows(table: str, columns: Sequence[str], needles: Sequence[str]) -> set[int]:
    """Keys of a table's rows that hold one of these texts, in text or JSON columns."""
    found: set[int] = set()
    pg = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT MAX(id) FROM "{table}"')  # noqa: S608 - our own names
        last = cursor.fetchone()[0] or 0
    for at in range(0, len(needles), 25):
        parts, params = [], []
        for needle in needles[at : at + 25]:
            for column in columns:
                # As it stands in a text, and as JSON spells it.
                for spelled in {needle, as_json(needle, ascii_only=not pg)}:
                    parts.append(f'strpos("{column}"::text, %s) > 0' if pg else f'instr("{column}", %s) > 0')
                    params.append(spelled)
        said = f'SELECT id FROM "{table}" WHERE id > %s AND id <= %s AND ({" OR ".join(parts)})'  # noqa: S608
        with connection.cursor() as cursor:
            for start in range(0, last, _STRETCH):  # no statement for longer than the database lets one run
                cursor.execute(said, [start, start + _STRETCH, *params])
                found |= {row[0] for row in cursor.fetchall()}
    return found


def as_json(text: str, *, ascii_only: bool) -> str:
    return json.dumps(text, ensure_ascii=ascii_only)[1:-1]


def masker(needles: Sequence[str]) -> Callable[[str], str]:
    """Texts with these in them become texts with ••• in their place."""
    if not needles:
        return lambda text: text
    pattern = re.compile("|".join(re.escape(one) for one in sorted(needles, key=len, reverse=True)))
    return lambda text: pattern.sub(HIDDEN, text)


def walked(value: Any, mask: Callable[[str], str]) -> Any:
    """A JSON document with every text masked, keys too."""
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [walked(one, mask) for one in value]
    if isinstance(value, dict):
        return {mask(key): walked(one, mask) for key, one in value.items()}
    return value


def hidden(value: Any) -> Any:
    """A value of `changes` of which only is told that there was one."""
    if isinstance(value, list):
        return [hidden(one) for one in value]
    if isinstance(value, dict):
        return {key: hidden(one) for key, one in value.items()}
    return value if value is None or value == "" or isinstance(value, bool) else HIDDEN


def entries(where: Q, numbers: Collection[int] = ()) -> Iterator[AuditEntry]:
    """By condition, and by number."""
    yield from AuditEntry.objects.filter(where).iterator()
    rest = list(numbers)
    for at in range(0, len(rest), _AT_ONCE):
        yield from AuditEntry.objects.filter(pk__in=rest[at : at + _AT_ONCE]).exclude(where)
