"""Where a shop stands: the three coordinate systems met in China, and distances.

Browsers and GPS report WGS-84. Maps published in China are drawn in GCJ-02 (AMap, Tencent), a few hundred metres
off; Baidu adds a second shift, BD-09. A point without its system is therefore wrong by up to a kilometre.

Formulas: GCJ-02 as published in `transform.cs` (emq, 2010: Krasovsky 1940 ellipsoid, a = 6378245 m,
e2 = 0.00669342162296594323) and repeated by coordtransform (Wandergis, 2015), whose rectangle for China (73.66 to
135.05 E, 3.86 to 53.55 N) is used here too; BD-09 from the same. Both shifts are one way, so the way back is found by
iteration, which the published inverses only approximate (GCJ-02 to 1 or 2 m, BD-09 to 10 cm).
Abroad there is no shift: GCJ-02 is not used there, and Baidu's documentation says that its maps use WGS-84 outside
China. The rectangle also covers parts of China's neighbours; there points are shifted as in China, as other software
does. Within about a kilometre of the rectangle's edge, far from any shop, a shifted point has no unique way back.

Angles are decimal degrees, latitude before longitude, floats.
"""

from collections.abc import Callable
from math import asin, atan2, cos, hypot, isfinite, pi, radians, sin, sqrt
from numbers import Real
from typing import SupportsFloat

WGS84 = "wgs84"
GCJ02 = "gcj02"
BD09 = "bd09"
DATUMS = (WGS84, GCJ02, BD09)

EARTH_RADIUS_M = 6_371_008.8
"""Mean radius of the Earth in metres (IUGG)."""

Point = tuple[float, float]
"""(latitude, longitude) in degrees."""

_CHINA_LAT = (3.86, 53.55)
_CHINA_LON = (73.66, 135.05)
_AXIS_M = 6378245.0
_ECCENTRICITY_2 = 0.00669342162296594323
_BAIDU_ANGLE = pi * 3000.0 / 180.0
_CLOSE_ENOUGH = 1e-13  # degrees; the last bits of a double at 135 degrees
_MOST_ROUNDS = 40  # each round gains two digits or more: six do, the rest is for safety


def check_point(lat: SupportsFloat, lon: SupportsFloat) -> Point:
    """Return the point as floats; latitude -90 to 90, longitude -180 to 180.

    Takes floats, integers and Decimals. Raises TypeError for anything else, ValueError out of range or not finite.
    """
    for name, value in (("latitude", lat), ("longitude", lon)):
        if isinstance(value, bool | str | bytes) or not (isinstance(value, Real) or hasattr(value, "as_tuple")):
            raise TypeError(f"{name} must be a number, not {type(value).__name__}")
    point = float(lat), float(lon)
    for name, degrees, limit in (("latitude", point[0], 90), ("longitude", point[1], 180)):
        if not isfinite(degrees) or abs(degrees) > limit:
            raise ValueError(f"{name} {degrees} is not between -{limit} and {limit}")
    return point


def in_china(lat: float, lon: float) -> bool:
    """Say whether a WGS-84 point lies in the rectangle where maps are shifted."""
    return _CHINA_LAT[0] < lat < _CHINA_LAT[1] and _CHINA_LON[0] < lon < _CHINA_LON[1]


def _near_china(lat: float, lon: float) -> bool:
    """Say whether a point of any system may lie in China: both shifts together stay well under 0.05 degrees."""
    (south, north), (west, east) = _CHINA_LAT, _CHINA_LON
    return south - 0.05 < lat < north + 0.05 and west - 0.05 < lon < east + 0.05


def convert(lat: SupportsFloat, lon: SupportsFloat, source: str, target: str) -> Point:
    """Return (lat, lon) of the same place in another coordinate system.

    source, target: one of DATUMS. There and back again differs by less than 1e-9 degrees (0.1 mm).
    Raises ValueError for an unknown system or a point out of range, TypeError for a point that is no number.
    """
    for datum in (source, target):
        if datum not in DATUMS:
            raise ValueError(f"unknown coordinate system {datum!r}; known are {', '.join(DATUMS)}")
    point = check_point(lat, lon)
    if source == target:
        return point
    if not _near_china(*point):
        return point  # the series of the shift grow without bound far away: they must not even be tried
    place = _TO_WGS84[source](*point)
    if not in_china(*place):
        return point
    if source == GCJ02 and target == BD09:
        return _baidu_shift(*point)
    if source == BD09 and target == GCJ02:
        return _undo(_baidu_shift, point)
    return _FROM_WGS84[target](*place)


def distance_m(lat_1: SupportsFloat, lon_1: SupportsFloat, lat_2: SupportsFloat, lon_2: SupportsFloat) -> float:
    """Return the great-circle distance in metres between two points of the same coordinate system.

    Haversine formula on a sphere: at most 0.6 % off the ellipsoid. Raises as `check_point` does.
    """
    (from_lat, from_lon), (to_lat, to_lon) = check_point(lat_1, lon_1), check_point(lat_2, lon_2)
    half_lat, half_lon = radians(to_lat - from_lat) / 2, radians(to_lon - from_lon) / 2
    chord = sin(half_lat) ** 2 + cos(radians(from_lat)) * cos(radians(to_lat)) * sin(half_lon) ** 2
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(chord)))  # rounding may lift antipodes just above 1


def _gcj_shift(lat: float, lon: float) -> Point:
    """Return the GCJ-02 position of a WGS-84 point, taken to be in China."""
    x, y = lon - 105.0, lat - 35.0
    ripple = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + ripple
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + ripple
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    curvature = 1 - _ECCENTRICITY_2 * sin(radians(lat)) ** 2
    meridian_m = _AXIS_M * (1 - _ECCENTRICITY_2) / (curvature * sqrt(curvature))
    parallel_m = _AXIS_M / sqrt(curvature) * cos(radians(lat))
    return lat + north * 180.0 / (meridian_m * pi), lon + east * 180.0 / (parallel_m * pi)


def _baidu_shift(lat: float, lon: float) -> Point:
    """Return the BD-09 position of a GCJ-02 point, taken to be in China."""
    radius = hypot(lon, lat) + 0.00002 * sin(lat * _BAIDU_ANGLE)
    angle = atan2(lat, lon) + 0.000003 * cos(lon * _BAIDU_ANGLE)
    return radius * sin(angle) + 0.006, radius * cos(angle) + 0.0065


def _undo(shift: Callable[[float, float], Point], shifted: Point) -> Point:
    """Return the point that `shift` moves to `shifted`.

    Fixed-point iteration p <- p + (shifted - shift(p)): both shifts change by less than 2 % of a step, so each round
    leaves less than 2 % of the error.
    """
    lat, lon = shifted
    for _ in range(_MOST_ROUNDS):
        moved_lat, moved_lon = shift(lat, lon)
        off_lat, off_lon = shifted[0] - moved_lat, shifted[1] - moved_lon
        lat, lon = lat + off_lat, lon + off_lon
        if abs(off_lat) < _CLOSE_ENOUGH and abs(off_lon) < _CLOSE_ENOUGH:
            break
    return lat, lon


# Both dictionaries answer for points in China; `convert` looks first whether the place is there.
_FROM_WGS84: dict[str, Callable[[float, float], Point]] = {
    WGS84: lambda lat, lon: (lat, lon),
    GCJ02: _gcj_shift,
    BD09: lambda lat, lon: _baidu_shift(*_gcj_shift(lat, lon)),
}
_TO_WGS84: dict[str, Callable[[float, float], Point]] = {
    WGS84: lambda lat, lon: (lat, lon),
    GCJ02: lambda lat, lon: _undo(_gcj_shift, (lat, lon)),
    BD09: lambda lat, lon: _undo(_gcj_shift, _undo(_baidu_shift, (lat, lon))),
}
