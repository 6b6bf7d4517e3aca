"""What each event is worth in a score: a list that adds up to the score, to the hundredth of a point. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from customers.scores.terms import MILLION, PRIOR, Component, Event, Found, allotted, decay


@dataclass(frozen=True, slots=True)
class Worth:
    """An event, what it brings and what it costs (hundredths of a point). event None: the share of the network, or a
    component that is measured."""

    component: Component
    event: Event | None
    points: int
    lost: int


def listed(found: Found, events: Sequence[Event], as_of: date) -> list[Worth]:
    """Each event of each component, then what is no event; `points` add up to the score."""
    answer: list[Worth] = []
    for one in found.components:
        mine = [event for event in events if event.kind == one.kind and decay(event.on, as_of)]
        if "decay" not in one.facts:
            answer.append(Worth(one, None, one.points, one.lost))
            continue
        share = one.facts["share"]
        brings = [Fraction(decay(event.on, as_of) * event.kept, 1) for event in mine]
        brings.append(Fraction(PRIOR * MILLION * share))
        misses = [Fraction(decay(event.on, as_of) * (100 - event.kept), 1) for event in mine]
        misses.append(Fraction(PRIOR * MILLION * (100 - share)))
        points = allotted(_scaled(brings, one.points), one.points)
        lost = allotted(_scaled(misses, one.lost), one.lost)
        rows = [*mine, None]
        answer += [Worth(one, event, points[at], lost[at]) for at, event in enumerate(rows)]
    return answer


def _scaled(parts: list[Fraction], whole: int) -> list[Fraction]:
    total = sum(parts, Fraction(0))
    return [part * whole / total if total else Fraction(0) for part in parts]
