"""Seals: each night a digest over the log's new entries and the seal before, so that a change by hand shows.

The database refuses to change entries, but whoever owns the database can switch that off. A chain of digests cannot
be mended without writing every later seal anew, and the last one may be noted outside (`check_integrity` tells it).

Entries get their numbers before they are committed: one may come late, below those sealed already. A seal therefore
names the numbers that were missing, and a later one which of them came late.

A seal is a digest over the digests of its entries (scheme 2), each made with the entry's salt. So personal values can
be taken out of an entry (redacting.py): the digest it had is kept beside it, the salt goes, and the chain still holds.
Seals of the first scheme are over the entries' own bytes; see `restate`.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby

from django.db.models import Q
from django.utils.translation import gettext as _

from crm.audit.models import AuditEntry, AuditRedaction, AuditSeal
from crm.clock import now

LATE = datetime.timedelta(days=2)
"""No transaction is open for longer: what turns up later was put in by hand."""
FIELDS = (
    "pk", "at", "actor_id", "actor_name", "action", "model", "object_id", "object_name", "changes", "reason", "via",
    "address", "request_id", "salt",
)  # fmt: skip
SCHEME = 2
Redacted = Mapping[int, tuple[str, str]]
"""{entry: (digest before anything was taken out of it, digest as it must be now)}"""
Range = tuple[int, int]


def _rows(start: int, end: int) -> Iterator[tuple]:
    rows = AuditEntry.objects.filter(pk__gte=start, pk__lte=end).order_by("pk")
    return rows.values_list(*FIELDS).iterator(chunk_size=2_000)


def line_of(row: tuple) -> bytes:
    """The entry's own bytes, without its salt."""
    pk, at, *rest, _salt = row
    moment = at.astimezone(datetime.UTC).isoformat()
    return json.dumps([pk, moment, *rest], sort_keys=True, separators=(",", ":")).encode()


def entry_digest(row: tuple, salt: str | None = None) -> str:
    """row: as `FIELDS`. salt: instead of the row's own."""
    return hashlib.sha256((salt or row[-1] or "").encode() + line_of(row)).hexdigest()


def redactions(start: int, end: int, more: Iterable[int] = ()) -> dict[int, tuple[str, str]]:
    """Of the entries in a stretch, and of some others; taken out of twice: the first digest before, the last after."""
    rows = AuditRedaction.objects.filter(Q(entry_id__gte=start, entry_id__lte=end) | Q(entry_id__in=list(more)))
    found: dict[int, tuple[str, str]] = {}
    for entry, before, after in rows.order_by("batch").values_list("entry_id", "before", "after"):
        if entry in found and found[entry][1] != before:
            after = ""  # not the same chain: nothing can equal it
        found[entry] = (found[entry][0] if entry in found else before, after)
    return found


def digest_of(before: str, rows: Iterable[tuple], scheme: int | None, redacted: Redacted) -> tuple[str, list[int]]:
    """The digest, and the numbers of the rows it is made of."""
    made, numbers = hashlib.sha256(before.encode()), []
    for row in rows:
        numbers.append(row[0])
        if scheme is None:
            made.update(line_of(row) + b"\n")
            continue
        own = entry_digest(row)
        if row[0] in redacted:
            first, now_is = redacted[row[0]]
            own = first if own == now_is else own
        made.update(own.encode() + b"\n")
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
    redacted = redactions(start, end, late)
    rows = [*AuditEntry.objects.filter(pk__in=late).order_by("pk").values_list(*FIELDS)]
    late_digest, _numbers = digest_of(before.digest if before else "", rows, SCHEME, redacted)
    digest, numbers = digest_of(late_digest, _rows(start, end), SCHEME, redacted)
    return AuditSeal(
        number=before.number + 1 if before else 1,
        since=start,
        upto=end,
        gaps=_gaps(start, end, numbers),
        late=late,
        entries=len(numbers) + len(late),
        digest=digest,
        scheme=SCHEME,
    )


def seal_digest(one: AuditSeal, before: str, scheme: int | None) -> str:
    """A seal's digest as the entries give it today. before: the digest of the seal before it."""
    redacted = redactions(one.since, one.upto, one.late) if scheme else {}
    rows = [*AuditEntry.objects.filter(pk__in=one.late).order_by("pk").values_list(*FIELDS)]
    late_digest, _late = digest_of(before, rows, scheme, redacted)
    gaps = [(first, last) for first, last in one.gaps]
    return digest_of(late_digest, _outside(gaps, _rows(one.since, one.upto)), scheme, redacted)[0]


def broken() -> Iterator[str]:
    """What is not as it was sealed, in words."""
    before, upto, number = "", 0, 0
    for one in AuditSeal.objects.order_by("number").iterator():
        number += 1
        old = one.scheme is None and one.restated is None
        digest, expected = seal_digest(one, before, None if old else SCHEME), one.restated or one.digest
        if one.number != number or one.since != upto + 1:
            yield _("seal %(number)d: the one before it is missing") % {"number": one.number}
        elif digest != expected or (one.restated and not _told_of_restating(one)):
            words = {"number": one.number, "first": one.since, "last": one.upto}
            yield _("seal %(number)d: entries %(first)d to %(last)d are not as they were") % words
        before, upto, number = one.digest, one.upto, one.number
    for entry in _come_late(AuditSeal.objects.filter(at__lte=now() - LATE), _named_late()):
        yield _("entry %(number)d was put in later") % {"number": entry}
    yield from _untold_redactions()


def batch_digest(lines: Iterable[tuple[int, str, str]]) -> str:
    """Over (entry, before, after), in the order of the entries."""
    made = hashlib.sha256()
    for entry, was, became in sorted(lines):
        made.update(f"{entry}:{was}:{became}\n".encode())
    return made.hexdigest()


def _told_of_restating(one: AuditSeal) -> bool:
    changes = {"seal": one.number, "digest": one.digest, "restated": one.restated}
    return any(told == changes for told in _told("audit.restate"))


def _told(action: str) -> Iterator[dict]:
    return AuditEntry.objects.filter(action=action).values_list("changes", flat=True).iterator()


def _untold_redactions() -> Iterator[str]:
    """Whoever takes something out says so in the log itself, with a digest over what was taken."""
    told = {one.get("batch"): one.get("digest") for one in _told("audit.redact")}
    lines = AuditRedaction.objects.order_by("batch").values_list("batch", "entry_id", "before", "after")
    for batch, group in groupby(lines.iterator(), key=lambda line: line[0]):
        if told.pop(batch, None) != batch_digest(line[1:] for line in group):
            yield _("redaction %(number)d is not as the log tells") % {"number": batch}
    for batch in told:
        yield _("redaction %(number)d is not as the log tells") % {"number": batch}


def head() -> AuditSeal | None:
    return AuditSeal.objects.order_by("-number").first()
