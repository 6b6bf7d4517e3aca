"""Levels, sums and shares, exactly."""

from __future__ import annotations

from decimal import Decimal as D

from customers.channel.tree import Link, flat, grow, keeps, pruned, way_up

LINKS = [
    Link(1, None, D(100), D("0.40")),
    Link(2, 1, D(30), D("0.50")),
    Link(3, 1, D(50), D("0.48")),
    Link(4, 3, D(7), D("0.60")),
    Link(5, 3, D(9), seen=False),
    Link(6, None, D(5)),
]


def told(roots):
    return [(one.link.id, one.level, one.below, one.customers, one.levels) for one in flat(roots)]


def test_levels_and_what_is_sold_below():
    """What somebody out of reach sells is in no sum; the branch that sells more stands first."""
    assert told(grow(LINKS)) == [
        (1, 1, D(87), 3, 3),
        (3, 2, D(7), 1, 2),
        (4, 3, D(0), 0, 1),
        (5, 3, D(0), 0, 1),
        (2, 2, D(0), 0, 1),
        (6, 1, D(0), 0, 1),
    ]


def test_who_is_out_of_reach_stays_only_to_hold_others():
    links = [Link(1, None, seen=False), Link(2, 1, D(1)), Link(3, 1, seen=False), Link(4, None, seen=False)]
    assert [one.link.id for one in flat(pruned(grow(links)))] == [1, 2]


def test_a_supplier_that_is_not_there_makes_a_root():
    assert [one.link.id for one in grow([Link(2, 1, D(1))])] == [2]


def test_the_way_up_is_from_the_brand_down():
    links = {one.id: one for one in LINKS}
    assert [one.id for one in way_up(links, 4)] == [1, 3, 4]
    assert [one.id for one in way_up(links, 1)] == [1]
    assert [one.id for one in way_up({1: Link(1, 2), 2: Link(2, 1)}, 1)] == [2, 1], "a loop ends"


def test_what_each_level_keeps_adds_up_to_one():
    assert keeps([D("0.40"), D("0.48"), D("0.60")]) == [D("0.40"), D("0.08"), D("0.12"), D("0.40")]
    assert sum(keeps([D("0.40"), D("0.48"), D("0.60")])) == 1
    assert keeps([D("0.5")]) == [D("0.5"), D("0.5")]
    assert keeps([D("0.5"), D("0.45")])[1] == D("-0.05"), "who sells below what they pay keeps less than nothing"
    assert keeps([None, D("0.6")]) == [None, None, D("0.4")]
