"""The customers on a map: clusters within reach and filters, provinces as squares, suggestions, the tiles' datum."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.conf import settings as project
from django.core.exceptions import ValidationError  # noqa: F401
from django.urls import reverse

from crm import tiles
from crm.geo import GCJ02, WGS84, convert
from customers.finding.clusters import Box, cell_degrees, fitting, read_box, read_zoom
from customers.finding.gazetteer import PROVINCES, bare, city_of, places, province_of, seat_of
from customers.finding.geocoding import suggest
from customers.models import Customer
from tests.customers.conftest import make  # noqa: F401

POINTS = "/customers/map/points/"
CHINA = "70,10,140,55"


# --- pure -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "box"),
    [
        ("70,10,140,55", Box(70, 10, 140, 55)),
        ("-500,-100,500,100", Box(-180, -90, 180, 90)),
        ("140,10,70,55", None),
        ("1,2,3", None),
        ("a,b,c,d", None),
        ("nan,1,2,3", None),
        ("inf,1,2,3", None),
        ("200,1,210,2", None),
        ("", None),
    ],
)
def test_boxes(text, box):
    assert read_box(text) == box


@pytest.mark.parametrize(
    ("text", "zoom"), [("4", 4), ("0", 2), ("99", 18), ("-1", None), ("x", None), ("", None), ("１", None)]
)
def test_zooms(text, zoom):
    assert read_zoom(text) == zoom


def test_cells_are_as_wide_as_marks_and_half_with_every_zoom():
    height, width = cell_degrees(4, 0)
    assert (height, width) == (360 * 72 / 4096, 360 * 72 / 4096)
    assert cell_degrees(5, 0)[1] == width / 2
    assert cell_degrees(4, 31.2) == cell_degrees(4, 33)  # they lie still while a map is dragged
    assert cell_degrees(4, 60)[0] == pytest.approx(width / 2)


def test_fitting():
    assert fitting([(30, 120), (31, 119)]) == Box(119, 30, 120, 31)
    assert fitting([]) is None


def test_the_facts_of_places():
    assert (
        len(PROVINCES)
        == len({(one.column, one.row) for one in PROVINCES})
        == len({one.short for one in PROVINCES})
        == 34
    )
    assert all(0 <= one.column < 9 and 0 <= one.row < 8 for one in PROVINCES)
    assert len(places()) == 326
    assert all(18 < one.latitude < 54 and 73 < one.longitude < 136 for one in places())
    assert {one.province for one in places()} == {one.short for one in PROVINCES}
    east = {one.short: one for one in PROVINCES}
    assert east["新疆"].column < east["甘肃"].column < east["上海"].column


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("浙江省", "浙江"),
        ("浙江", "浙江"),
        ("内蒙古自治区", "内蒙古"),
        ("广西壮族自治区", "广西"),
        ("香港", "香港"),
        ("Iowa", None),
        ("", None),
    ],
)
def test_provinces_by_name(name, short):
    found = province_of(name)
    assert (found.short if found else None) == short


def test_cities_by_name():
    assert bare("杭州市") == "杭州" and bare("沙市") == "沙市"
    assert (city_of("杭州").latitude, city_of("杭州市", "浙江").longitude) == (30.27, 120.16)
    assert city_of("杭州市", "江苏省") is None
    assert city_of("吉林", "吉林省").name == "吉林市"
    assert seat_of("浙江省").name == "杭州市" and seat_of("Iowa") is None


@pytest.mark.parametrize(
    ("address", "origin"),
    [
        ("", ""),
        ("/tiles/{z}/{x}/{y}.png", ""),
        ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
        ("https://{s}.tiles.example:8443/{z}/{x}/{y}.png?key=1", "https://*.tiles.example:8443"),
    ],
)
def test_the_origin_of_tiles(address, origin):
    assert tiles.source(address) == origin


@pytest.mark.parametrize(
    "address", ["tiles.example/{z}", "javascript:x", "//x/{z}", "https://a; script-src *", "https://{h}.x/1"]
)
def test_what_is_no_tile_server(address):
    with pytest.raises(ValueError, match="tile server"):
        tiles.source(address)


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def shops(make, regions):  # noqa: F811
    def at(code, latitude, longitude, tier="C", region=None, **values):
        return make(
            code,
            f"店{code}",
            region or regions.jiangsu,
            latitude=Decimal(str(latitude)),
            longitude=Decimal(str(longitude)),
            datum="wgs84",
            tier=tier,
            **values,
        )

    return [
        at("N1", 32.06, 118.80, "A", w0=900, province="江苏省", city="南京市"),
        at("N2", 32.07, 118.81, "B", w0=100, province="江苏省", city="南京市"),
        at("N3", 32.05, 118.79, w0=50, province="江苏", city="南京市"),
        at("S1", 31.30, 120.60, "A", w0=200, province="江苏省", city="苏州市"),
        at("W1", 30.57, 104.07, "A", region=regions.sichuan, w0=5000, province="四川省", city="成都市"),
        make("X1", "无处", w0=10, province="江苏省"),
    ]


@pytest.fixture
def ask(sign_in):
    def found(person, **params):
        answer = sign_in(person).get(POINTS, {"box": CHINA, "zoom": "6", **params})
        assert answer.status_code == 200
        return answer.json()

    return found


@pytest.mark.django_db
def test_clusters_and_single_points(shops, cast, ask):
    found = ask(cast.mei, zoom="8")
    assert found["total"] == 4
    (cell,) = found["cells"]
    assert (cell["n"], cell["tiers"]) == (3, [1, 1, 1, 0])
    assert cell["at"] == [32.06, 118.8] and cell["box"] == [32.05, 118.79, 32.07, 118.81]
    (point,) = found["points"]
    assert point == {
        "id": shops[3].pk,
        "name": "店S1",
        "place": "苏州市",
        "tier": "A",
        "url": f"/customers/{shops[3].pk}/",
        "at": [31.3, 120.6],
    }
    assert [one["name"] for one in found["listed"]] == ["店N1", "店S1", "店N2", "店N3"]
    near = ask(cast.mei, zoom="15")
    assert near["cells"] == [] and len(near["points"]) == 4


@pytest.mark.django_db
def test_only_what_is_in_the_box_and_the_filters(shops, cast, ask):
    assert ask(cast.mei, box="120,31,121,32")["total"] == 1
    assert ask(cast.mei, tier="A")["total"] == 2
    assert ask(cast.mei, q="N2")["points"][0]["name"] == "店N2"
    assert ask(cast.mei, city="苏州市")["total"] == 1
    assert ask(cast.mei, tier="nonsense")["total"] == 0
    assert ask(cast.mei, position="none")["total"] == 0


@pytest.mark.django_db
def test_no_foreign_point_ever(shops, cast, ask, sign_in):
    east, west = ask(cast.mei), ask(cast.lin)
    assert "店W1" not in json.dumps(east, ensure_ascii=False) and east["total"] == 4
    assert [one["name"] for one in west["points"]] == [one["name"] for one in west["listed"]] == ["店W1"]
    assert ask(cast.ada)["total"] == 5
    page = sign_in(cast.lin).get("/customers/map/").content.decode()
    assert "店N1" not in page and "店W1" in page and "no position" not in page


@pytest.mark.django_db
@pytest.mark.parametrize(
    "params", [{}, {"box": CHINA}, {"zoom": "4"}, {"box": "x", "zoom": "4"}, {"box": CHINA, "zoom": "x"}]
)
def test_a_box_is_asked_for(cast, sign_in, params):
    answer = sign_in(cast.mei).get(POINTS, params)
    assert answer.status_code == 400 and "box" in answer.json()["detail"]


@pytest.mark.django_db
def test_points_are_shifted_to_the_tiles(shops, cast, ask, settings):
    settings.TILE_DATUM = "gcj02"
    found = ask(cast.mei, city="苏州市")
    assert found["points"][0]["at"] == [round(x, 6) for x in convert(31.30, 120.60, WGS84, GCJ02)]
    lat, lon = found["points"][0]["at"]
    close = ask(cast.mei, box=f"{lon - 0.001},{lat - 0.001},{lon + 0.001},{lat + 0.001}")
    assert close["total"] == 1  # the box is the tiles' as well


@pytest.mark.django_db
def test_statements_do_not_grow(make, cast, sign_in, regions, django_assert_max_num_queries):  # noqa: F811
    client = sign_in(cast.mei)
    client.get(POINTS, {"box": CHINA, "zoom": "12"})
    for n in range(50):
        make(
            f"G{n}", None, regions.jiangsu, latitude=Decimal(3200 + n) / 100, longitude=Decimal("118.8"), datum="wgs84"
        )
        if n in (4, 49):
            with django_assert_max_num_queries(6):
                assert client.get(POINTS, {"box": CHINA, "zoom": "12"}).json()["total"] == n + 1
            with django_assert_max_num_queries(12):
                client.get("/customers/map/")


@pytest.mark.django_db
def test_the_page(shops, cast, sign_in):
    answer = sign_in(cast.mei).get("/customers/map/?tier=A")
    text = answer.content.decode()
    assert answer.context["overview"].total == 2 and answer.context["placed"] == 2
    assert json.loads(answer.context["facts"])["box"] == [31.3, 118.8, 32.06, 120.6]
    assert 'href="/customers/?tier=A"' in text  # the list, with the same filters
    assert 'data-query="tier=A"' in text
    whole = sign_in(cast.mei).get("/customers/map/")
    assert whole.context["overview"].unplaced == 1
    assert 'href="/customers/?position=none"' in whole.content.decode()
    listed = sign_in(cast.mei).get("/customers/?position=none").content.decode()
    assert "无处" in listed and "店N1" not in listed
    squares = {one.short: one for one in whole.context["squares"]}
    assert (squares["江苏"].value, squares["江苏"].href, squares["江苏"].level) == (
        5,
        "?province=%E6%B1%9F%E8%8B%8F%E7%9C%81",
        5,
    )
    assert (squares["四川"].value, squares["四川"].href) == (0, "")
    sales = sign_in(cast.mei).get("/customers/map/?by=sales")
    assert {one.short: one for one in sales.context["squares"]}["江苏"].value == Decimal(1260)


@pytest.mark.django_db
def test_filters_stay_when_switching(shops, cast, sign_in):
    client = sign_in(cast.mei)
    assert 'href="/customers/map/?q=N1&amp;tier=A"' in client.get("/customers/?q=N1&tier=A").content.decode()
    choices = client.get("/customers/filters/region/?shape=map&tier=A", headers={"HX-Request": "true"}).content.decode()
    assert 'href="/customers/map/?tier=A&amp;region=' in choices
    part = client.get("/customers/map/?tier=B", headers={"HX-Request": "true", "HX-Target": "list"})
    assert part.content.decode().lstrip().startswith('<div id="list"')


@pytest.mark.django_db
def test_places_that_are_no_province(make, cast, sign_in):  # noqa: F811
    make("I1", province="Iowa")
    page = sign_in(cast.mei).get("/customers/map/")
    assert page.context["elsewhere"] == [{"label": "Iowa", "n": 1, "href": "?province=Iowa"}]
    assert "data-map-canvas" not in page.content.decode()  # nothing to draw


# --- the policy -----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_without_a_tile_server_the_policy_names_no_other_host(client):
    assert project.SECURE_CSP["img-src"] == ["'self'", "data:"]
    assert "img-src 'self' data:;" in client.get("/accounts/login/")["Content-Security-Policy"]


def test_with_a_tile_server_the_policy_names_it():
    import os
    import subprocess
    import sys

    def told(**variables):
        done = subprocess.run(
            [sys.executable, "-c", "from crm import settings; print(settings.SECURE_CSP['img-src'])"],
            capture_output=True,
            text=True,
            env={**os.environ, "DEBUG": "1", **variables},
        )
        return done.stdout.strip() or done.stderr.strip().splitlines()[-1]

    assert (
        told(TILE_URL="https://{s}.tiles.example/{z}/{x}/{y}.png") == "[\"'self'\", 'data:', 'https://*.tiles.example']"
    )
    assert "TILE_URL is not the address" in told(TILE_URL="tiles")
    assert "TILE_DATUM must be" in told(TILE_DATUM="mars")


# --- a position for an address --------------------------------------------------------------------------------------


def street(address, city, province):
    return (30.2001, 120.1502, "gcj02") if address == "江南大道 588 号" else None


def broken(address, city, province):
    raise OSError("no network")


def test_suggestions(settings):
    assert suggest("x", "杭州市", "浙江省").approximate
    assert suggest("x", "Des Moines", "Iowa") is None
    assert suggest("", "", "浙江省").latitude == 30.27
    assert suggest("", "桐庐县", "浙江省") is None  # not where it is, not the seat either
    settings.GEOCODER = "tests.finding.test_map.street"
    found = suggest("江南大道 588 号", "杭州市", "浙江省")
    assert (found.latitude, found.longitude, found.datum, found.approximate) == (30.2001, 120.1502, "gcj02", False)
    assert suggest("elsewhere", "杭州市", "浙江省").approximate
    settings.GEOCODER = "tests.finding.test_map.broken"
    assert suggest("x", "杭州市", "浙江省").approximate


@pytest.mark.django_db
def test_a_position_is_suggested_and_never_written(shops, cast, sign_in):
    customer = shops[5]
    data = {"code": "X1", "name": "无处", "city": "杭州市", "province": "浙江省", "latitude": "", "longitude": ""}
    answer = sign_in(cast.mei).post(reverse("customers:suggest", args=[customer.pk]), data)
    text = answer.content.decode()
    assert 'value="30.270000"' in text and 'value="120.160000"' in text and "Approximate" in text
    assert Customer.objects.get(pk=customer.pk).latitude is None
    kept = sign_in(cast.mei).post(
        reverse("customers:suggest", args=[customer.pk]),
        {**data, "latitude": "1.5", "longitude": "2.5", "datum": "wgs84"},
    )
    assert 'value="1.5"' in kept.content.decode() and "30.27" not in kept.content.decode()
    assert sign_in(cast.lin).post(reverse("customers:suggest", args=[customer.pk]), data).status_code == 404
    assert sign_in(cast.ana).post(reverse("customers:suggest", args=[customer.pk]), data).status_code == 403
    assert sign_in(cast.mei).get(reverse("customers:suggest-new"))["Location"] == "/customers/new/"


def test_marks_that_would_lie_on_one_another_become_one():
    """At zoom 7 a mark's breadth is 34 of 256·2⁷ pixels around the equator; sums and boxes hold all."""
    from customers.finding.clusters import APART_PX, Box, Mark, apart

    def mark(lat, lon, n=1, one=None):
        return Mark(lat, lon, (n, 0, 0, 0), Box(lon, lat, lon, lat), one)

    breadth = 360 * APART_PX / (256 * 2**7)
    far = [mark(0, 0, one=1), mark(0, breadth * 1.01, one=2)]
    assert [one.one for one in apart(far, 7, 0)] == [1, 2] or [one.one for one in apart(far, 7, 0)] == [2, 1]
    (both,) = apart([mark(0, 0, 3), mark(0, breadth * 0.9, one=2)], 7, 0)
    assert (both.count, both.one, both.box) == (4, None, Box(0, 0, breadth * 0.9, 0))
    assert abs(both.longitude - breadth * 0.9 / 4) < 1e-9
    import random

    dice = random.Random(1)
    many = [mark(dice.uniform(-5, 5), dice.uniform(-5, 5), dice.randrange(1, 9)) for _ in range(400)]
    found = apart(many, 7, 0)
    assert sum(one.count for one in found) == sum(one.count for one in many)
    gaps = [
        ((a.latitude - b.latitude) ** 2 + (a.longitude - b.longitude) ** 2) ** 0.5
        for n, a in enumerate(found)
        for b in found[:n]
    ]
    assert min(gaps) >= breadth * 0.999
