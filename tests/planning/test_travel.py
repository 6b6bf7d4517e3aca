"""Travel times: estimated, asked of a router over HTTP, kept by pair, and estimated again when it is away."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlparse

import pytest
from django.conf import settings
from django.core.cache import cache

from visits.planning.travel import Pace, estimated, legs

pytestmark = pytest.mark.django_db

POINTS = [(30.0, 120.0), (30.1, 120.0), (30.0, 120.1)]


class Router(BaseHTTPRequestHandler):
    """Ten minutes and nine km from anywhere to anywhere, one more minute for each place the way is long."""

    def do_GET(self):
        address = urlparse(self.path)
        self.server.asked.append(self.path)
        if self.server.broken:
            self.send_error(500)
            return
        asked = {
            name: [int(n) for n in values[0].split(";")]
            for name, values in parse_qs(address.query).items()
            if name in ("sources", "destinations")
        }
        seconds = [[600 + 60 * abs(a - b) for b in asked["destinations"]] for a in asked["sources"]]
        metres = [[9000 for _b in asked["destinations"]] for _a in asked["sources"]]
        body = json.dumps({"code": "Ok", "durations": seconds, "distances": metres}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def router():
    server = ThreadingHTTPServer(("127.0.0.1", 0), Router)
    server.asked, server.broken = [], False
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    before = settings.ROUTER_URL
    settings.ROUTER_URL = f"http://127.0.0.1:{server.server_port}"
    cache.clear()
    yield server
    settings.ROUTER_URL = before
    server.shutdown()
    server.server_close()


def test_the_estimate_is_the_line_through_the_air_times_the_detour():
    found = estimated([(30.0, 120.0), (31.0, 120.0)], Pace(detour=1.3, kmh=60))
    assert round(found.km[0][1], 2) == 144.55  # 111.195 km a degree
    assert found.minutes[0][1] == found.km[0][1]
    assert found.km[0][0] == 0
    assert found.source == "estimated"


def test_a_router_is_asked_once_for_each_pair(router):
    found = legs(POINTS, Pace())
    assert found.source == "roads"
    assert found.km[0] == [0, 9, 9]
    assert len(router.asked) == 1
    assert "/table/v1/driving/120.00000,30.00000;120.00000,30.10000" in router.asked[0]
    assert legs(POINTS, Pace()) == found
    assert len(router.asked) == 1
    legs([*POINTS, (30.2, 120.2)], Pace())
    assert all(path.split("?")[0].count(";") < 8 for path in router.asked[1:])


def test_many_places_are_asked_for_in_batches(router):
    many = [(30 + n / 100, 120.0) for n in range(120)]
    assert legs(many, Pace()).source == "roads"
    assert len(router.asked) == 9  # three times three halves of a hundred
    assert max(path.split("?")[0].count(";") + 1 for path in router.asked) == 100


def test_a_router_that_fails_is_stood_in_for(router):
    router.broken = True
    found = legs(POINTS, Pace())
    assert found == estimated(POINTS, Pace())
    settings.ROUTER_URL = "http://127.0.0.1:1"
    assert legs(POINTS, Pace()).source == "estimated"
