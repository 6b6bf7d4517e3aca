"""Working scores out: for everybody on a day, or for those with new evidence. Twice writes nothing more.

The present is a chain of rows, each with the day it holds from. A day before the chain's newest (or one that has not
come) is a replay: it reads no later rows, and its own rows answer for that day alone.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from django.db import connection, transaction

from crm.clock import today
from customers.sales import dialect
from customers.scores import cooperation, gathering, keeping, loyalty, weighing
from customers.scores.gathering import Evidence, Network
from customers.scores.models import ScoreDirty, ScoreRun
from customers.scores.terms import COOPERATION, LOYALTY, OPINION, RULE_VERSION, TRAITS, WEIGHTS, Found, Weights

LOCK = (7101, 3)
"""The one lock of score runs (PostgreSQL advisory, held until the transaction ends)."""
Tell = Callable[[int, int], None]
STEPS = 4


@dataclass(slots=True)
class Computed:
    """What a run found. counts: {trait: (known, high, mean points or None)}."""

    as_of: datetime.date
    replay: bool
    examined: int = 0
    changed: int = 0
    seconds: float = 0.0
    full: bool = True
    counts: dict[str, tuple[int, int, float | None]] = field(default_factory=dict)


def _silent(done: int, total: int) -> None:
    """Nobody wants to know how far it is."""


@transaction.atomic
def compute(*, as_of: datetime.date | None = None, tell: Tell = _silent) -> Computed:
    """Work out everybody's scores on a day and write those that changed."""
    as_of = as_of or today()
    with connection.cursor() as cursor:
        _lock(cursor)
        return _everybody(cursor, as_of, tell)


@transaction.atomic
def follow(*, as_of: datetime.date | None = None, full: bool = False, tell: Tell = _silent) -> Computed | None:
    """Bring the present up to a day: everybody once a day, then only those with new evidence.

    None where the day is no part of the present: nothing is written for it (`day.ready` works it out aside).
    """
    as_of = as_of or today()
    with connection.cursor() as cursor:
        _lock(cursor)
        if is_replay(as_of):
            return None
        run = last_run(as_of)
        weights = weighing.in_force(as_of)
        if full or run is None or run.rule_version != RULE_VERSION or weighing.of_run(run) != weights:
            return _everybody(cursor, as_of, tell)
        dialect.make_table(cursor, gathering.TOUCHED, "customer_id bigint")
        gone = list(ScoreDirty.objects.order_by().values_list("pk", "customer_id"))
        if not gone:
            return Computed(as_of, False, full=False)
        if len({customer for _pk, customer in gone}) * 4 > run.examined:
            return _everybody(cursor, as_of, tell)
        touched = sorted({customer for _pk, customer in gone})
        keeping.fill(cursor, gathering.TOUCHED, touched)
        evidence = gathering.gather(cursor, as_of, touched=True)
        network = network_of(run)
        if _is_news(evidence, network):
            return _everybody(cursor, as_of, tell)
        score = weighed(weights)
        changed = keeping.write(as_of, evidence, network, replay=False, run=run, score=score, among=touched)
        keeping.forget(gone)
        dialect.drop_tables(cursor, gathering.TOUCHED)
        return Computed(as_of, False, len(touched), changed, full=False)


def _everybody(cursor, as_of: datetime.date, tell: Tell) -> Computed:
    began = time.monotonic()
    replay = is_replay(as_of)
    tell(0, STEPS)
    gone = [] if replay else list(ScoreDirty.objects.order_by().values_list("pk", "customer_id"))
    evidence = gathering.gather(cursor, as_of)
    tell(1, STEPS)
    network = gathering.measure(evidence)
    weights = weighing.in_force(as_of)
    reweighed = not replay and _is_reweighed(weights)
    run = run_for(as_of, network, replay, weights)
    tell(2, STEPS)
    found = Computed(as_of, replay)
    found.changed = keeping.write(
        as_of,
        evidence,
        network,
        replay=replay,
        run=run,
        score=weighed(weights),
        among=None,
        reweighed=reweighed,
    )
    found.examined = keeping.customers()
    tell(3, STEPS)
    keeping.forget(gone)
    found.counts = keeping.counted(as_of, replay)
    found.seconds = round(time.monotonic() - began, 3)
    if run.examined != found.examined or not run.seconds:
        run.examined, run.changed, run.seconds = found.examined, found.changed, max(found.seconds, 0.001)
        run.save(update_fields=["examined", "changed", "seconds"])
    tell(STEPS, STEPS)
    return found


def _is_reweighed(weights: Weights) -> bool:
    """Whether the newest run of the present worked with other weights."""
    newest = ScoreRun.objects.filter(replay=False).order_by("-as_of", "-pk").first()
    return newest is not None and weighing.of_run(newest) != weights


def weighed(weights: Weights) -> Callable[..., dict[str, Found]]:
    """`scored` with weights."""
    return partial(scored, weights=weights)


def scored(
    customer: int, evidence: Evidence, network: Network, was_high: dict[str, bool], weights: Weights = WEIGHTS
) -> dict[str, Found]:
    """Both scores of a customer, by the pure rules."""
    tallies = evidence.tallies.get(customer, {})
    record = evidence.records.get(customer, loyalty.Record())
    return {
        COOPERATION: cooperation.rated(tallies, network.cooperation, was_high.get(COOPERATION, False), weights),
        LOYALTY: loyalty.score(record, network.grid, network.loyalty, was_high.get(LOYALTY, False), weights),
    }


def is_replay(as_of: datetime.date) -> bool:
    """Whether a day lies beside the chain of the present: before its newest day, or still to come."""
    newest = ScoreRun.objects.filter(replay=False).order_by("-as_of", "-pk").values_list("as_of", flat=True).first()
    return as_of > today() or (newest is not None and as_of < newest)


def last_run(as_of: datetime.date, replay: bool = False) -> ScoreRun | None:
    return ScoreRun.objects.filter(replay=replay, as_of=as_of).order_by("-pk").first()


def network_of(run: ScoreRun) -> Network:
    return Network(run.shares.get(COOPERATION, {}), run.shares.get(LOYALTY, {}), run.spreads)


def run_for(as_of: datetime.date, network: Network, replay: bool, weights: Weights = WEIGHTS) -> ScoreRun:
    """The run of a day in this network; a new one where the day had none, another network or other weights."""
    run = last_run(as_of, replay)
    same = (network.shares, network.grid, RULE_VERSION, weighing.kept(weights))
    if run is not None and (run.shares, run.spreads, run.rule_version, run.weights) == same:
        return run
    return ScoreRun.objects.create(
        as_of=as_of,
        replay=replay,
        shares=network.shares,
        spreads=network.grid,
        rule_version=RULE_VERSION,
        weights=weighing.kept(weights),
        examined=0,
        changed=0,
    )


def _is_news(evidence: Evidence, network: Network) -> bool:
    """Whether somebody has evidence of a kind that the network knew nothing of this morning."""
    kinds = {kind for tallies in evidence.tallies.values() for kind in tallies}
    opinions = any(one.opinions.n for one in evidence.records.values())
    return bool(kinds - network.cooperation.keys()) or (opinions and OPINION not in network.loyalty)


def _lock(cursor) -> None:
    if dialect.is_postgres():
        cursor.execute("SET LOCAL lock_timeout = '10min'")
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
        cursor.execute("SET LOCAL lock_timeout = DEFAULT")


__all__ = ["TRAITS", "Computed", "compute", "follow", "is_replay", "last_run", "scored", "weighed"]
