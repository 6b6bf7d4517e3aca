"""The channel as a tree: levels, sales through each branch, what each level keeps. Pure.

Two sales of one thing along the channel are two figures (an agent's and, of the same goods, its franchisees'): own
sales and those below are told apart and never added up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Link:
    """A customer of the tree: who supplies it (None: the brand itself), its own sales and the price it buys at.

    price: share of the retail price, 0 to 1; None where nobody knows. seen: False for one beyond the reader's reach.
    """

    id: int
    above: int | None
    sales: Decimal = Decimal(0)
    price: Decimal | None = None
    seen: bool = True


@dataclass(slots=True)
class Branch:
    """A link in its place. level: 1 for those the brand supplies; below: sales of all under it that are seen.

    customers: how many seen hang under it; levels: how many levels there are from here down, itself included.
    """

    link: Link
    level: int
    children: list[Branch] = field(default_factory=list)
    below: Decimal = Decimal(0)
    customers: int = 0
    levels: int = 1


def grow(links: Iterable[Link]) -> list[Branch]:
    """The roots, each with its branch; siblings by what is sold through them, the most first.

    A link whose supplier is not among the links is a root; a loop, which the database refuses, would be left out.
    """
    branches = {one.id: Branch(one, 1) for one in links}
    roots = []
    for branch in branches.values():
        above = branches.get(branch.link.above) if branch.link.above is not None else None
        (above.children if above is not None else roots).append(branch)
    for branch in _from_below(roots):
        for child in branch.children:
            own = child.link.sales if child.link.seen else Decimal(0)
            branch.below += child.below + own
            branch.customers += child.customers + child.link.seen
            branch.levels = max(branch.levels, child.levels + 1)
        branch.children.sort(key=_most_first)
    roots.sort(key=_most_first)
    return roots


def _most_first(branch: Branch):
    own = branch.link.sales if branch.link.seen else Decimal(0)
    return (-(own + branch.below), branch.link.id)


def _from_below(roots: Sequence[Branch]) -> list[Branch]:
    """Every branch after all of its children; sets the levels on the way."""
    order, waiting = [], list(roots)
    while waiting:
        branch = waiting.pop()
        order.append(branch)
        for child in branch.children:
            child.level = branch.level + 1
            waiting.append(child)
    return order[::-1]


def pruned(roots: Sequence[Branch]) -> list[Branch]:
    """Without those out of reach who lead to nobody in reach."""
    kept = []
    for branch in roots:
        branch.children = pruned(branch.children)
        if branch.link.seen or branch.children:
            kept.append(branch)
    return kept


def flat(roots: Sequence[Branch]) -> list[Branch]:
    """All branches as a table reads them: each before its children."""
    found, waiting = [], list(reversed(roots))
    while waiting:
        branch = waiting.pop()
        found.append(branch)
        waiting.extend(reversed(branch.children))
    return found


def way_up(links: Mapping[int, Link], start: int) -> list[Link]:
    """From the one the brand supplies down to `start`."""
    found: list[Link] = []
    at: int | None = start
    while at is not None and at in links and links[at] not in found:
        found.append(links[at])
        at = links[at].above
    return found[::-1]


def keeps(prices: Sequence[Decimal | None]) -> list[Decimal | None]:
    """Of one unit at the till, what the brand and then each level keeps; None where a price is not known.

    prices: what each level pays, as a share of the retail price, the brand's own customer first. The last one sells to
    people at the retail price. Where all are known, the shares add up to exactly 1; a level that sells below what it
    pays keeps less than nothing.
    """
    ends = [Decimal(0), *prices, Decimal(1)]
    return [None if low is None or high is None else high - low for low, high in pairwise(ends)]
