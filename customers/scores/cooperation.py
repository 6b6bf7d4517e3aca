"""Cooperation: does what was agreed, pays on time, answers, reports. Pure; the formula is told in docs/scores.md.

p of a kind = (sum of decay x kept + 4 x share of the network) / (sum of decay + 4). Kinds without events are dropped
and the weights rescaled. High: 70 or more, from 5 events or more, and 60 or more with a certainty of 80 % (the lower
quantile of the Beta distribution with that mean and the events' decayed number). High stays high down to 65.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from customers.scores import betas
from customers.scores.terms import (
    CERTAIN,
    COOPERATION,
    DECAY,
    MILLION,
    MIN_EVENTS,
    PRIOR,
    WEIGHTS,
    Event,
    Found,
    Part,
    Tally,
    Weights,
    composed,
    decay,
    judged,
    tally,
)

UNKNOWN_SHARE = 50
"""Hundredths: what the network keeps of a kind that nobody has events of."""
MOST_STEPS = 60


def rate_of(one: Tally, share: int) -> Fraction:
    """p of a kind. share: what the network keeps of it, in hundredths."""
    return Fraction(one.good + PRIOR * MILLION * share, 100 * (one.weight + PRIOR * MILLION))


def part_of(kind: str, one: Tally, share: int) -> Part:
    facts = {"n": one.n, "kept": one.kept, "decay": one.weight, "good": one.good, "share": share}
    return Part(kind, rate_of(one, share), one.n, facts)


def score(events: Iterable[Event], shares: Mapping[str, int], as_of: date, was_high: bool = False) -> Found:
    """Cooperation on a day, from single events. shares: {kind: hundredths kept in the network}."""
    return rated(tally(events, as_of), shares, was_high)


def rated(
    tallies: Mapping[str, Tally], shares: Mapping[str, int], was_high: bool = False, weights: Weights = WEIGHTS
) -> Found:
    """The same from events added up by kind."""
    mine = weights[COOPERATION]
    known = {kind: one for kind, one in tallies.items() if mine.get(kind) and one.n}
    parts = [part_of(kind, one, shares.get(kind, UNKNOWN_SHARE)) for kind, one in known.items()]
    value, components = composed(COOPERATION, parts, weights)
    events = sum(one.n for one in known.values())
    lower = None if value is None else bound(value, sum(one.weight for one in known.values()))
    enough, high, sure = judged(value, lower, events, was_high)
    return Found(COOPERATION, value, lower, events, enough, high, sure, components)


def bound(value: int, weight: int) -> int:
    """Hundredths of a point that the score reaches with a certainty of CERTAIN, from events of so much decay."""
    if value <= 0 or value >= 10_000:
        return max(value, 0)
    n = weight / MILLION + PRIOR
    share = value / 10_000
    return min(value, int(betas.quantile(1 - CERTAIN, share * n, (1 - share) * n) * 10_000))


@dataclass(frozen=True, slots=True)
class Cost:
    """What a kind costs against its full weight, in hundredths of a point.

    missed: n events not kept in full, and the points they cost. unproven: points that are open only because so few
    events speak against the network's share.
    """

    kind: str
    n: int
    missed: int
    unproven: int


def costs(events: Iterable[Event], found: Found, as_of: date) -> list[Cost]:
    """By kind, the dearest first."""
    rows = [one for one in events if decay(one.on, as_of)]
    answer = []
    for one in found.components:
        mine = [row for row in rows if row.kind == one.kind]
        below = sum(decay(row.on, as_of) * (100 - row.kept) for row in mine)
        open_share = PRIOR * MILLION * (100 - one.facts["share"])
        missed = one.lost * below // (below + open_share) if below + open_share else 0
        answer.append(Cost(one.kind, sum(row.kept < 100 for row in mine), missed, one.lost - missed))
    return sorted(answer, key=lambda cost: (-cost.missed, -cost.unproven, cost.kind))


@dataclass(frozen=True, slots=True)
class Step:
    """So many more events of a kind, kept in full this month, make cooperation high; with one fewer it is not."""

    kind: str
    n: int


def steps(
    tallies: Mapping[str, Tally],
    shares: Mapping[str, int],
    was_high: bool = False,
    threshold: int | None = None,
    weights: Weights = WEIGHTS,
) -> list[Step]:
    """The kinds of events that would do alone, fewest first; none where it is high already.

    threshold: hundredths from which a policy calls it high, when it is not the usual one. Opinions are left out: nobody
    becomes cooperative by being thought so.
    """

    def is_high(found: Found) -> bool:
        if threshold is None:
            return found.high
        return found.events >= MIN_EVENTS and found.sure is not None and found.sure >= threshold

    if is_high(rated(tallies, shares, was_high, weights)):
        return []
    answer = []
    mine = weights[COOPERATION]
    for kind, weight in mine.items():
        if kind == "opinion" or not weight:
            continue
        before = tallies.get(kind, Tally())
        for n in range(1, MOST_STEPS + 1):
            more = Tally(n, 100 * n, DECAY[0] * n, DECAY[0] * n * 100)
            if is_high(rated({**tallies, kind: before + more}, shares, was_high, weights)):
                answer.append(Step(kind, n))
                break
    return sorted(answer, key=lambda step: (step.n, -mine[step.kind]))
