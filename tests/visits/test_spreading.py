"""Neighbours share a day, days fill evenly, nothing depends on the order in which places come."""

from __future__ import annotations

import datetime
import random
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from visits.plan.spreading import ORDER, Place, along_the_curve, in_a_row, shares, spread

FIRST = datetime.date(2026, 3, 2)


def day(n: int) -> datetime.date:
    return FIRST + datetime.timedelta(days=n)


HANGZHOU, NINGBO, WENZHOU = (30.27, 120.15), (29.87, 121.55), (28.0, 120.67)


def around(start: int, count: int, middle, city="") -> list[Place]:
    return [
        Place(start + n, middle[0] + 0.01 * (n % 3), middle[1] + 0.01 * (n // 3), city or str(middle))
        for n in range(count)
    ]


def test_three_towns_get_a_day_each():
    places = around(0, 4, HANGZHOU) + around(10, 4, NINGBO) + around(20, 4, WENZHOU)
    found = spread(places, {day(0): 4, day(1): 4, day(2): 4})
    by_day = {one: {pk // 10 for pk, when in found.items() if when == one} for one in (day(0), day(1), day(2))}
    assert sorted(by_day.values(), key=sorted) == [{0}, {1}, {2}]


def test_without_a_position_it_goes_with_its_town_else_last():
    places = [
        *around(0, 3, HANGZHOU, "杭州"),
        *around(10, 3, WENZHOU, "温州"),
        Place(90, None, None, "杭州"),
        Place(91, None, None, "哈尔滨"),
        Place(92, None, None, ""),
    ]
    row = [one.customer_id for one in in_a_row(places)]
    assert row[-2:] == [91, 92]
    there = row.index(90)
    assert {pk // 10 for pk in (row[there - 1], row[there + 1])} & {0}
    found = spread(places, {day(0): 4, day(1): 4})
    assert len(places) == 9 and (found[91], found[92]) == (day(1), None)


def test_emptier_days_fill_first_and_the_rest_is_left():
    assert shares(3, {day(0): 1, day(1): 3, day(2): 2}) == {day(1): 2, day(2): 1}
    assert shares(9, {day(0): 1, day(1): 3, day(2): -2}) == {day(0): 1, day(1): 3}
    assert shares(0, {day(0): 3}) == {} and shares(3, {}) == {}


def test_few_on_many_days_lie_apart():
    assert sorted(shares(2, {day(n): 6 for n in range(10)})) == [day(2), day(7)]


def test_the_curve_visits_every_cell_once_and_steps_to_a_neighbour():
    """On its coarsest 16 by 16 cells."""
    side, cell = 16, 1 << (ORDER - 4)
    at = {}
    for x in range(side):
        for y in range(side):
            lon, lat = (x + 0.5) / side * 360 - 180, (y + 0.5) / side * 180 - 90
            at[along_the_curve(lat, lon) // (cell * cell)] = (x, y)
    assert sorted(at) == list(range(side * side))
    steps = [abs(at[n][0] - at[n + 1][0]) + abs(at[n][1] - at[n + 1][1]) for n in range(side * side - 1)]
    assert set(steps) == {1}


coordinate = st.floats(min_value=-90, max_value=90)
places = st.lists(
    st.tuples(st.one_of(st.none(), st.tuples(coordinate, coordinate)), st.sampled_from(["", "杭州", "宁波"])),
    max_size=40,
).map(lambda rows: [Place(n, *(at or (None, None)), city) for n, (at, city) in enumerate(rows)])
rooms = st.dictionaries(
    st.integers(min_value=0, max_value=30).map(day), st.integers(min_value=-2, max_value=8), max_size=15
)


@settings(max_examples=200, deadline=None)
@given(places, rooms, st.integers())
def test_every_plan_keeps_the_rules(places, rooms, seed):
    found = spread(places, rooms)
    taken = Counter(when for when in found.values() if when is not None)
    free = {one: max(0, room) for one, room in rooms.items()}
    assert set(found) == {one.customer_id for one in places}
    assert all(count <= free[one] for one, count in taken.items())
    assert sum(taken.values()) == min(len(places), sum(free.values()))
    # Even: no day that took one is left with two fewer free places than another.
    left = {one: free[one] - taken[one] for one in free}
    assert all(left[one] >= left[other] - 1 for one in taken for other in free)
    mixed = list(places)
    random.Random(seed).shuffle(mixed)
    assert spread(mixed, dict(reversed(rooms.items()))) == found
    # Days follow the row.
    days = [found[one.customer_id] for one in in_a_row(places)]
    placed = [when for when in days if when is not None]
    assert placed == sorted(placed) and days[: len(placed)] == placed
