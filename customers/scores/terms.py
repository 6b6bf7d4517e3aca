"""The words of the scores: weights and thresholds, events that go in, components that come out. Pure.

Everything is a whole number: shares kept in hundredths (0 to 100), decay in millionths, points in hundredths of a point
(7000 = 70), so that no score hangs on how a number was rounded.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from crm.periods import months_between

RULE_VERSION = 1
COOPERATION, LOYALTY = "cooperation", "loyalty"
TRAITS = (COOPERATION, LOYALTY)
OPINION = "opinion"
SHARE = "share"
PAYMENT = "payment"
WEIGHTS: dict[str, dict[str, int]] = {
    # Executes promotions as agreed, pays on time, answers or calls back, reports; and what a manager makes of it, which
    # weighs less than any kind of events: managers score their friends high.
    COOPERATION: {"promotion": 35, PAYMENT: 30, "answer": 20, "report": 15, OPINION: 10},
    LOYALTY: {"tenure": 30, "steadiness": 25, "silence": 25, "frequency": 20, SHARE: 20, OPINION: 10},
}
Weights = Mapping[str, Mapping[str, int]]
"""{trait: {kind: weight}}, complete; a kind of weight 0 is no evidence."""
LEAST_WEIGHT, MOST_WEIGHT = 0, 100
PRIOR = 4
"""How many events' worth the network's own share of a kind weighs in a customer's."""
MIN_EVENTS = 5
HIGH, LEAVE, SURELY = 7000, 6500, 6000
"""High from here; high stays high down to here; and with a certainty of CERTAIN it is at least this."""
MARGIN = HIGH - SURELY
CERTAIN = 0.80
HALF_LIFE = 12
HORIZON = 60
"""Months after which an event is forgotten: it would weigh 1/32."""
MILLION = 1_000_000
DECAY = tuple(round(MILLION * 0.5 ** (age / HALF_LIFE)) for age in range(HORIZON + 1))


def decay(on: date, as_of: date) -> int:
    """What an event weighs, in millionths: half after 12 calendar months, exponentially; 0 beyond HORIZON or later.

    Age is counted in calendar months, so that scores move with evidence and once a month, not every night.
    """
    age = months_between(on, as_of)
    return DECAY[age] if on <= as_of and age <= HORIZON else 0


@dataclass(frozen=True, slots=True)
class Event:
    """Something that was kept or not. kept: hundredths, 0 (not at all) to 100 (in full). link: where it can be read."""

    kind: str
    kept: int
    on: date
    source: str = ""
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Events of a kind, added up. weight: their decay in millionths; good: decay times kept."""

    n: int = 0
    kept: int = 0
    weight: int = 0
    good: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.n + other.n, self.kept + other.kept, self.weight + other.weight, self.good + other.good)


def tally(events: Iterable[Event], as_of: date) -> dict[str, Tally]:
    """Events by kind; those that are forgotten, or still to come, left out."""
    found: dict[str, Tally] = {}
    for one in events:
        weight = decay(one.on, as_of)
        if weight:
            more = Tally(1, one.kept, weight, weight * one.kept)
            found[one.kind] = found.get(one.kind, Tally()) + more
    return found


@dataclass(frozen=True, slots=True)
class Part:
    """What one kind of evidence says. rate: 0 to 1, exact. n: events it rests on. facts: the numbers behind it."""

    kind: str
    rate: Fraction
    n: int = 0
    facts: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Component:
    """A part within a score. points: hundredths it brings; most: what it would bring at a rate of 1. Points add up."""

    kind: str
    weight: int
    n: int
    rate: int
    points: int
    most: int
    facts: Mapping[str, int]

    @property
    def lost(self) -> int:
        return self.most - self.points


@dataclass(frozen=True, slots=True)
class Found:
    """A score. value: hundredths, rounded down, None without evidence. lower: at least so much with CERTAIN certainty,
    None where that has no meaning. high: with hysteresis. sure: the highest threshold at which it counts as high.
    """

    trait: str
    value: int | None
    lower: int | None
    events: int
    enough: bool
    high: bool
    sure: int | None
    components: tuple[Component, ...]


def weights_from(given: Mapping[str, Mapping[str, int]]) -> Weights:
    """Complete weights; a trait or kind that is not given keeps the usual one. Raises ValueError by trait."""
    found = {}
    for trait, usual in WEIGHTS.items():
        mine = given.get(trait, {})
        if not isinstance(mine, Mapping) or set(mine) - set(usual):
            raise ValueError(f"{trait}_weights must give a weight by kind of evidence")
        for value in mine.values():
            if isinstance(value, bool) or not isinstance(value, int) or not LEAST_WEIGHT <= value <= MOST_WEIGHT:
                raise ValueError(f"weights of {trait} must be whole numbers from 0 to 100")
        found[trait] = {kind: mine.get(kind, weight) for kind, weight in usual.items()}
        if not any(found[trait].values()):
            raise ValueError(f"one weight of {trait} must be above 0")
    return found


def composed(trait: str, parts: Iterable[Part], weights: Weights = WEIGHTS) -> tuple[int | None, tuple[Component, ...]]:
    """The score of parts, kinds without evidence left out and weights rescaled; components add up to it exactly."""
    mine = weights[trait]
    held = {one.kind: one for one in parts}
    known = [held[kind] for kind, weight in mine.items() if weight and kind in held]
    whole = sum(mine[one.kind] for one in known)
    if not whole:
        return None, ()
    exact = [Fraction(mine[one.kind], whole) * one.rate * 10_000 for one in known]
    value = sum(exact, Fraction(0)).__floor__()
    points = allotted(exact, value)
    most = allotted([Fraction(mine[one.kind], whole) * 10_000 for one in known], 10_000)
    return value, tuple(
        Component(
            one.kind,
            mine[one.kind],
            one.n,
            (one.rate * 10_000).__floor__(),
            points[at],
            points[at] if one.rate == 1 else max(most[at], points[at]),
            one.facts,
        )
        for at, one in enumerate(known)
    )


def allotted(exact: list[Fraction], whole: int) -> list[int]:
    """Whole numbers near exact ones that add up to `whole`; the largest remainders are rounded up, the first first."""
    found = [one.__floor__() for one in exact]
    rest = whole - sum(found)
    order = sorted(range(len(exact)), key=lambda at: (found[at] - exact[at], at))
    for at in order[: max(rest, 0)]:
        found[at] += 1
    return found


def judged(value: int | None, lower: int | None, events: int, was_high: bool) -> tuple[bool, bool, int | None]:
    """(enough, high, sure) of a score."""
    if value is None:
        return False, False, None
    enough = events >= MIN_EVENTS
    sure = value if lower is None else min(value, lower + MARGIN)
    high = enough and (sure >= HIGH or (was_high and value >= LEAVE))
    return enough, high, max(sure, HIGH) if high else sure
