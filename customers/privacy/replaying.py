"""Erasures that a backup does not know of: the list is kept outside the backups, and done again after a restore."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from crm.audit.actions import record
from crm.clock import now
from customers.privacy.actions import carry_out
from customers.privacy.exporting import row_of
from customers.privacy.models import Erasure

FORMAT = 1


def listed() -> list[dict]:
    """Done erasures as a list of plain values: numbers and codes, nothing of what was erased."""
    rows = Erasure.objects.done().order_by("pk")
    return [
        {
            "format": FORMAT,
            "subject": one.subject,
            "id": one.subject_id,
            "code": one.code,
            "region": one.region_id,
            "chosen": one.chosen,
            "ground": one.ground,
            "done_at": one.done_at.isoformat() if one.done_at else "",
        }
        for one in rows
    ]


def write(path: Path) -> int:
    rows = listed()
    path.write_text("".join(json.dumps(one) + "\n" for one in rows))
    return len(rows)


def read(path: Path) -> list[dict]:
    """Raises ValidationError, keyed by nothing, for a file that is no such list; nothing is done then."""
    rows = []
    for number, line in enumerate(path.read_text().splitlines(), start=1):
        if not line.strip():
            continue
        try:
            one = json.loads(line)
            good = one["format"] == FORMAT and one["subject"] in Erasure.Subject.values and isinstance(one["id"], int)
        except (ValueError, KeyError, TypeError):
            good = False
        if not good:
            raise ValidationError(_("Line %(line)d is not of a list of erasures.") % {"line": number})
        rows.append(one)
    return rows


def replay(rows: Iterable[dict], *, by=None) -> dict[str, int]:
    """Erase again what the list says and this database has not erased. again, known (done here already), missing (no
    such row), other (the number belongs to another code here: nothing is touched).
    """
    found = {"again": 0, "known": 0, "missing": 0, "other": 0}
    for one in rows:
        found[_replay(one, by)] += 1
    return found


def _replay(one: dict, by) -> str:
    row = row_of(one["subject"], one["id"])
    if row is None:
        return "missing"
    if one["subject"] == Erasure.Subject.CUSTOMER and row.code != one["code"]:
        return "other"
    if Erasure.objects.done().filter(subject=one["subject"], subject_id=one["id"]).exists():
        return "known"
    region = row.region_id if one["subject"] == Erasure.Subject.CUSTOMER else None
    Erasure.objects.waiting().filter(subject=one["subject"], subject_id=one["id"]).update(
        state=Erasure.State.REFUSED, decided_at=now()
    )
    erasure = Erasure.objects.create(
        subject=one["subject"],
        subject_id=one["id"],
        code=one["code"],
        region_id=region,
        state=Erasure.State.RUNNING,
        ground=Erasure.Ground.AGAIN,
        chosen=one.get("chosen", []),
        asked_by=by,
        asked_at=now(),
        decided_at=now(),
    )
    carry_out(erasure, by=by)
    record(action="privacy.replay", target=erasure, actor=by)
    return "again"
