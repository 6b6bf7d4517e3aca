"""Where somebody checked in, against the shop: exact metres, and what the point says."""

from __future__ import annotations

import pytest

from visits.report.checkin import Fix, Place, metres_between, place_of

SHOP = (32.04, 118.78)


def test_metres_from_the_shop_in_either_system():
    assert metres_between(Fix(32.04, 118.78), SHOP) == 0
    assert metres_between(Fix(32.05, 118.78), SHOP) == 1112
    # The same numbers read as GCJ-02 are another place, some hundreds of metres off.
    assert metres_between(Fix(32.04, 118.78, "gcj02"), SHOP) == 541
    assert metres_between(Fix(32.04, 118.78), None) is None


@pytest.mark.parametrize("fix", [Fix(91, 0), Fix(0, 181), Fix(float("nan"), 0), Fix(0, 0, "mars")])
def test_what_is_no_point_is_refused_also_without_a_shop(fix):
    for shop in (SHOP, None):
        with pytest.raises(ValueError):
            metres_between(fix, shop)


@pytest.mark.parametrize(
    "metres,accuracy,age,said",
    [
        (None, 10, 0, Place.UNKNOWN),
        (300, 10, 0, Place.NEAR),
        (301, 0, 0, Place.AWAY),
        (301, 1, 0, Place.UNSURE),
        (500, 199, 0, Place.AWAY),
        (500, 200, 0, Place.UNSURE),
        (500, None, None, Place.AWAY),
        (0, 1001, 0, Place.UNSURE),
        (0, 10, 601, Place.UNSURE),
        (0, 10, 600, Place.NEAR),
    ],
)
def test_what_the_point_says(metres, accuracy, age, said):
    assert place_of(metres, accuracy, age) is said
