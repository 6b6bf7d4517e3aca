"""Outsiders, and what any browser may be made to send: headers, forged forms, addresses, sessions, bodies."""

from __future__ import annotations

import io
import json
import logging
import time

import pytest
from django.conf import settings as live
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from crm.audit.models import AuditEntry
from crm.imports import actions as imports
from crm.jobs import runner
from customers.models import Customer
from tests.conftest import PASSWORD
from tests.security.doors import ADDRESSES, LOGIN, fresh_counters, try_in  # noqa: F401 - a fixture

# --- headers ------------------------------------------------------------------------------------------------------


def lacking(response) -> list[str]:
    policy = response.headers.get("Content-Security-Policy", "")
    wanted = {
        "default-src 'self'": "default-src 'self'" in policy,
        "frame-ancestors 'none'": "frame-ancestors 'none'" in policy,
        "form-action 'self'": "form-action 'self'" in policy,
        "nothing unsafe": "unsafe" not in policy.replace("style-src-attr 'unsafe-inline'", ""),
        "nobody else's host": "http" not in policy and "*" not in policy,
        "nosniff": response.headers.get("X-Content-Type-Options") == "nosniff",
        # Addresses of the dealers' side may let somebody in: of those not even our own server is told.
        "referrer": response.headers.get("Referrer-Policy") in ("same-origin", "strict-origin"),
        "opener": response.headers.get("Cross-Origin-Opener-Policy") == "same-origin",
        "request id": bool(response.headers.get("X-Request-ID")),
    }
    return [name for name, there in wanted.items() if not there]


@pytest.mark.parametrize("who", ["anonymous", "ada"])
def test_every_answer_carries_the_headers(cast, policy, who, settings):
    settings.ADMIN_MFA = False
    client = Client(raise_request_exception=False)
    assert len(ADDRESSES) > 60
    bad = []
    for address in ADDRESSES:
        if who == "ada" and "logout" not in address:
            client.force_login(cast.ada)
        for method in ("get", "post"):
            answer = getattr(client, method)(address)
            bad += [(method, address, answer.status_code, name) for name in lacking(answer)]
            if answer.status_code != 302 and answer.get("X-Frame-Options") != "DENY":
                bad.append((method, address, "can be framed"))
            kept = answer.get("Cache-Control", "")
            anybodys = "/health" in address or address[-1] == "z" or address == "/manifest.webmanifest"
            if who == "ada" and not anybodys and "no-store" not in kept:
                bad.append((method, address, "kept by caches", kept))
    assert bad == []


def test_errors_redirects_and_static_files_carry_them_too(cast, settings, monkeypatch):
    client = Client(raise_request_exception=False)
    client.force_login(cast.mei)
    answers = {
        400: client.get("/", headers={"Host": "evil.test"}),
        403: Client(enforce_csrf_checks=True).post("/preferences/"),
        404: client.get("/nothing/"),
        405: client.get("/views/save/"),
        413: client.post("/preferences/", b"x", content_type="text/plain", CONTENT_LENGTH="99999999999"),
    }
    from crm.shell.context import Shell

    monkeypatch.setattr(Shell, "nav", property(lambda self: 1 / 0))
    answers[500] = client.get("/profile/")
    monkeypatch.undo()
    answers[200] = client.get("/static/crm/css/app.css")
    settings.SECURE_SSL_REDIRECT = True
    answers[301] = Client().get("/")
    for status, answer in answers.items():
        assert (answer.status_code, lacking(answer)) == (status, []), status


def test_cookies_keep_to_themselves(cast, client):
    try_in(client, "mei")
    session = client.cookies["sessionid"]
    assert session["httponly"] and session["samesite"] == "Lax"
    client.post("/preferences/", {"language": "en", "theme": "dark"})
    for name in ("qiao_language", "qiao_theme"):
        assert client.cookies[name]["httponly"] and client.cookies[name]["samesite"] == "Lax"


# --- forged forms -------------------------------------------------------------------------------------------------


def test_no_form_is_taken_without_its_token(cast, policy, settings):
    """Every address, sent a POST from elsewhere with the session's cookie: refused, and nothing done."""
    settings.ADMIN_MFA = False
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast.ada)
    before, taken = AuditEntry.objects.count(), []
    for address in ADDRESSES:
        kind = {"content_type": "application/json"} if address.startswith("/api/v1/") else {}
        answer = client.post(address, {"name": "x"}, **kind)
        if answer.status_code not in (403, 404, 405, 415, 301):
            taken.append((address, answer.status_code))
    assert taken == []
    assert AuditEntry.objects.count() == before


def test_the_api_takes_no_session_without_the_token_either(cast):
    client = APIClient(enforce_csrf_checks=True)
    client.login(username="mei", password=PASSWORD)
    new = {"code": "N1", "name": "n", "kind": "agent", "region": "JIANGSU"}
    assert client.get("/api/v1/people/me/").status_code == 200
    assert client.post("/api/v1/customers/", new).status_code == 403
    assert not Customer.objects.exists()


@pytest.mark.parametrize("header", ["Basic bWVpOmNvcnJlY3QtaG9yc2UtNw==", "Bearer x", "Token", "Token a b", "Token ü"])
def test_no_other_way_of_saying_who_one_is(cast, header):
    answer = Client().get("/api/v1/people/me/", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401


# --- being sent elsewhere -----------------------------------------------------------------------------------------

ELSEWHERE = ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", "\t//e.test"]


@pytest.mark.parametrize("target", ELSEWHERE)
@pytest.mark.parametrize("address", ["/preferences/", "/views/save/", "/accounts/logout/", "/accounts/reauthenticate/"])
def test_nobody_is_sent_elsewhere(cast, client, target, address):
    try_in(client, "mei")
    data = {"next": target, "language": "en", "name": "v", "page": "customers", "password": PASSWORD}
    answer = client.post(f"{address}?next={target}", data)
    assert "evil" not in answer.get("Location", "") and "e.test" not in answer.get("Location", "")


@pytest.mark.parametrize("word", ["home", "crm:home", "account_logout", "x" * 3000, "a\r\nSet-Cookie: x=1", "?", "#"])
def test_a_word_for_an_address_breaks_nothing(cast, sign_in, word):
    """`redirect("word")` would look for an address of that name, and fail."""
    assert Client().post("/preferences/", {"next": word, "theme": "dark"}).status_code == 302
    answer = sign_in(cast.mei).post("/views/save/", {"next": word, "name": "v", "page": "customers"})
    assert answer.status_code == 302 and "Set-Cookie" not in answer.headers


# --- sessions -----------------------------------------------------------------------------------------------------


def age(client, **seconds):
    session = client.session
    for name, ago in seconds.items():
        session[name] = int(time.time()) - ago
    session.save()


@pytest.mark.parametrize("header", [{}, {"Authorization": "x"}, {"Authorization": "Token nonsense"}])
@pytest.mark.parametrize("old", [{"seen": 3 * 3600 + 5}, {"began": 12 * 3600 + 5}])
def test_a_session_ends_whatever_header_comes_with_it(cast, client, header, old):
    try_in(client, "mei")
    age(client, **old)
    assert client.get("/profile/", headers=header).status_code == 302
    assert client.get("/api/v1/people/me/", headers=header).status_code in (401, 403)


# --- bodies -------------------------------------------------------------------------------------------------------


class Endless(io.RawIOBase):
    """A body that says when somebody reads it."""

    read_at_all = False

    def read(self, *args):
        type(self).read_at_all = True
        return b""


@pytest.mark.parametrize(
    "address,who,most",
    [
        (LOGIN, None, 12), ("/imports/new/", None, 12), ("/imports/new/", "mei", 212), ("/customers/new/", "mei", 12),
        ("/api/v1/customers/bulk/", "mei", 12), ("/api/v1/imports/", "mei", 212), ("/preferences/", None, 12),
        ("/customers/1/files/add/", "mei", 112), ("/customers/1/files/add/", None, 12),
        ("/api/v1/customers/1/files/", "mei", 32), ("/customers/1/files/", "mei", 12),
    ],
)  # fmt: skip
def test_bodies_are_refused_by_their_length_before_they_are_read(cast, address, who, most):
    client = Client()
    if who:
        client.force_login(getattr(cast, who))
    kind = "application/json" if "bulk" in address else "multipart/form-data; boundary=b"
    for size, refused in ((most * 1024 * 1024 + 1, True), (most * 1024 * 1024, False)):
        Endless.read_at_all = False
        answer = client.generic("POST", address, b"", kind, CONTENT_LENGTH=str(size), **{"wsgi.input": Endless()})
        assert (answer.status_code == 413) is refused, answer.status_code
        if refused:
            assert not Endless.read_at_all
            assert answer["Content-Type"].startswith("application/json" if "/api/" in address else "text/html")


def test_a_bomb_is_told_to_be_one(cast):
    import gzip
    import zipfile

    packed = gzip.compress(b"customer_code,date,amount\n" + b"K1,2026-01-05,1\n" * 2_000_000)
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("xl/workbook.xml", "<workbook/>")
        made.writestr("xl/worksheets/sheet1.xml", b" " * 60_000_000)
    for name, data in (("bomb.csv.gz", packed), ("bomb.xlsx", book.getvalue())):
        run = imports.upload(kind="sales", file=ContentFile(data), name=name, by=cast.ada)
        imports.check(run=run, by=cast.ada)
        runner.drain()
        run.refresh_from_db()
        assert run.state == "unusable", (name, run.problem)


# --- logs ---------------------------------------------------------------------------------------------------------


def test_what_is_logged_stays_on_one_line_and_holds_no_secret(cast, monkeypatch):
    from crm.logs import formatter

    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter(json=True))
    logging.getLogger().addHandler(handler)
    try:
        client = Client(raise_request_exception=False)
        client.force_login(cast.mei)
        from crm.shell.context import Shell

        monkeypatch.setattr(Shell, "nav", property(lambda self: 1 / 0))
        client.post("/profile/tokens/", {"label": "SECRET-BODY"}, headers={"X-Request-ID": "abc\ndef"})
        client.get("/profile/?q=SECRET-QUERY", headers={"Authorization": "Token SECRET-TOKEN"})
        client.get("/customers/%0a%7b%22level%22:%22forged%22%7d", headers={"Host": 'x"\n{"a":1}'})
        try_in(client, "mei\n{}", "SECRET-PASSWORD")
    finally:
        logging.getLogger().removeHandler(handler)
    lines = stream.getvalue().splitlines()
    assert lines and all(isinstance(json.loads(line), dict) for line in lines)
    assert "SECRET" not in stream.getvalue()
    assert not [line for line in lines if json.loads(line).get("level") == "forged"]


def test_health_tells_strangers_nothing(db, client):
    text = client.get("/health/ready").content.decode()
    assert set(json.loads(text)) == {"status", "database", "migrations", "broker"}
    assert str(live.DATABASES["default"]["NAME"]) not in text


def test_addresses_made_for_links_are_found(db):
    assert reverse("crm:profile") in ADDRESSES
