"""The OpenAPI document, its page, and what every operation shares."""

from __future__ import annotations

import io

import pytest
import yaml
from django.core.management import call_command

from crm.audit.models import AuditEntry


@pytest.fixture(scope="module")
def document():
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    return yaml.safe_load(out.getvalue())


def operations(document):
    return [
        (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in ("get", "post", "put", "patch", "delete")
    ]


def test_the_document_is_valid_and_without_warnings(document):
    assert document["openapi"].startswith("3.1")
    assert len(operations(document)) >= 30


def test_every_operation_tells_its_refusals(document):
    for path, method, operation in operations(document):
        assert {"400", "401", "403", "404", "405", "429"} <= set(operation["responses"]), (path, method)
        if method == "post":
            assert {"409", "422"} <= set(operation["responses"])
            assert "Idempotency-Key" in [p["name"] for p in operation["parameters"]]
        if method in ("put", "patch"):
            assert {"412", "428"} <= set(operation["responses"])


def test_nothing_can_be_deleted(document):
    assert [path for path, method, _operation in operations(document) if method == "delete"] == []


def test_amounts_are_decimal_strings(document):
    sales = document["components"]["schemas"]["Standing"]["properties"]["sales"]
    assert (sales["type"], sales["format"]) == ("string", "decimal")


def test_only_those_signed_in_read_it(client, sign_in, api, cast):
    assert client.get("/api/schema/").status_code == 401
    assert client.get("/api/docs/")["Location"] == "/accounts/login/?next=/api/docs/"
    assert api("bot", "read").get("/api/schema/").status_code == 200
    assert sign_in(cast.mei).get("/api/schema/").status_code == 200


def test_the_page_works_under_a_strict_policy(sign_in, cast):
    page = sign_in(cast.mei).get("/api/docs/")
    text = page.content.decode()
    assert page.status_code == 200
    assert "<style" not in text and "onload" not in text and "http://" not in text and "https://" not in text
    assert "<script>" not in text
    policy = page["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "style-src 'self';" in policy
    script = sign_in(cast.mei).get("/api/docs/?script=")
    assert script["Content-Type"].startswith("application/javascript") and "/api/schema/" in script.content.decode()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"code": "\\u0000"}',
        b'{"code": ',
        b"\xff\xfe",
        b'"text"',
        b"null",
        b"[1]",
        b'{"code": NaN}',
        b'{"latitude": 1e999999999}',
        b'{"latitude": "1e999999999"}',
        b'{"upstream": 1' + b"0" * 4000 + b"}",
        b'{"upstream": [1]}',
        b'{"region": {"code": 1}}',
        b'{"code": "\\ud800", "name": "x", "kind": "agent", "region": "JIANGSU"}',
    ],
)
def test_a_hostile_body_is_refused(bot, shops, body):
    response = bot.generic("POST", "/api/v1/customers/", body, content_type="application/json")
    assert response.status_code == 400, response.content[:300]


def test_other_media_types_are_refused(bot):
    response = bot.generic("POST", "/api/v1/customers/", b"a=1", content_type="application/x-www-form-urlencoded")
    assert response.status_code == 415
    assert bot.get("/api/v1/customers/", headers={"Accept": "text/html"}).status_code == 406


@pytest.mark.parametrize("header", ["", "Token", "Token x", "Token é", "Bearer x", "Token " + "x" * 5000])
def test_no_token_no_answer(client, db, header):
    response = client.get("/api/v1/customers/", headers={"Authorization": header})
    assert response.status_code == 401
    assert response["WWW-Authenticate"]


def test_a_session_needs_the_csrf_token_to_write(cast, shops):
    from django.test import Client

    careful = Client(enforce_csrf_checks=True)
    careful.force_login(cast.mei)
    response = careful.post(
        f"/api/v1/customers/{shops.own.pk}/close/", '{"closed_on":"2026-01-01"}', "application/json"
    )
    assert response.status_code == 403
    shops.own.refresh_from_db()
    assert shops.own.state == "active"


def test_answers_are_not_kept_by_caches(bot, sign_in, cast):
    assert "no-store" in bot.get("/api/v1/people/me/")["Cache-Control"]
    assert "no-store" in sign_in(cast.mei).get("/api/v1/people/me/")["Cache-Control"]


def test_refusals_are_not_written_down_as_deeds(bot, shops):
    before = AuditEntry.objects.count()
    bot.post("/api/v1/customers/", {})
    assert AuditEntry.objects.count() == before
