"""Qiao as an app: what its manifest and its worker say, and that everything they name is there."""

from __future__ import annotations

import json
import re

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve
from PIL import Image

from crm.shell import installing
from tests.visits.conftest import at, shops, visit  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db
ASSET = re.compile(r'="/static/([^"?#]+)["?#]')


def known(client=None) -> dict:
    text = (client or Client()).get("/worker.js").content.decode()
    return json.loads(text.partition(";\n")[0].removeprefix("const KNOWN = "))


def test_the_manifest_names_icons_that_are_there():
    answer = Client().get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    told = answer.json()
    assert (told["start_url"], told["scope"], told["display"], told["lang"]) == ("/", "/", "standalone", "en")
    assert [(one["sizes"], one["purpose"]) for one in told["icons"]] == [
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    ]
    for one in told["icons"]:
        with Image.open(finders.find(one["src"].removeprefix("/static/"))) as picture:
            assert "{}x{}".format(*picture.size) == one["sizes"]
    # A phone cuts a circle out of the maskable one: no corner may be see-through, and none may hold a part of the mark.
    with Image.open(finders.find("crm/icons/qiao-maskable-512.png")) as picture:
        pixels = picture.convert("RGBA")
    blue = (47, 84, 214, 255)
    assert {pixels.getpixel(at) for at in [(0, 0), (511, 0), (0, 511), (511, 511), (75, 75), (256, 60)]} == {blue}


def test_the_worker_is_served_from_the_root_and_under_the_policy():
    answer = Client().get("/worker.js")
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/javascript; charset=utf-8")
    assert answer["Service-Worker-Allowed"] == "/"
    assert "no-cache" in answer["Cache-Control"] and "script-src 'self'" in answer["Content-Security-Policy"]
    told = known()
    assert (told["page"], told["offline"], told["files"]) == ("/visits/phone/", "/offline/", "/static/")
    assert all(finders.find(one.removeprefix("/static/")) for one in told["shell"])


def test_another_file_is_another_version(monkeypatch):
    before = known()["version"]
    assert known()["version"] == before == installing.version() and re.fullmatch(r"[0-9a-f]{12}", before)
    monkeypatch.setattr(installing, "SHELL", installing.SHELL[:-1])
    installing._kept.cache_clear()
    assert known()["version"] != before
    installing._kept.cache_clear()


def test_the_shell_holds_all_files_of_the_days_pages(visit, cast):  # noqa: F811
    """Of the pages that are kept: a new script or sheet on one of them has to be named in installing.SHELL."""
    client, wanted = at(cast.tao), set()
    pages = [one["url"] for one in client.get("/visits/phone/list/").json()["pages"]]
    for page in [*pages, "/offline/"]:
        answer = client.get(page)
        assert answer.status_code == 200, page
        wanted |= set(ASSET.findall(answer.content.decode()))
    assert wanted - set(installing.SHELL) == set()
    assert "crm/js/report.js" in wanted and "crm/js/offline/queue.js" in wanted


def test_the_page_without_a_connection_knows_nobody(cast):
    text = Client().get("/offline/").content.decode()
    assert "No connection" in text and 'data-user=""' in text
    assert Client().get("/offline/").status_code == 200


def test_the_token_is_for_who_is_signed_in_and_fits(cast, regions):
    assert Client().get("/token/").status_code == 302
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.tao)
    told = client.get("/token/").json()
    assert told["user"] == cast.tao.pk and told["now"].endswith("+00:00")
    sent = client.post("/preferences/", {"theme": "dark"}, headers={"X-CSRFToken": told["token"]})
    refused = client.post("/preferences/", {"theme": "light"}, headers={"X-CSRFToken": "x" * 64})
    cast.tao.refresh_from_db()
    assert (sent.status_code, refused.status_code, cast.tao.theme) == (302, 403, "dark")


def test_every_answer_says_whose_it_is_and_pages_to_keep_say_nothing_once(cast):
    client = at(cast.tao)
    assert client.get("/")["X-Person"] == str(cast.tao.pk)
    assert "X-Person" not in Client().get("/accounts/login/")
    client.post("/preferences/", {"language": "en"})
    assert "Saved." not in client.get("/", headers={"X-Keep": "1"}).content.decode()
    assert "Saved." in client.get("/").content.decode()


def test_without_a_second_factor_it_can_be_installed(cast, settings):
    settings.REQUIRE_MFA = True
    client = at(cast.mei)
    assert [client.get(path).status_code for path in ("/worker.js", "/manifest.webmanifest", "/offline/")] == [200] * 3
    assert client.get("/visits/phone/list/").status_code == 302


def test_parts_that_are_kept_are_addresses():
    assert [resolve(path).view_name for path in settings.PHONE_PARTS] == ["contacts:quick"]
