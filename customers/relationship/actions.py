"""Writing down how a customer behaves."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from crm.accounts.models import User
from crm.audit.actions import record
from crm.clock import today
from customers.profile.actions import tiers_follow
from customers.profile.models import Customer
from customers.relationship.models import KINDS_OF, Kind, Observation, Trait

SOURCE_LENGTH, REF_LENGTH = 60, 80
_AT_ONCE = 500


@transaction.atomic
def observe(
    *,
    customer: Customer,
    trait: str,
    score: int,
    seen_on: datetime.date,
    seen_by: User | None = None,
    source: str = "",
    note: str = "",
    kind: str = Kind.OPINION,
    ref: str = "",
) -> Observation:
    """Write one observation; none is ever changed, a change of mind is a new one.

    score: 0 (poor) to 100 (excellent). seen_by None is the system. kind: what the evidence is, a judgement unless said.
    Raises ValidationError keyed by field.
    """
    if seen_on > today():
        raise ValidationError({"seen_on": ValidationError(_("This day has not come yet."), code="future")})
    observation = Observation(
        customer=customer,
        trait=trait,
        score=score,
        seen_on=seen_on,
        seen_by=seen_by,
        source=source,
        note=" ".join(note.split()),
        kind=kind,
        ref=ref,
    )
    observation.full_clean(exclude=["seen_by"] if seen_by is None else None)
    observation.save()
    record(
        action="customer.observe",
        target=customer,
        changes={
            "trait": [None, trait],
            "score": [None, score],
            **({"evidence": [None, str(kind)]} if kind != Kind.OPINION else {}),
            "seen_on": [None, seen_on],
            **({"note": [None, observation.note]} if observation.note else {}),
        },
        actor=seen_by,
    )
    tiers_follow(seen_by)
    return observation


@dataclass(frozen=True, slots=True)
class Witnessed:
    """An event: what kind, how far it was kept (0 to 1), when, and where it can be looked up (source and ref)."""

    customer_id: int
    kind: str
    kept: float | Fraction
    on: datetime.date
    source: str
    ref: str
    note: str = ""


@transaction.atomic
def witness(
    *,
    customer: Customer,
    kind: str,
    kept: float | Fraction,
    on: datetime.date,
    source: str,
    ref: str,
    by: User | None = None,
    note: str = "",
) -> Observation:
    """Write down one event, once: a second time the first row is returned, unchanged. For what slices above see happen.

    kind: any but an opinion. Raises ValidationError keyed by field.
    """
    witness_many([Witnessed(customer.pk, kind, kept, on, source, ref, note)], by=by)
    return Observation.objects.get(source=source, ref=ref)


@transaction.atomic
def witness_many(events: Sequence[Witnessed], *, by: User | None = None) -> int:
    """Write down events, each once, in a few statements; returns how many were new. All or nothing.

    The customers are the caller's to have checked. No entry in the log: the event itself has one where it happened.
    """
    rows = [_row(one, by) for one in {(one.source, one.ref): one for one in events}.values()]
    known = _known(rows)
    fresh = [row for row in rows if (row.source, row.ref) not in known]
    # Two at once may find the same event new: the database keeps one.
    Observation.objects.bulk_create(fresh, batch_size=_AT_ONCE, ignore_conflicts=True)
    if fresh:
        tiers_follow(by)
    return len(fresh)


def _row(one: Witnessed, by: User | None) -> Observation:
    trait = Trait.LOYALTY if one.kind == Kind.SHARE else Trait.COOPERATION
    if one.kind == Kind.OPINION or one.kind not in KINDS_OF[trait]:
        raise ValidationError({"kind": ValidationError(_("This is no kind of event."), code="kind")})
    if not 0 <= one.kept <= 1:
        raise ValidationError({"kept": ValidationError(_("Between 0 (not kept) and 1 (kept)."), code="kept")})
    if one.on > today():
        raise ValidationError({"on": ValidationError(_("This day has not come yet."), code="future")})
    if not 0 < len(one.ref) <= REF_LENGTH or not 0 < len(one.source) <= SOURCE_LENGTH:
        raise ValidationError({"ref": ValidationError(_("Name the event by source and reference."), code="ref")})
    return Observation(
        customer_id=one.customer_id,
        trait=trait,
        kind=one.kind,
        score=int(Fraction(one.kept) * 100 + Fraction(1, 2)),
        seen_on=one.on,
        seen_by=by,
        source=one.source,
        ref=one.ref,
        note=" ".join(one.note.split())[:300],
    )


def _known(rows: Iterable[Observation]) -> set[tuple[str, str]]:
    by_source: dict[str, list[str]] = {}
    for row in rows:
        by_source.setdefault(row.source, []).append(row.ref)
    found: set[tuple[str, str]] = set()
    for source, refs in by_source.items():
        for at in range(0, len(refs), _AT_ONCE):
            there = Observation.objects.filter(source=source, ref__in=refs[at : at + _AT_ONCE])
            found |= set(there.order_by().values_list("source", "ref"))
    return found
