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
from customers.scores.terms import RULE_VERSION, TRAITS, Found

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


def current(customers: list[int]) -> Standing:
    """The newest rows of the chain of these customers."""
    found: Standing = {}
    for part in parts(customers):
        found |= _standing(Score.objects.filter(current=True, customer_id__in=part))
    return found


def in_force(as_of: datetime.date, customers: list[int]) -> Standing:
    """What was in force on a day: a replay of the day itself, else the newest row of the chain by then."""
    found: Standing = {}
    for part in parts(customers):
        mine = Score.objects.filter(customer_id__in=part).order_by()
        for where in (Q(replay=False, as_of__lte=as_of), Q(replay=True, as_of=as_of)):
            newest = mine.filter(where).values("customer_id", "trait").annotate(newest=Max("pk"))
            found |= _standing(Score.objects.filter(pk__in=newest.values("newest")))
    return found


def scored_ever() -> set[int]:
    """Customers with rows, whether there is evidence of them now or not."""
    return set(Score.objects.order_by().values_list("customer_id", flat=True).distinct())


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
    reweighed: bool = False,
) -> int:
    """Write the scores that differ from what stands there; returns how many. among: whose, None = everybody's.
    reweighed: the weights were others before, and are why a score changes.

    Batch by batch, so that memory holds what stands there of a few thousand only.
    """
    if among is None:
        there = set(Customer.objects.order_by().values_list("pk", flat=True))
        among = sorted((evidence.customers | scored_ever()) & there)
    count = 0
    for at in range(0, len(among), _BATCH):
        some = among[at : at + _BATCH]
        before = in_force(as_of, some) if replay else current(some)
        batch = []
        for customer in some:
            was_high = {trait: old.high for trait in TRAITS if (old := before.get((customer, trait))) is not None}
            for trait, found in score(customer, evidence, network, was_high).items():
                row = _differing(customer, as_of, found, before.get((customer, trait)), replay, run, reweighed)
                if row is not None:
                    batch.append(row)
        count += _save(batch, before, replay)
    return count


def _differing(
    customer: int, as_of, found: Found, old: Before | None, replay: bool, run: ScoreRun, reweighed: bool
) -> Score | None:
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
        because=because(old, found, components, reweighed),
        rule_version=RULE_VERSION,
        replay=replay,
        current=not replay,
        run=run,
    )


def because(
    old: Before | None, found: Found, components: list[dict[str, Any]], reweighed: bool = False
) -> list[dict[str, Any]]:
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
                    "why": "new_weights" if reweighed else _why(was, now),
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
    if was["weight"] != now["weight"]:
        return "new_weights"
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
    found = {}
    for trait in TRAITS:
        known = [(value, high) for value, high in in_force_values(as_of, trait) if value is not None]
        mean = sum(value for value, _high in known) / len(known) if known else None
        found[trait] = (len(known), sum(high for _value, high in known), mean)
    return found


def in_force_values(as_of: datetime.date, trait: str) -> list[tuple[int | None, bool]]:
    """(points, high) of those with enough evidence on a past day."""
    mine = Score.objects.filter(trait=trait).order_by()
    found: dict[int, tuple[int | None, bool, bool]] = {}
    for where in (Q(replay=False, as_of__lte=as_of), Q(replay=True, as_of=as_of)):
        newest = mine.filter(where).values("customer_id").annotate(newest=Max("pk"))
        rows = Score.objects.filter(pk__in=newest.values("newest")).order_by()
        found |= {row[0]: row[1:] for row in rows.values_list("customer_id", "value", "high", "enough")}
    return [(value, high) for value, high, enough in found.values() if enough]
