"""Seals: each night a digest over the log's new entries and the seal before, so that a change by hand shows.

The database refuses to change entries, but whoever owns the database can switch that off. A chain of digests cannot
be mended without writing every later seal anew, and the last one may be noted outside (`check_integrity` tells it).

Entries get their numbers before they are committed: one may come late, below those sealed already. A seal therefore
names the numbers that were missing, and a later one which of them came late.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator

from django.utils.translation import gettext as _

from crm.audit.models import AuditEntry, AuditSeal
from crm.clock import now

LATE = datetime.timedelta(days=2)
"""No transaction is open for longer: what turns up later was put in by hand."""
_FIELDS = (
    "pk", "at", "actor_id", "actor_name", "action", "model", "object_id", "object_name", "changes", "reason", "via",
    "address", "request_id",
)  # fmt: skip
Range = tuple[int, int]


def _rows(start: int, end: int) -> Iterator[tuple]:
    rows = AuditEntry.objects.filter(pk__gte=start, pk__lte=end).order_by("pk")
    return rows.values_list(*_FIELDS).iterator(chunk_size=2_000)


def _line(row: tuple) -> bytes:
    pk, at, *rest = row
    moment = at.astimezone(datetime.UTC).isoformat()
    return json.dumps([pk, moment, *rest], sort_keys=True, separators=(",", ":")).encode()


def _digest(before: str, rows: Iterable[tuple]) -> tuple[str, list[int]]:
    """The digest, and the numbers of the rows it is made of."""
    made, numbers = hashlib.sha256(before.encode()), []
    for row in rows:
        made.update(_line(row) + b"\n")
        numbers.append(row[0])
    return made.hexdigest(), numbers


def _gaps(start: int, end: int, numbers: Iterable[int]) -> list[Range]:
    found, expected = [], start
    for number in numbers:
        if number > expected:
            found.append((expected, number - 1))
        expected = number + 1
    return found + ([(expected, end)] if expected <= end else [])


def _outside(ranges: list[Range], rows: Iterable[tuple]) -> Iterator[tuple]:
    return (row for row in rows if not any(first <= row[0] <= last for first, last in ranges))


def _come_late(seals: Iterable[AuditSeal], known: set[int]) -> list[int]:
    """Entries whose numbers were missing when their stretch was sealed and that no seal has named since."""
    found: list[int] = []
    for seal in seals:
        for first, last in seal.gaps:
            there = AuditEntry.objects.filter(pk__gte=first, pk__lte=last).values_list("pk", flat=True)
            found += [number for number in there if number not in known]
    return sorted(found)


def _named_late() -> set[int]:
    return {number for late in AuditSeal.objects.values_list("late", flat=True) for number in late}


def next_seal() -> AuditSeal | None:
    """The seal over what no seal holds yet, unsaved; None if there is nothing new."""
    before = AuditSeal.objects.order_by("-number").first()
    start = before.upto + 1 if before else 1
    end = AuditEntry.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    late = _come_late(AuditSeal.objects.filter(at__gt=now() - LATE), _named_late())
    if end < start and not late:
        return None
    end = max(end, start - 1)
    rows = [*AuditEntry.objects.filter(pk__in=late).order_by("pk").values_list(*_FIELDS)]
    late_digest, _numbers = _digest(before.digest if before else "", rows)
    digest, numbers = _digest(late_digest, _rows(start, end))
    return AuditSeal(
        number=before.number + 1 if before else 1,
        since=start,
        upto=end,
        gaps=_gaps(start, end, numbers),
        late=late,
        entries=len(numbers) + len(late),
        digest=digest,
    )


def broken() -> Iterator[str]:
    """What is not as it was sealed, in words."""
    before, upto, number = "", 0, 0
    for one in AuditSeal.objects.order_by("number").iterator():
        number += 1
        rows = [*AuditEntry.objects.filter(pk__in=one.late).order_by("pk").values_list(*_FIELDS)]
        late_digest, _late = _digest(before, rows)
        gaps = [(first, last) for first, last in one.gaps]
        digest, _numbers = _digest(late_digest, _outside(gaps, _rows(one.since, one.upto)))
        if one.number != number or one.since != upto + 1:
            yield _("seal %(number)d: the one before it is missing") % {"number": one.number}
        elif digest != one.digest:
            words = {"number": one.number, "first": one.since, "last": one.upto}
            yield _("seal %(number)d: entries %(first)d to %(last)d are not as they were") % words
        before, upto, number = one.digest, one.upto, one.number
    for entry in _come_late(AuditSeal.objects.filter(at__lte=now() - LATE), _named_late()):
        yield _("entry %(number)d was put in later") % {"number": entry}


def head() -> AuditSeal | None:
    return AuditSeal.objects.order_by("-number").first()
