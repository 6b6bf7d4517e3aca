"""The quarter's actions on influence × profit × cost: which are worth a look, and by which others are outdone. Pure.

The three stay three: nothing is added up or weighed. An action is outdone by another that is at least as good on all
three (more influence, more profit, less cost) and better on one. Equals do not outdo each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from promotions.calculator.refusing import Refused


@dataclass(frozen=True, slots=True)
class Action:
    """influence: one measure, the same for all that are compared (people reached, say); None: not known."""

    key: str
    influence: int | Decimal | None
    profit: Decimal
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Pareto:
    """Keys in the order given. front: outdone by none; outdone: (key, the first on the front that outdoes it);
    unknown: influence not known, so that they cannot be placed.
    """

    front: tuple[str, ...]
    outdone: tuple[tuple[str, str], ...]
    unknown: tuple[str, ...]


def outdoes(one: Action, other: Action) -> bool:
    """Whether one is at least as good as the other on all three, and better on one. Both must have an influence."""
    assert one.influence is not None and other.influence is not None
    at_least = one.influence >= other.influence and one.profit >= other.profit and one.cost <= other.cost
    return at_least and (one.influence, one.profit, one.cost) != (other.influence, other.profit, other.cost)


def pareto(actions: Sequence[Action]) -> Pareto:
    """Part the actions. Raises Refused for a key given twice. Cost: each is held against the front only."""
    keys = [one.key for one in actions]
    if len(set(keys)) < len(keys):
        raise Refused({"key": "twice"})
    known = [one for one in actions if one.influence is not None]
    front: list[Action] = []
    # The best first: what outdoes an action always comes before it, so that the front never loses one again.
    for one in sorted(known, key=lambda one: (one.influence, one.profit, -one.cost), reverse=True):
        if not any(outdoes(better, one) for better in front):
            front.append(one)
    kept = {one.key for one in front}
    in_order = [one for one in known if one.key in kept]
    outdone = tuple(
        (one.key, next(better.key for better in in_order if outdoes(better, one)))
        for one in known
        if one.key not in kept
    )
    return Pareto(
        tuple(one.key for one in in_order), outdone, tuple(one.key for one in actions if one.influence is None)
    )
