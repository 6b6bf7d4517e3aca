# ruff: noqa: S608 - names of our own tables and columns are put together here; values always go as parameters
"""Reading and writing rows of scores in bulk: only what differs from what stood there, with what changed."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Avg, Count, Max, Q

from customers.profile.models import Customer
from customers.scores.models import Score, ScoreDirty, ScoreRun
from customers.scores.terms import MIN_EVENTS, RULE_VERSION, TRAITS, Found

_BATCH = 2_000
_PART = 500


@dataclass(frozen=True, slots=True)
class Before:
    """What stood there."""

    pk: int
    value: int | None
    lower: int | None
    events: int
    high: bool
    components: list[dict[str, Any]]

    @property
    def is_empty(self) -> bool:
        return self.value is None and not self.events


Standing = dict[tuple[int, str], Before]
_NAMES = ("customer_id", "trait", "pk", "value", "lower", "events", "high", "components")


def _standing(rows) -> Standing:
    found = {}
    for customer, trait, *values in rows.order_by().values_list(*_NAMES).iterator(chunk_size=_BATCH):
        found[customer, trait] = Before(*values)
    return found


def current(customers: list[int] | None) -> Standing:
    """The newest rows of the chain, of all or of these customers."""
    rows = Score.objects.filter(current=True)
    if customers is None:
        return _standing(rows)
    found: Standing = {}
    for part in parts(customers):
        found |= _standing(rows.filter(customer_id__in=part))
    return found


def in_force(as_of: datetime.date) -> Standing:
    """What was in force on a day: a replay of the day itself, else the newest row of the chain by then."""
    found: Standing = {}
    for where in (Q(replay=False, as_of__lte=as_of), Q(replay=True, as_of=as_of)):
        newest = Score.objects.filter(where).order_by().values("customer_id", "trait").annotate(newest=Max("pk"))
        found |= _standing(Score.objects.filter(pk__in=newest.values("newest")))
    return found


def parts(values: list[int]) -> Iterable[list[int]]:
    for at in range(0, len(values), _PART):
        yield values[at : at + _PART]


def fill(cursor, table: str, customers: list[int]) -> None:
    """Put customers into an empty table (customer_id)."""
    for part in parts(customers):
        cursor.execute(f"INSERT INTO {table} (customer_id) VALUES {', '.join(['(%s)'] * len(part))}", part)


def customers() -> int:
    return Customer.objects.count()


def told(found: Found) -> list[dict[str, Any]]:
    """Components as they are kept."""
    return [
        {
            "kind": one.kind,
            "weight": one.weight,
            "n": one.n,
            "rate": one.rate,
            "points": one.points,
            "most": one.most,
            "facts": dict(one.facts),
        }
        for one in found.components
    ]


def write(
    as_of: datetime.date,
    evidence,
    network,
    *,
    replay: bool,
    run: ScoreRun,
    score: Callable,
    among: list[int] | None,
    before: Standing,
) -> int:
    """Write the scores that differ from `before`; returns how many. among: whose, None = everybody with evidence."""
    everybody = evidence.customers | {customer for customer, _trait in before} if among is None else among
    there = set(Customer.objects.order_by().values_list("pk", flat=True)) if among is None else None
    batch: list[Score] = []
    count = 0
    for customer in sorted(everybody):
        if there is not None and customer not in there:
            continue
        was_high = {trait: old.high for trait in TRAITS if (old := before.get((customer, trait))) is not None}
        for trait, found in score(customer, evidence, network, was_high).items():
            row = _differing(customer, as_of, found, before.get((customer, trait)), replay, run)
            if row is not None:
                batch.append(row)
        if len(batch) >= _BATCH:
            count += _save(batch, before, replay)
            batch = []
    return count + _save(batch, before, replay)


def _differing(customer: int, as_of, found: Found, old: Before | None, replay: bool, run: ScoreRun) -> Score | None:
    if found.value is None and not found.events and (old is None or old.is_empty):
        return None
    components = told(found)
    if old is not None:
        same = (old.value, old.lower, old.events, old.high) == (found.value, found.lower, found.events, found.high)
        if same and old.components == components:
            return None
    return Score(
        customer_id=customer,
        trait=found.trait,
        as_of=as_of,
        value=found.value,
        lower=found.lower,
        sure=found.sure,
        events=found.events,
        enough=found.enough,
        high=found.high,
        components=components,
        because=because(old, found, components),
        rule_version=RULE_VERSION,
        replay=replay,
        current=not replay,
        run=run,
    )


def because(old: Before | None, found: Found, components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What changed, by kind, with points before and after, and why: evidence, time, network, weights; or the mark."""
    if old is None:
        return [{"kind": one["kind"], "why": "first", "before": None, "after": one["points"]} for one in components]
    earlier = {one["kind"]: one for one in old.components}
    later = {one["kind"]: one for one in components}
    changes = []
    for kind in [*earlier, *(kind for kind in later if kind not in earlier)]:
        was, now = earlier.get(kind), later.get(kind)
        if was != now:
            changes.append(
                {
                    "kind": kind,
                    "why": _why(was, now),
                    "before": was and was["points"],
                    "after": now and now["points"],
                }
            )
    if old.high != found.high:
        changes.append(
            {"kind": "", "why": "high" if found.high else "not_high", "before": old.value, "after": found.value}
        )
    return changes


def _why(was: dict[str, Any] | None, now: dict[str, Any] | None) -> str:
    if was is None or now is None:
        return "came" if was is None else "gone"
    if "decay" not in now["facts"]:
        return "weights" if was["facts"] == now["facts"] and was["rate"] == now["rate"] else "months"
    facts, before = now["facts"], was["facts"]
    if (facts["n"], facts["kept"]) != (before["n"], before["kept"]):
        return "evidence"
    if facts["decay"] != before["decay"] or facts["good"] != before["good"]:
        return "time"
    return "network" if facts["share"] != before["share"] else "weights"


def _save(batch: list[Score], before: Standing, replay: bool) -> int:
    if not batch:
        return 0
    if not replay:
        stale = [old.pk for one in batch if (old := before.get((one.customer_id, one.trait))) is not None]
        for part in parts(stale):
            Score.objects.filter(pk__in=part).update(current=False)
    Score.objects.bulk_create(batch, batch_size=_PART)
    return len(batch)


def forget(gone: list[tuple[int, int]]) -> None:
    """Take what was read out of the outbox; what came since stays."""
    if not gone:
        return
    if connection.vendor == "sqlite":
        # One writer: nothing came since.
        ScoreDirty.objects.all()._raw_delete(using="default")
        return
    keys = [pk for pk, _customer in gone]
    for at in range(0, len(keys), 20_000):
        ScoreDirty.objects.filter(pk__in=keys[at : at + 20_000])._raw_delete(using="default")


def counted(as_of: datetime.date, replay: bool) -> dict[str, tuple[int, int, float | None]]:
    """{trait: (known, high, mean points of the known)} of a day."""
    if not replay:
        rows = Score.objects.filter(current=True, enough=True).order_by().values("trait")
        summed = rows.annotate(known=Count("pk"), highs=Count("pk", filter=Q(high=True)), mean=Avg("value"))
        found = {row["trait"]: (row["known"], row["highs"], row["mean"]) for row in summed}
        return {trait: found.get(trait, (0, 0, None)) for trait in TRAITS}
    standing = in_force(as_of)
    enough = {
        trait: [
            old
            for (_c, of), old in standing.items()
            if of == trait and old.events >= MIN_EVENTS and old.value is not None
        ]
        for trait in TRAITS
    }
    return {
        trait: (
            len(known),
            sum(old.high for old in known),
            sum(old.value for old in known if old.value is not None) / len(known) if known else None,
        )
        for trait, known in enough.items()
    }
