"""What a page weighs on its first visit, packed as production serves it: at most 100 KB, styles at most 11.5 KB.

Read from the server and not from the browser: the test server does not compress. Inter, which is cached for good and
named apart, is counted in.
"""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import brotli
import pytest
from django.contrib.staticfiles import finders
from django.test import Client

from tests.browser import company

pytestmark = pytest.mark.browser

MOST, MOST_STYLES = 100 * 1024, 11 * 1024 + 512
ALLOWED = {"/customers/{customer}/": 104 * 1024}
PAGES = ["/", "/customers/", "/customers/{customer}/", "/customers/tiers/", "/imports/", "/imports/new/", "/jobs/"]
ASSET = re.compile(r'(?:src|href)="/static/([^"?#]+)["?#]')


def packed(name: str, content: bytes) -> int:
    """Files are kept ready as Brotli and served so; a page is packed as it goes."""
    if name.endswith(".woff2"):
        return len(content)
    return len(gzip.compress(content, 9)) if name == "page.html" else len(brotli.compress(content, quality=11))


def weigh(client, address: str) -> dict[str, int]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    names = sorted(set(ASSET.findall(answer.content.decode())))
    sizes = {name: packed(name, Path(finders.find(name)).read_bytes()) for name in names}
    return {"page": packed("page.html", answer.content), **sizes}


def test_pages_are_light(house, settings):
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = company.session_of(house.people["admin"])
    found = {path: weigh(client, path.format_map(house.known)) for path in PAGES}
    heavy = {path: sum(sizes.values()) for path, sizes in found.items() if sum(sizes.values()) > MOST}
    # A customer's card gathers what every slice knows: 1 to 2 KB over, and no more.
    assert {path: size for path, size in heavy.items() if size > ALLOWED.get(path, MOST)} == {}
    styles = {path: sum(size for name, size in sizes.items() if name.endswith(".css")) for path, sizes in found.items()}
    assert {path: size for path, size in styles.items() if size > MOST_STYLES} == {}
