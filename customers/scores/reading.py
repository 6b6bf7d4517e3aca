"""What pages, API and tiers ask about a customer's scores: in force on a day, history, and the evidence behind them.

The caller has checked that the reader may see the customer.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Max, Q

from customers.receivables.models import OpenItem
from customers.relationship.models import Kind, Observation, Trait
from customers.scores import cooperation, weighing, worth
from customers.scores.models import Score, ScoreRun
from customers.scores.terms import COOPERATION, TRAITS, WEIGHTS, Component, Event, Found, Weights, decay, tally

HISTORY = 36


def in_force(customer, as_of: datetime.date) -> dict[str, Score]:
    """{trait: the row that holds on a day}: a replay of the day itself, else the newest of the chain. One query.

    The present's rows come along in it, for `present`.
    """
    mine = Score.objects.filter(customer=customer).order_by()
    chain = mine.filter(replay=False, as_of__lte=as_of).values("trait").annotate(newest=Max("pk"))
    replayed = mine.filter(replay=True, as_of=as_of).values("trait").annotate(newest=Max("pk"))
    wanted = Q(pk__in=chain.values("newest")) | Q(pk__in=replayed.values("newest"))
    rows = list(Score.objects.filter(wanted | Q(customer=customer, current=True)).order_by("replay", "pk"))
    customer._scores_now = {row.trait: row for row in rows if row.current}
    return {row.trait: row for row in rows if row.as_of <= as_of}


def present(customer) -> dict[str, Score]:
    """{trait: the newest row}; no query where `in_force` was asked of this customer before."""
    if not hasattr(customer, "_scores_now"):
        customer._scores_now = {row.trait: row for row in Score.objects.filter(customer=customer, current=True)}
    return customer._scores_now


def history(customer, trait: str, limit: int = HISTORY) -> list[Score]:
    """Rows of the chain, the newest first."""
    return list(Score.objects.chain().filter(customer=customer, trait=trait).order_by("-as_of", "-pk")[:limit])


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the evidence list. event None: the share of the network, or what is measured in months. In hundredths:
    points it brings, lost what it costs. seen_by, note: of what a person wrote down.
    """

    component: Component
    event: Event | None
    points: int
    lost: int
    note: str = ""
    seen_by: Any = None
    item: OpenItem | None = None
    observation: Observation | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """A score with all that is behind it. rows add up to `row.value`. costs, steps: of cooperation only."""

    trait: str
    row: Score | None
    found: Found | None
    rows: tuple[Row, ...] = ()
    costs: tuple[cooperation.Cost, ...] = ()
    steps: tuple[cooperation.Step, ...] = ()

    @property
    def parts(self) -> tuple[Component, ...]:
        return self.found.components if self.found is not None else ()


def told(customer, as_of: datetime.date, threshold: int | None = None) -> dict[str, Told]:
    """Both scores as they hold on a day, with their evidence. Five queries, whatever there is.

    threshold: hundredths of cooperation from which the policy in force calls it high, where it is not the usual one.
    """
    standing = in_force(customer, as_of)
    found = {}
    kept = _kept(customer, as_of)
    for trait in TRAITS:
        row = standing.get(trait)
        if row is None or row.value is None:
            found[trait] = Told(trait, row, None)
            continue
        score = found_of(row)
        # As of the day the row was written: what it was worked out from. (Age is counted in months.)
        mine = [one for one in kept if one[0] == trait]
        events = [event for _trait, event, _source in mine]
        origin = {id(event): source for _trait, event, source in mine}
        rows = tuple(_row(one, origin) for one in worth.listed(score, events, row.as_of))
        costs: tuple = ()
        steps: tuple = ()
        if trait == COOPERATION:
            shares, weights = _network(row)
            costs = tuple(cooperation.costs(events, score, row.as_of))
            steps = tuple(cooperation.steps(tally(events, row.as_of), shares, row.high, threshold, weights))
        found[trait] = Told(trait, row, score, rows, costs, steps)
    return found


def _network(row: Score) -> tuple[dict[str, int], Weights]:
    """What the network kept of each kind, and what each weighed, when the row was written."""
    run = ScoreRun.objects.filter(pk=row.run_id).first()
    shares = dict(run.shares.get(COOPERATION, {})) if run is not None else {}
    weights = weighing.of_run(run) if run is not None else WEIGHTS
    return shares | {one["kind"]: one["facts"]["share"] for one in row.components}, weights


def found_of(row: Score) -> Found:
    components = tuple(
        Component(
            kind=one["kind"],
            weight=one["weight"],
            n=one["n"],
            rate=one["rate"],
            points=one["points"],
            most=one["most"],
            facts=one["facts"],
        )
        for one in row.components
    )
    return Found(row.trait, row.value, row.lower, row.events, row.enough, row.high, row.sure, components)


def _kept(customer, as_of: datetime.date) -> list[tuple[str, Event, Observation | OpenItem]]:
    """Every event within the horizon, the newest first, with the row it was read from. Two queries."""
    found: list[tuple[str, Event, Observation | OpenItem]] = []
    seen = Observation.objects.filter(customer=customer, seen_on__lte=as_of).select_related("seen_by")
    for one in seen.order_by("-seen_on", "-pk"):
        if decay(one.seen_on, as_of) and one.kind != Kind.SHARE:
            event = Event(one.kind, one.score, one.seen_on, one.source, one.ref)
            found.append((one.trait, event, one))
    for item in judged_items(customer, as_of):
        in_time = item.settled_on is not None and item.settled_on <= item.due_on
        on = item.settled_on if in_time else item.due_on
        if decay(on, as_of):
            event = Event(Kind.PAYMENT, 100 if in_time else 0, on, "receivables", item.number)
            found.append((Trait.COOPERATION, event, item))
    return sorted(found, key=lambda one: one[1].on, reverse=True)


def judged_items(customer, as_of: datetime.date):
    """Invoices that say whether the customer pays on time, as `gathering.PAID` reads them of everybody."""
    rows = OpenItem.objects.filter(customer=customer, amount__gt=0, disputed=False, issued_on__lte=as_of)
    late = Q(due_on__lt=as_of) & (Q(settled_on=None) | Q(settled_on__gt=F("due_on")))
    return rows.filter((Q(settled_on__lte=F("due_on")) & Q(settled_on__lte=as_of)) | late).order_by("-due_on", "-pk")


def _row(one: worth.Worth, origin: dict[int, Any]) -> Row:
    source = origin.get(id(one.event)) if one.event is not None else None
    if isinstance(source, Observation):
        return Row(one.component, one.event, one.points, one.lost, source.note, source.seen_by, None, source)
    item = source if isinstance(source, OpenItem) else None
    return Row(one.component, one.event, one.points, one.lost, item=item)
