"""Administrators and heads without a second factor can do nothing but set one up."""

from __future__ import annotations

import pytest
from django.core.cache import cache
from rest_framework.test import APIClient

from crm.accounts.actions import create_token
from crm.accounts.models import User
from crm.audit.models import AuditEntry
from tests.conftest import PASSWORD
from tests.security.doors import code_of, with_factor

SET_UP = "/accounts/2fa/totp/activate/"
PAGES = (
    "/",
    "/customers/",
    "/profile/",
    "/jobs/",
    "/audit/",
    "/imports/new/",
    "/accounts/password/change/",
    "/nowhere/",
)
WORDS = "Your role asks for a second factor: set one up first."


@pytest.fixture(autouse=True)
def asked_for(db, settings):
    cache.clear()
    settings.REQUIRE_MFA = True
    settings.ADMIN_MFA = True
    yield
    cache.clear()


def set_up_page(client):
    """It asks for the password first."""
    asked = client.get(SET_UP)
    assert (asked.status_code, asked["Location"].split("?")[0]) == (302, "/accounts/reauthenticate/")
    assert client.get(asked["Location"]).status_code == 200
    assert client.post(asked["Location"], {"password": PASSWORD})["Location"] == SET_UP
    return client.get(SET_UP)


def enter(client, who):
    assert client.post("/accounts/login/", {"login": who, "password": PASSWORD}).status_code == 302
    return client


@pytest.mark.parametrize("who", ["ada", "mei"])
def test_pages_lead_to_the_set_up(client, cast, who):
    enter(client, who)
    for address in PAGES + (("/admin/",) if who == "ada" else ()):
        answer = client.get(address)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP), address
    part = client.get("/jobs/bell/", headers={"HX-Request": "true"})
    assert (part.status_code, part["HX-Redirect"]) == (204, SET_UP)


@pytest.mark.parametrize("who", ["ada", "mei"])
def test_the_api_refuses_the_session(client, cast, who):
    enter(client, who)
    for headers in ({}, {"Authorization": "Basic YTpi"}, {"Authorization": "Token nonsense"}):
        answer = client.get("/api/v1/customers/", headers=headers)
        assert (answer.status_code, answer.json()) == (403, {"detail": WORDS})


def test_tokens_go_on(cast):
    program = APIClient()
    _token, text = create_token(user=cast.mei, scope="write")
    program.credentials(HTTP_AUTHORIZATION=f"Token {text}")
    assert program.get("/api/v1/customers/").status_code == 200


@pytest.mark.parametrize("who", ["tao", "ana", "bot"])
def test_others_are_not_asked(client, cast, who):
    enter(client, who)
    for address in ("/", "/customers/", "/profile/", "/api/v1/customers/"):
        assert client.get(address).status_code == 200, (who, address)


def test_what_is_open_without_a_factor(client, cast):
    enter(client, "mei")
    for address in ("/accounts/logout/", "/health/live", "/healthz", "/health/ready", "/readyz"):
        assert client.get(address).status_code == 200, address
    page = set_up_page(client)
    assert page.status_code == 200 and WORDS in page.content.decode()
    assert client.post("/preferences/", {"language": "en", "theme": "dark", "next": SET_UP}).status_code == 302
    cast.mei.refresh_from_db()
    assert cast.mei.theme == "dark"
    assert client.post("/accounts/logout/").status_code == 302
    assert client.get("/profile/")["Location"].startswith("/accounts/login/")


def test_a_refused_post_changes_nothing(client, cast, regions):
    enter(client, "ada")
    before = AuditEntry.objects.count(), User.objects.count()
    for address, values in (
        ("/admin/crm/user/add/", {"username": "eve", "role": "admin"}),
        ("/profile/tokens/", {"scope": "write", "label": "x"}),
        ("/customers/new/", {"code": "X1", "name": "X", "kind": "agent", "region": regions.east.pk}),
    ):
        answer = client.post(address, values)
        assert (answer.status_code, answer["Location"]) == (302, SET_UP), address
    answer = client.post("/api/v1/customers/", {"code": "X1"}, content_type="application/json")
    assert (answer.status_code, answer.json()) == (403, {"detail": WORDS})
    assert (AuditEntry.objects.count(), User.objects.count()) == before


def test_with_the_factor_everything_opens(client, cast):
    enter(client, "mei")
    secret = set_up_page(client).context["form"].secret
    assert client.post(SET_UP, {"code": code_of(secret)}).status_code == 302
    for address in ("/", "/customers/", "/api/v1/customers/"):
        assert client.get(address).status_code == 200, address


def test_a_factor_that_is_taken_away_is_missed_at_once(client, cast):
    enter(client, "mei")
    with_factor(cast.mei)
    assert client.get("/").status_code == 200
    cast.mei.authenticator_set.all().delete()
    assert client.get("/")["Location"] == SET_UP
