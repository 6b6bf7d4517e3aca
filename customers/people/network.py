"""The network around a customer or a person: pure. Who stands two steps out, who connects two, where each is drawn.

A node is named `c12` (a customer) or `p5` (a person). Nothing here knows who sees what: whoever reads the edges leaves
out what is beyond reach, so a hidden node breaks every path through it.
"""

from __future__ import annotations

import itertools
import math
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

MOST_NODES = 80
MOST_PATHS = 5
DEEPEST = 4
SAME_OWNER = "same_owner"
OWNER = "owner"


@dataclass(frozen=True, slots=True)
class Edge:
    """`start` reads to `end`. kind: `role` (a person stands with a customer), `relation` or `same_owner`.

    code: the role's or the relation type's. strength: 1 (loose) to 3 (close). row: the key of the row it was read from.
    """

    start: str
    end: str
    kind: str
    code: str
    strength: int = 2
    holds: bool = True
    row: int = 0

    def other(self, node: str) -> str:
        return self.end if node == self.start else self.start

    @property
    def pair(self) -> tuple[str, str]:
        return (self.start, self.end) if self.start < self.end else (self.end, self.start)


@dataclass(frozen=True, slots=True)
class Graph:
    """nodes: {node: steps from the centre}, nearest first; parent: the node each was reached through.

    left_out: how many more there are within the steps, as far as they are known; more: whether there are still others.
    """

    centre: str
    nodes: Mapping[str, int]
    parent: Mapping[str, str]
    edges: Sequence[Edge]
    left_out: int = 0
    more: bool = False


Fetch = Callable[[frozenset[str]], tuple[Sequence[Edge], bool]]
"""All edges (in sight) that touch any of the nodes, and whether there were more than can be read at once."""


def order(node: str) -> tuple[str, int]:
    return node[0], int(node[1:])


def around(centre: str, fetch: Fetch, *, steps: int = 2, most: int = MOST_NODES) -> Graph:
    """Breadth first: one fetch a step, and one more for the edges between the outermost.

    Of too many the closest stay: by strength, then customers before people, then the oldest.
    """
    nodes, parent = {centre: 0}, {}
    found: dict[tuple, Edge] = {}
    frontier, left_out, more = [centre], set(), False
    for step in range(1, steps + 1):
        if not frontier:
            break
        edges, cut = fetch(frozenset(frontier))
        more = more or cut
        near: dict[str, tuple[int, str]] = {}
        inner = set(frontier)
        for edge in edges:
            found[_identity(edge)] = edge
            for here, there in ((edge.start, edge.end), (edge.end, edge.start)):
                if here in inner and there not in nodes:
                    reach = (edge.strength + (2 if edge.holds else 0), here)
                    if there not in near or reach[0] > near[there][0]:
                        near[there] = reach
        ranked = sorted(near, key=lambda node: (-near[node][0], order(node)))
        room = max(0, most - len(nodes))
        left_out |= set(ranked[room:])
        frontier = ranked[:room]
        for node in frontier:
            nodes[node], parent[node] = step, near[node][1]
    if frontier and steps:
        edges, cut = fetch(frozenset(frontier))
        found |= {_identity(edge): edge for edge in edges}
    kept = [edge for edge in found.values() if edge.start in nodes and edge.end in nodes]
    kept += same_owner(kept)
    kept.sort(key=lambda edge: (nodes[edge.start] + nodes[edge.end], order(edge.start), order(edge.end), edge.code))
    return Graph(centre, nodes, parent, kept, len(left_out - nodes.keys()), more)


def _identity(edge: Edge) -> tuple:
    return edge.kind, edge.row, edge.start, edge.end, edge.code


def same_owner(edges: Iterable[Edge]) -> list[Edge]:
    """Customers that one person owns now are connected, whether or not anybody has written that down."""
    owned = defaultdict(set)
    for edge in edges:
        if edge.kind == "role" and edge.code == OWNER and edge.holds:
            owned[edge.start].add(edge.end)
    pairs = set()
    for shops in owned.values():
        line = sorted(shops, key=order)
        pairs |= {(a, b) for at, a in enumerate(line) for b in line[at + 1 :]}
    return [Edge(a, b, SAME_OWNER, SAME_OWNER, 3) for a, b in sorted(pairs, key=lambda p: (order(p[0]), order(p[1])))]


# --- who knows whom ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Path:
    """From one of ours to the one asked for: nodes, and the edge between each and the next."""

    nodes: tuple[str, ...]
    edges: tuple[Edge, ...]

    @property
    def looseness(self) -> int:
        return sum(3 - edge.strength + (0 if edge.holds else 3) for edge in self.edges)


@dataclass(frozen=True, slots=True)
class Answer:
    paths: Sequence[Path] = ()
    searched: int = 0  # how many nodes were looked at
    cut: bool = False  # there were more than could be looked at


def shortest(
    target: str,
    fetch: Fetch,
    ours: Callable[[frozenset[str]], Iterable[str]],
    *,
    deepest: int = DEEPEST,
    most: int = MOST_PATHS,
    widest: int = 2_000,
) -> Answer:
    """The shortest ways from any of ours to the target, closest relations first; outwards from the target.

    ours(nodes): which of them are ours; asked once a step, as is fetch. All ways of the fewest steps count, up to
    `most`; deepest: no more steps than that; widest: no more nodes than that are looked at in all.
    """
    reached = set(ours(frozenset([target])))
    # Of each node the closest few ways to the target; enough for the closest few over all, since a way's looseness is
    # a sum.
    ways: dict[str, list[Path]] = {target: [Path((target,), ())]}
    seen, frontier, cut = {target}, [target], False
    for _step in range(deepest):
        if reached or not frontier:
            break
        edges, more = fetch(frozenset(frontier))
        cut = cut or more
        layer: dict[str, list[Path]] = defaultdict(list)
        for edge in _closest(edges):
            for here, there in ((edge.start, edge.end), (edge.end, edge.start)):
                if here in ways and there not in seen:
                    layer[there] += [Path((there, *way.nodes), (edge, *way.edges)) for way in ways[here]]
        names = sorted(layer, key=lambda node: (min(way.looseness for way in layer[node]), order(node)))
        if len(seen) + len(names) > widest:
            names, cut = names[: max(0, widest - len(seen))], True
        ways = {node: sorted(layer[node], key=_rank)[:most] for node in names}
        seen |= set(names)
        frontier = names
        reached = set(ours(frozenset(names))) if names else set()
    found = sorted((way for node in reached for way in ways[node]), key=_rank)[:most]
    return Answer(tuple(found), len(seen), cut)


def _closest(edges: Iterable[Edge]) -> list[Edge]:
    """Of several edges between two, the closest: two ways through the same people are one."""
    best: dict[tuple[str, str], Edge] = {}
    for edge in sorted(edges, key=lambda one: (not one.holds, -one.strength, one.kind, one.code, one.row)):
        best.setdefault(edge.pair, edge)
    return list(best.values())


def _rank(path: Path) -> tuple:
    return path.looseness, [order(node) for node in path.nodes]


# --- where each is drawn ----------------------------------------------------------------------------------------

LINE = 22
"""Pixels between two labels of one side."""
GAP = 16
ACROSS = {1: 190.0, 2: 420.0}
"""How far out a ring reaches to either side."""
LONGEST_LABEL = 20
"""In half-width characters; Chinese ones are two."""


@dataclass(frozen=True, slots=True)
class Spot:
    """x, y: the middle of a node; side: where its label stands (-1 left, 1 right, 0 below it)."""

    x: float
    y: float
    side: int


@dataclass(frozen=True, slots=True)
class Drawing:
    width: float
    height: float
    spots: Mapping[str, Spot] = field(default_factory=dict)


def width_of(text: str) -> int:
    """In half-width characters."""
    return sum(2 if unicodedata.east_asian_width(one) in "WF" else 1 for one in text)


def clipped(text: str, longest: int = LONGEST_LABEL) -> str:
    if width_of(text) <= longest:
        return text
    kept, room = "", longest - 1
    for one in text:
        room -= width_of(one)
        if room < 0:
            break
        kept += one
    return kept + "…"


def draw(graph: Graph) -> Drawing:
    """Rings around the centre, always alike: each node near the one it was reached through, no label over another.

    Left and right of the centre the nodes of a ring stand one below another along an arc, a line apart at least. Labels
    of the outer ring point outwards; those of the inner one stand below their nodes, out of the way of the lines, and
    where they are too many for that, beside them. The outer ring is higher and wider than the inner one with labels.
    """
    rings: dict[int, list[str]] = defaultdict(list)
    for node, step in graph.nodes.items():
        if step:
            rings[step].append(node)
    sides = _halves(graph, rings.get(1, []))
    heights, reach = {}, 0.0
    for step in sorted(rings):
        for side in (-1, 1):
            sides[step, side] = _sorted_ring(graph, rings[step], sides, step, side)
        tallest = max(len(sides[step, side]) for side in (-1, 1))
        heights[step] = max(tallest * LINE / 2 + GAP, reach * 1.6, 105.0 * step)
        reach = heights[step]
    half = max([80.0, *heights.values()])
    wide = max([ACROSS[step] for step in rings] or [40.0]) + LONGEST_LABEL * 7 + GAP
    spots = {graph.centre: Spot(wide, half + GAP, 0)}
    for (step, side), nodes in sides.items():
        if not nodes:
            continue
        heads = _spread(len(nodes), heights[step] - LINE)
        below = step == 1 and all(b - a >= 2 * LINE for a, b in itertools.pairwise(heads))
        for node, y in zip(nodes, heads, strict=True):
            x = ACROSS[step] * math.sqrt(max(0.2, 1 - (y / heights[step]) ** 2))
            spots[node] = Spot(round(wide + side * x, 1), round(half + GAP + y, 1), 0 if below else side)
    return Drawing(round(2 * wide, 1), round(2 * (half + GAP), 1), spots)


def _halves(graph: Graph, inner: list[str]) -> dict[tuple[int, int], list[str]]:
    """The inner ring shared out so that both sides bear about as many of the outer one."""
    load = defaultdict(int)
    for node, parent in graph.parent.items():
        load[parent] += graph.nodes[node] == 2
    weights, sides = {-1: 0, 1: 0}, {(1, -1): [], (1, 1): []}
    for node in sorted(inner, key=lambda one: (-load[one], order(one))):
        side = 1 if weights[1] <= weights[-1] else -1
        weights[side] += 1 + load[node]
        sides[1, side].append(node)
    return sides


def _sorted_ring(graph: Graph, ring: list[str], sides: Mapping, step: int, side: int) -> list[str]:
    if step == 1:
        return sorted(sides[1, side], key=order)
    place = {node: at for at, node in enumerate(sides[step - 1, side])}
    mine = [node for node in ring if graph.parent[node] in place]
    return sorted(mine, key=lambda node: (place[graph.parent[node]], order(node)))


def _spread(count: int, half: float) -> list[float]:
    """`count` heights from -half to half, evenly; one stands in the middle."""
    if count == 1:
        return [0.0]
    gap = max(LINE, min(84.0, 2 * half / (count - 1))) if count else 0
    return [round((at - (count - 1) / 2) * gap, 1) for at in range(count)]
