"""How alike two customers are, with the reasons; the keys under which likely doubles meet."""

from __future__ import annotations

import itertools
import random

import pytest

from customers.duplicates.likeness import (
    LIKELY,
    Card,
    alike,
    cells,
    compare,
    core_name,
    distance,
    folded,
    keys,
)


def how(first: Card, second: Card):
    found = compare(folded(first), folded(second))
    assert found == compare(folded(second), folded(first)), "the same in either order"
    return found.score, [(one.code, one.value) for one in found.reasons]


@pytest.mark.parametrize(
    "name,places,core",
    [
        ("浙江杭州张三鲜母婴用品有限公司", ("浙江省", "杭州市"), "张三鲜母婴用品"),
        ("杭州市张三鲜商行", ("浙江", "杭州"), "张三鲜"),
        ("杭州商行", ("浙江", "杭州"), "商行"),
        ("lucky baby co ltd", ("", ""), "luckybaby"),
        ("店", (), "店"),
    ],
)
def test_the_telling_part_of_a_name(name, places, core):
    assert core_name(name, places) == core


@pytest.mark.parametrize(
    "first,second,score,reasons",
    [
        # A licence number says it alone.
        (
            Card(name="甲", licence="91330100MA2H"),
            Card(name="乙乙乙", licence="91330100 ma2h"),
            90,
            [("licence", "MA2H")],
        ),
        (
            Card(name="张三鲜母婴", phone="0571-8888 1234", city="杭州市"),
            Card(name="杭州张三鲜母婴店", phone="(0571)88881234", city="杭州"),
            99,
            [("name", ""), ("phone", "1234"), ("city", "")],
        ),
        # The same sound in the same city: a typing error.
        (
            Card(name="张三鲜母婴", city="杭州"),
            Card(name="张三仙母婴", city="杭州"),
            50,
            [("sound", "80"), ("city", "")],
        ),
        # One letter of twelve.
        (
            Card(name="Lucky Babies", city="Wuxi"),
            Card(name="Lucky Bobies", city="Wuxi"),
            45,
            [("name_alike", "90"), ("city", "")],
        ),
        # Two shops of a chain in two cities are two.
        (Card(name="孩子王南京店", city="南京"), Card(name="孩子王苏州店", city="苏州"), 31, [("name", "")]),
        # The same number and another name: perhaps one owner.
        (
            Card(name="红房子", phone="13800001111"),
            Card(name="绿草地乐园", phone="138 0000 1111"),
            45,
            [("phone", "1111")],
        ),
        # 100 m apart on the same street.
        (
            Card(name="红房子", city="无锡", address="中山路1号", lat=31.57, lon=120.29),
            Card(name="红房子母婴", city="无锡市", address="无锡市中山路一号", lat=31.5709, lon=120.29),
            48,
            [("address", ""), ("near", "100"), ("city", "")],
        ),
        (Card(name="甲店"), Card(name="乙店"), 0, []),
        (Card(), Card(), 0, []),
    ],
)
def test_scores_and_reasons(first, second, score, reasons):
    assert how(first, second) == (score, reasons)


def test_what_is_likely_starts_at_the_line():
    assert compare(folded(Card(name="张三鲜母婴", city="杭州")), folded(Card(name="张三仙母婴", city="杭州"))).is_likely
    assert LIKELY == 50


@pytest.mark.parametrize("seed", range(20))
def test_the_distance_is_levenshteins(seed):
    dice = random.Random(seed)

    def plain(left, right):
        if not left or not right:
            return len(left) + len(right)
        return min(
            plain(left[1:], right) + 1, plain(left, right[1:]) + 1, plain(left[1:], right[1:]) + (left[0] != right[0])
        )

    left, right = ("".join(dice.choice("ab") for _ in range(dice.randrange(7))) for _ in range(2))
    assert distance(left, right, 99) == plain(left, right)
    assert distance(left, right, 2) == min(plain(left, right), 2)
    assert 0 <= alike(left, right) <= 1


def test_near_points_share_a_cell():
    dice = random.Random(3)
    for _ in range(2000):
        lat, lon = dice.uniform(18, 52), dice.uniform(75, 134)
        near = lat + dice.uniform(-0.00134, 0.00134), lon + dice.uniform(-0.0015, 0.0015)
        assert cells(lat, lon) & cells(*near)


def test_likely_ones_share_a_key():
    """Whatever the scan proposes it must have met first."""
    names = ["张三鲜母婴", "张三仙母婴", "张三鲜母婴用品", "杭州张三鲜母婴店", "张三鲜"]
    cards = [Card(name=name, city="杭州", phone=phone) for name in names for phone in ("", "13800001111")]
    for first, second in itertools.combinations(map(folded, cards), 2):
        if compare(first, second).is_likely:
            assert keys(first) & keys(second)
