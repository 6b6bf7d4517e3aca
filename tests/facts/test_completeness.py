"""The percentage, to the last point."""

from __future__ import annotations

import datetime
from fractions import Fraction

from customers.facts.completeness import Item, is_stale, judge

DAY = datetime.date(2026, 6, 30)
ITEMS = [Item("a", 5, 365), Item("b", 3, None), Item("c", 2, 30)]


def test_nothing_known():
    found = judge(ITEMS, {}, DAY)
    assert (found.share, found.percent, found.known, found.stale, found.missing) == (0, 0, 0, 0, 3)
    assert [(gap.key, gap.gain, gap.stale) for gap in found.gaps] == [
        ("a", Fraction(1, 2), False),
        ("b", Fraction(3, 10), False),
        ("c", Fraction(1, 5), False),
    ]


def test_what_is_old_counts_half():
    found = judge(ITEMS, {"a": DAY - datetime.timedelta(days=366), "b": DAY, "c": DAY}, DAY)
    assert found.share == Fraction(15, 20)
    assert (found.percent, found.known, found.stale, found.missing) == (75, 2, 1, 0)
    assert [(gap.key, gap.gain, gap.stale) for gap in found.gaps] == [("a", Fraction(1, 4), True)]


def test_on_the_last_day_of_its_half_life_a_fact_is_fresh():
    assert not is_stale(30, DAY - datetime.timedelta(days=30), DAY)
    assert is_stale(30, DAY - datetime.timedelta(days=31), DAY)
    assert not is_stale(None, datetime.date(1990, 1, 1), DAY)
    assert not is_stale(30, None, DAY)


def test_rounded_down_so_that_100_is_complete():
    many = [Item(str(n), 1) for n in range(1000)]
    assert judge(many, {str(n): DAY for n in range(999)}, DAY).percent == 99
    assert judge(many, {str(n): DAY for n in range(1000)}, DAY).percent == 100
    assert judge([], {}, DAY).percent == 100


def test_an_answer_adds_what_its_gap_says():
    known = {"b": DAY, "c": DAY - datetime.timedelta(days=99)}
    before = judge(ITEMS, known, DAY)
    for gap in before.gaps:
        after = judge(ITEMS, {**known, gap.key: DAY}, DAY)
        assert after.share - before.share == gap.gain
