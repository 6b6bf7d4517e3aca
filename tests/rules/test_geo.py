"""Coordinate systems: published reference points, there and back again, and refusals."""

from decimal import Decimal
from math import inf, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.geo import BD09, DATUMS, GCJ02, WGS84, check_point, convert, distance_m, in_china

# A kilometre inside the rectangle: at its very edge a shifted point has no unique way back.
in_the_rectangle = st.tuples(st.floats(3.88, 53.53), st.floats(73.68, 135.03))
abroad = st.one_of(
    st.tuples(st.floats(-90, 90), st.floats(-180, 73.5)),
    st.tuples(st.floats(-90, 90), st.floats(135.2, 180)),
    st.tuples(st.floats(-90, 3.7), st.floats(-180, 180)),
    st.tuples(st.floats(53.7, 90), st.floats(-180, 180)),
)
datums = st.sampled_from(DATUMS)


# eviltransform (three cities) and coordtransform (39.915, 116.404), both with their own code.
@pytest.mark.parametrize(
    ("wgs", "gcj"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
        ((39.915, 116.404), (39.91640428150164, 116.41024449916938)),
    ],
)
def test_published_points_in_gcj02(wgs, gcj):
    assert convert(*wgs, WGS84, GCJ02) == pytest.approx(gcj, abs=1e-11, rel=0)
    assert convert(*gcj, GCJ02, WGS84) == pytest.approx(wgs, abs=1e-11, rel=0)


def test_published_point_in_bd09():
    assert convert(39.915, 116.404, GCJ02, BD09) == pytest.approx(
        (39.92133699351021, 116.41036949371029), abs=1e-11, rel=0
    )
    # The published inverse approximates: to half a metre it agrees with the exact one.
    assert distance_m(*convert(39.915, 116.404, BD09, GCJ02), 39.90865673957631, 116.39762729119315) < 0.5


def test_published_inverse_of_gcj02_agrees_within_two_metres():
    assert distance_m(*convert(39.915, 116.404, GCJ02, WGS84), 39.91359571849836, 116.39775550083061) < 2


@pytest.mark.parametrize(
    "place",
    [
        (51.5072, -0.1276),
        (35.6812, 139.7671),
        (40.7128, -74.0060),
        (-33.8688, 151.2093),
        (1.3521, 103.8198),
        (90, 0),
        (0, -180),
    ],
)
def test_abroad_nothing_is_shifted(place):
    assert not in_china(*place)
    for source in DATUMS:
        for target in DATUMS:
            assert convert(*place, source, target) == place


@given(in_the_rectangle, datums, datums)
def test_there_and_back_again_in_china(place, source, target):
    start = convert(*place, WGS84, source)
    back = convert(*convert(*start, source, target), target, source)
    assert abs(back[0] - start[0]) < 1e-9
    assert abs(back[1] - start[1]) < 1e-9


@given(in_the_rectangle, datums, datums, datums)
def test_a_detour_over_a_third_system_changes_nothing(place, first, second, third):
    start = convert(*place, WGS84, first)
    direct = convert(*start, first, third)
    detour = convert(*convert(*start, first, second), second, third)
    assert detour == pytest.approx(direct, abs=1e-9, rel=0)


@given(in_the_rectangle)
def test_in_china_the_shift_is_some_hundred_metres_to_two_kilometres(place):
    assert 0 < distance_m(*place, *convert(*place, WGS84, GCJ02)) < 1500
    assert 300 < distance_m(*convert(*place, WGS84, GCJ02), *convert(*place, WGS84, BD09)) < 1500


@pytest.mark.parametrize("lon", [105.0, 105.0 - 1e-14, 105.0 + 1e-14, 104.9999999])
def test_the_kink_of_the_formula_at_105_east_converges(lon):
    shifted = convert(30.66, lon, WGS84, BD09)
    assert convert(*shifted, BD09, WGS84) == pytest.approx((30.66, lon), abs=1e-9, rel=0)


@given(abroad, datums, datums)
def test_abroad_every_system_is_the_same(place, source, target):
    assert convert(*place, source, target) == place


@given(st.tuples(st.floats(-90, 90), st.floats(-180, 180)), datums, datums)
def test_every_point_on_earth_converts(place, source, target):
    lat, lon = convert(*place, source, target)
    assert abs(lat) <= 90
    assert abs(lon) <= 180


def test_distance_of_known_arcs():
    assert distance_m(0, 0, 0, 1) == pytest.approx(111_195.0802, abs=1e-3)
    assert distance_m(0, 0, 0, 180) == pytest.approx(20_015_114.442, abs=1e-2)
    assert distance_m(90, 0, 90, 120) == pytest.approx(0, abs=1e-6)
    assert distance_m(0, 179.5, 0, -179.5) == pytest.approx(111_195.0802, abs=1e-3)
    # Beijing to Shanghai.
    assert distance_m(39.9042, 116.4074, 31.2304, 121.4737) == pytest.approx(1_067_000, rel=1e-3)


@given(in_the_rectangle, abroad)
def test_distance_is_symmetric_and_nothing_to_oneself(one, other):
    assert distance_m(*one, *other) == distance_m(*other, *one)
    assert distance_m(*one, *one) == 0


@pytest.mark.parametrize(
    ("lat", "lon"), [(90.0001, 0), (-91, 0), (0, 180.5), (0, -181), (nan, 0), (0, inf), (116.4, 39.9)]
)
def test_out_of_range_is_refused(lat, lon):
    with pytest.raises(ValueError, match="is not between"):
        check_point(lat, lon)
    with pytest.raises(ValueError, match="is not between"):
        convert(lat, lon, WGS84, GCJ02)
    with pytest.raises(ValueError, match="is not between"):
        distance_m(0, 0, lat, lon)


@pytest.mark.parametrize("lat", ["39.9", None, True, b"39", [39.9]])
def test_what_is_no_number_is_refused(lat):
    with pytest.raises(TypeError, match="latitude must be a number"):
        check_point(lat, 116.4)


def test_decimals_and_integers_are_taken():
    assert check_point(Decimal("39.9"), 116) == (39.9, 116.0)


def test_an_unknown_system_is_refused():
    with pytest.raises(ValueError, match="unknown coordinate system 'cgcs2000'"):
        convert(39.9, 116.4, "cgcs2000", WGS84)
    with pytest.raises(ValueError, match="unknown coordinate system"):
        convert(39.9, 116.4, WGS84, "GCJ-02")
