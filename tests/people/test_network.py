"""The rule of the network: who stands around, which ways are shortest, where each is drawn. No database."""

from __future__ import annotations

import itertools

import pytest

from customers.people import network
from customers.people.network import Edge


def role(person, customer, code="owner", strength=2, holds=True, row=0):
    return Edge(person, customer, "role", code, strength, holds, row)


def rel(a, b, code="friend", strength=2, holds=True, row=0):
    return Edge(a, b, "relation", code, strength, holds, row)


def fetcher(edges, asked=None):
    """What a database would do; `asked` collects the calls."""

    def fetch(nodes):
        if asked is not None:
            asked.append(nodes)
        return [edge for edge in edges if edge.start in nodes or edge.end in nodes], False

    return fetch


def test_two_steps_out_and_no_further():
    line = [role("p1", "c1"), rel("p1", "p2"), rel("p2", "p3"), rel("p3", "p4")]
    found = network.around("c1", fetcher(line))
    assert found.nodes == {"c1": 0, "p1": 1, "p2": 2}
    assert [(edge.start, edge.end) for edge in found.edges] == [("p1", "c1"), ("p1", "p2")]


def test_edges_between_the_outermost_are_there_too():
    edges = [rel("p1", "p2"), rel("p1", "p3"), rel("p2", "p4"), rel("p3", "p5"), rel("p4", "p5", "lends")]
    found = network.around("p1", fetcher(edges))
    assert ("p4", "p5") in [(edge.start, edge.end) for edge in found.edges]


def test_one_fetch_a_step_however_many_nodes():
    asked = []
    edges = [role(f"p{n}", "c1", row=n) for n in range(1, 40)] + [rel(f"p{n}", f"p{n + 100}") for n in range(1, 40)]
    network.around("c1", fetcher(edges, asked))
    assert [len(nodes) for nodes in asked] == [1, 39, 39]


def test_of_too_many_the_closest_stay_and_the_rest_is_counted():
    edges = [rel("c1", f"p{n}", strength=3 if n == 90 else 1, row=n) for n in range(1, 101)]
    found = network.around("c1", fetcher(edges), most=11)
    assert list(found.nodes) == ["c1", "p90", *(f"p{n}" for n in range(1, 10))]
    assert (found.left_out, found.more) == (90, False)


def test_a_cut_answer_is_said_to_be_one():
    found = network.around("c1", lambda nodes: ([rel("c1", "p1")], True))
    assert found.more is True


def test_shops_of_one_owner_are_connected_and_those_of_a_former_owner_not():
    edges = [role("p1", "c1"), role("p1", "c2", row=2), role("p1", "c3", holds=False, row=3), role("p2", "c3", "mall")]
    assert [(edge.start, edge.end) for edge in network.same_owner(edges)] == [("c1", "c2")]


# --- ways -------------------------------------------------------------------------------------------------------


def ways(target, edges, ours, **more):
    answer = network.shortest(target, fetcher(edges), lambda nodes: nodes & set(ours), **more)
    return [path.nodes for path in answer.paths]


CHAIN = [role("p1", "c1"), rel("p1", "p2", "introduced"), role("p2", "c2", "mall")]


def test_the_way_leads_from_ours_to_the_one_asked_for():
    assert ways("p2", CHAIN, {"c1"}) == [("c1", "p1", "p2")]
    assert ways("c2", CHAIN, {"c1"}) == [("c1", "p1", "p2", "c2")]


def test_who_is_ours_already_needs_no_way():
    assert ways("c1", CHAIN, {"c1"}) == [("c1",)]


def test_without_a_link_there_is_no_way():
    assert ways("p2", [CHAIN[0], CHAIN[2]], {"c1"}) == []


def test_no_way_is_longer_than_four_steps():
    line = [rel(f"p{n}", f"p{n + 1}") for n in range(1, 6)]
    assert ways("p5", line, {"p1"}) == [("p1", "p2", "p3", "p4", "p5")]
    assert ways("p6", line, {"p1"}) == []


def test_all_shortest_ways_the_closest_first_and_no_longer_one():
    edges = [
        *(rel("c1", f"p{n}", strength=strength) for n, strength in ((1, 1), (2, 3), (3, 2))),
        *(rel(f"p{n}", "p9", strength=2, row=n) for n in (1, 2, 3)),
        rel("c1", "p5"),
        rel("p5", "p6"),
        rel("p6", "p9"),
    ]
    assert ways("p9", edges, {"c1"}) == [("c1", "p2", "p9"), ("c1", "p3", "p9"), ("c1", "p1", "p9")]


def test_five_ways_at_most():
    edges = [rel("c1", f"p{n}") for n in range(1, 9)] + [rel(f"p{n}", "p9", row=n) for n in range(1, 9)]
    assert ways("p9", edges, {"c1"}) == [("c1", f"p{n}", "p9") for n in range(1, 6)]


def test_two_relations_of_the_same_two_are_one_way_by_the_closer():
    edges = [rel("c1", "p1", "friend", 1), rel("p1", "c1", "partner", 3)]
    answer = network.shortest("p1", fetcher(edges), lambda nodes: nodes & {"c1"})
    assert [[edge.code for edge in path.edges] for path in answer.paths] == [["partner"]]


def test_what_holds_comes_before_what_is_over():
    edges = [rel("c1", "p1", strength=3, holds=False), rel("c2", "p1", strength=1)]
    assert ways("p1", edges, {"c1", "c2"}) == [("c2", "p1"), ("c1", "p1")]


def test_a_search_that_grows_too_wide_says_so():
    edges = [rel("p1", f"p{n}") for n in range(2, 60)]
    answer = network.shortest("p1", fetcher(edges), lambda nodes: (), widest=20)
    assert (answer.paths, answer.searched, answer.cut) == ((), 20, True)


def test_ways_agree_with_trying_every_one():
    """Against brute force on a hundred small graphs."""
    from random import Random

    for seed in range(100):
        random = Random(seed)
        nodes = [f"p{n}" for n in range(1, 8)]
        pairs = [pair for pair in itertools.combinations(nodes, 2) if random.random() < 0.3]
        edges = [rel(a, b, strength=random.randint(1, 3)) for a, b in pairs]
        strength = {edge.pair: edge.strength for edge in edges}
        ours = {"p1", "p2"}
        every = []
        for length in range(1, 5):
            for middle in itertools.permutations([n for n in nodes if n != "p7"], length):
                line = (*middle, "p7")
                steps = [tuple(sorted(step)) for step in itertools.pairwise(line)]
                if line[0] in ours and not ours & set(line[1:]) and all(step in strength for step in steps):
                    every.append((length, sum(3 - strength[step] for step in steps), line))
        shortest = [one for one in every if one[0] == min(every)[0]] if every else []
        found = ways("p7", edges, ours, most=50)
        assert sorted(found) == sorted(line for _length, _loose, line in shortest), seed
        looseness = {line: loose for _length, loose, line in shortest}
        assert [looseness[line] for line in found] == sorted(looseness.values()), seed


# --- drawing ----------------------------------------------------------------------------------------------------


def boxes(found, drawing):
    """(left, top, right, bottom) of every label of the longest kind."""
    width, placed = network.LONGEST_LABEL * 6.3, []
    for node, spot in drawing.spots.items():
        if node == found.centre:
            continue
        if spot.side:
            left = spot.x + 13 if spot.side > 0 else spot.x - 13 - width
            placed.append((left, spot.y - 7, left + width, spot.y + 7))
        else:
            placed.append((spot.x - width / 2, spot.y + 12, spot.x + width / 2, spot.y + 26))
    return placed


def clash(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


@pytest.mark.parametrize("inner,outer", [(0, 0), (1, 0), (3, 0), (6, 6), (9, 30), (39, 40), (79, 0), (2, 77)])
def test_no_label_lies_over_another_and_all_inside(inner, outer):
    edges = [rel("c1", f"p{n}", row=n) for n in range(1, inner + 1)]
    edges += [rel(f"p{n % inner + 1}", f"p{1000 + n}", row=n) for n in range(outer)]
    found = network.around("c1", fetcher(edges))
    drawing = network.draw(found)
    assert set(drawing.spots) == set(found.nodes)
    placed = boxes(found, drawing)
    assert [(a, b) for a, b in itertools.combinations(placed, 2) if clash(a, b)] == []
    assert all(left >= 0 and right <= drawing.width and top >= 0 and bottom <= drawing.height
               for left, top, right, bottom in placed)  # fmt: skip


def test_the_same_network_is_drawn_alike():
    edges = [rel("c1", f"p{n}", row=n) for n in range(1, 9)]
    drawings = [network.draw(network.around("c1", fetcher(some))) for some in (edges, edges[::-1])]
    assert drawings[0] == drawings[1]


def test_names_are_clipped_by_their_width():
    assert network.clipped("禾暖家纺（无锡学府路店）") == "禾暖家纺（无锡学府…"
    assert network.clipped("Short name") == "Short name"
