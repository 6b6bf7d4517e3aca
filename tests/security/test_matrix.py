"""Every address × every role × own, foreign, missing. What each address is about stands in `addresses.py`."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.http import HttpResponse
from django.test import Client

from crm.accounts.actions import create_token
from crm.api.throttling import UserRateThrottle
from crm.audit.models import AuditEntry
from tests.security import world as worlds
from tests.security.addresses import (
    ABOUT_ROWS,
    CATCH_ALL,
    OTHERS,
    PUBLIC,
    ROUTES,
    address_of,
    is_public,
    kind_of,
    missing_key,
    values_for,
)
from tests.security.routes import Route

# What a reader may send all the same: matters of their own account, and asking for what they may read.
OWN_MATTERS = re.compile(
    r"account_|mfa_|admin:(login|logout|password_change|jsi18n)"
    r"|crm:(notifications-read|notification-settings|notification-open|today-take-back|preferences|export-ask|views-save|views-delete|token-create|token-revoke|profile)|customers:export|customers:tier-lab|customers:receivables-export|contacts:export|support:export|issues:export|notices:export|portal:issue-|portal:survey|visits_portal:|notices_portal:|promotions:reckon|promotions_portal:"
)
# A change that would be made, were it let through: with PUT what a customer needs, all of it free to be written.
BODY = '{"code": "CRAWLED", "name": "crawled", "kind": "agent", "region": "JIANGSU"}'


def test_every_address_is_classified():
    lost = [
        f"{route.path} ({name})"
        for route in ROUTES
        for name in route.parameters
        if name not in CATCH_ALL
        and kind_of(route, name) not in worlds.SEES
        and values_for(route, name) is None
        and route.name != "admin:view_on_site"
    ]
    assert lost == []


def test_the_methods_are_those_of_the_views():
    """Were they not found, PUT and PATCH would be tried nowhere."""
    methods = {route.name: route.methods for route in ROUTES}
    assert methods["api:customer"] == ("get", "put", "patch")
    assert methods["api:customers"] == ("get", "post")
    assert methods["crm:audit"] == ("get",)
    assert methods["customers:tier-run"] == ("post",)
    assert [method for method, headers in tries(next(r for r in ROUTES if r.name == "api:customer")) if headers] == [
        "put",
        "patch",
    ]


def test_few_addresses_are_public():
    assert len(PUBLIC) <= 8
    names = {route.name for route in ROUTES}
    assert [name for found in PUBLIC.values() for name in found if name not in names] == []


# --- asking -----------------------------------------------------------------------------------------------------


class Principal:
    """Somebody at the door; every request is undone, so that one does not change what the next finds."""

    def __init__(self, world, who: str, scope: str | None = None):
        self.world, self.who, self.scope = world, who, scope
        self.client = Client(raise_request_exception=False)
        self.headers = {}
        self.cookies = ""
        if scope:
            _token, text = create_token(user=getattr(world.cast, who), scope=scope)
            self.headers = {"Authorization": f"Token {text}"}
        elif who != "anonymous":
            self.client.force_login(getattr(world.cast, who))
            self.cookies = self.client.cookies.output(header="", sep=";")

    def ask(self, method: str, address: str, headers: dict | None = None):
        self.client.cookies = SimpleCookie(self.cookies)
        sent = {"data": BODY, "content_type": "application/json"} if method in ("put", "patch") else {}
        if method == "post" and address.startswith("/api/"):
            sent = {"data": "{}", "content_type": "application/json"}
        with transaction.atomic():
            before = AuditEntry.objects.count()
            response = getattr(self.client, method)(address, headers={**self.headers, **(headers or {})}, **sent)
            response = whole(response)
            response.deeds = AuditEntry.objects.count() - before
            transaction.set_rollback(True)
        return response

    @property
    def foreign_mark(self) -> str:
        return {"lin": worlds.EAST, "ana": "", "ada": ""}.get(self.who, worlds.WEST)


def whole(response):
    """With all of its `text`, also where it comes in a stream (whose own `text` cannot be kept)."""
    asked = response.request
    if response.streaming:
        body = b"".join(response.streaming_content)
        response = HttpResponse(body, status=response.status_code, headers=dict(response.headers))
        response.request = asked
    response.text = response.content.decode("utf-8", "replace")
    return response


def plain(response, row) -> tuple:
    """Status, target and body without what differs in any two answers: the address, tokens, request ids."""
    text = response.text + "\n" + response.headers.get("Location", "")
    path = response.request["PATH_INFO"]
    for asked in (path, quote(path, safe=""), quote(quote(path, safe="")), f"“{row}”", quote(f"“{row}”")):
        text = text.replace(asked, "ASKED")
    return response.status_code, re.sub(r"\b([A-Za-z0-9]{64}|[0-9a-f]{32})\b", "TOKEN", text)


class Findings(list):
    def note(self, ok: bool, *words) -> None:
        if not ok:
            self.append(" ".join(str(word) for word in words))

    def check_any(self, who: Principal, method: str, address: str, response) -> None:
        """What holds for every answer to everybody."""
        self.note(response.status_code < 500, who.who, method, address, response.status_code)
        mark = who.foreign_mark
        self.note(not mark or mark not in response.text, who.who, method, address, "shows", mark)
        if who.scope == "read" or who.who == "anonymous":
            self.note(response.deeds == 0, who.who, method, address, "did something")

    def check_reader(self, who: Principal, method: str, address: str, response) -> None:
        """Whoever only reads is refused what changes something, and has changed nothing."""
        if method != "get" and (who.who == "ana" or who.scope == "read"):
            ok = refused(response) and not response.deeds
            self.note(ok, who.who, method, address, response.status_code, response.deeds)


def refused(response) -> bool:
    return response.status_code in (401, 403, 404, 405, 406)


def tries(route: Route) -> list[tuple[str, dict]]:
    """(method, headers) to ask a route with: GET and POST in any case, else what its view answers; what needs If-Match
    with it and without.
    """
    # The admin is Django's own: its history only reads, and its other addresses of a row refuse before they look at
    # the method.
    if route.part == "admin":
        both = route in OTHERS or route.name.endswith("_change")
        return [("get", {}), ("post", {})] if both else [("get", {})]
    methods = dict.fromkeys(("get", "post", *route.methods))
    return [
        (method, headers)
        for method in methods
        for headers in ([{}, {"If-Match": "*"}] if method in ("put", "patch") and route.part == "api" else [{}])
    ]


@pytest.fixture
def world(cast, regions, policy, monkeypatch):
    settings.ADMIN_MFA = False
    # Every address is asked several times within a minute; how often one may ask is tests/api's matter.
    monkeypatch.setattr(UserRateThrottle, "rate", "1000000/min", raising=False)
    return worlds.build(cast, regions)


def check_rows(who: Principal, routes: list[Route]) -> Findings:
    """Foreign rows answer like missing ones and nothing happens to them; one's own answer without failing."""
    found = Findings()
    for route in routes:
        kind = next(k for k in (kind_of(route, name) for name in route.parameters) if k in worlds.SEES)
        for method, headers in tries(route):
            gone = who.ask(method, address_of(route, missing_key(route)), headers)
            found.check_any(who, method, gone.request["PATH_INFO"], gone)
            sent_on = route.part != "api" and gone.status_code == 302
            found.note(refused(gone) or sent_on, who.who, method, route.path, gone.status_code)
            for row in worlds.hidden(who.world, kind, who.who):
                address = address_of(route, row.pk)
                foreign = who.ask(method, address, headers)
                found.check_any(who, method, address, foreign)
                alike = plain(foreign, row.pk) == plain(gone, missing_key(route))
                found.note(alike, who.who, method, address, "foreign", foreign.status_code, "missing", gone.status_code)
                found.note(foreign.deeds == 0, who.who, method, address, "did something to a foreign row")
            for row in worlds.seen(who.world, kind, who.who)[:1]:
                address = address_of(route, row.pk)
                own = who.ask(method, address, headers)
                found.check_any(who, method, address, own)
                if not OWN_MATTERS.match(route.name):
                    found.check_reader(who, method, address, own)
    return found


def check_others(who: Principal, routes: list[Route], queries: tuple[str, ...] = ()) -> Findings:
    found = Findings()
    for route in routes:
        for word in (0, 1) if any(values_for(route, n) for n in route.parameters) else (0,):
            address = address_of(route, 1, word)
            for query in ("", *queries):
                found.check_any(who, "get", address + query, who.ask("get", address + query))
            for method, headers in tries(route):
                if method == "get":
                    continue
                answer = who.ask(method, address, headers)
                found.check_any(who, method, address, answer)
                if not OWN_MATTERS.match(route.name) and not is_public(route):
                    found.check_reader(who, method, address, answer)
    return found


def of(routes, *parts):
    return [route for route in routes if route.part in parts]


# Searching for others' marks, words where numbers belong, and numbers that no column holds.
QUERIES = ("?q=westm", "?page=x&after=x&before=x&sort=x&cols=x&tab=x", "?region=" + "9" * 30 + "&manager=x&state=x")


# One of each role at the pages and the admin. Lin is Mei's mirror image, so that a side taken for granted shows.
@pytest.mark.parametrize(
    "who,parts",
    [("mei", "page"), ("tao", "page"), ("wei", "page"), ("lin", "page"), ("ana", "page"), ("ada", "page")],
)
def test_pages_show_and_do_only_what_is_ones_own(world, who, parts):
    person = Principal(world, who)
    found = check_rows(person, of(ABOUT_ROWS, parts))
    found += check_others(person, of(OTHERS, parts), QUERIES if who == "mei" else ())
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("who", ["mei", "ana", "ada"])
def test_the_admin_shows_and_does_only_what_is_ones_own(world, who):
    person = Principal(world, who)
    found = check_rows(person, of(ABOUT_ROWS, "admin")) + check_others(person, of(OTHERS, "admin"))
    assert found == [], "\n".join(found)


def test_the_admin_is_closed_to_all_others(world):
    tao = Principal(world, "tao")
    found = Findings()
    for route in of(ROUTES, "admin"):
        if not CATCH_ALL & route.parameters.keys():
            answer = tao.ask("get", address_of(route, world.objects["customer"][0].pk))
            found.check_any(tao, "get", route.path, answer)
            found.note(answer.status_code in (302, 403, 404), route.path, answer.status_code)
            found.note(worlds.EAST not in answer.text, route.path, "shows something")
    assert found == []


@pytest.mark.parametrize("scope", ["read", "write"])
def test_a_program_reaches_no_further_than_its_token(world, scope):
    bot = Principal(world, "bot", scope)
    found = check_rows(bot, of(ABOUT_ROWS, "api")) + check_others(bot, of(OTHERS, "api"), QUERIES[:1])
    assert found == [], "\n".join(found)


# Wei is a manager posted to a region, Tao one with customers by name only.
@pytest.mark.parametrize("who", ["tao", "wei", "mei", "ana", "ada"])
def test_the_api_knows_people_by_their_session_too(world, who):
    person = Principal(world, who)
    found = check_rows(person, of(ABOUT_ROWS, "api")) + check_others(person, of(OTHERS, "api"))
    assert found == [], "\n".join(found)


def test_a_token_opens_no_page(world):
    bot = Principal(world, "bot", "write")
    found = Findings()
    for route in ROUTES:
        if route.part == "api" or is_public(route) or CATCH_ALL & route.parameters.keys():
            continue
        answer = bot.ask("get", address_of(route, world.objects["customer"][0].pk))
        found.note(answer.status_code in (302, 403, 404, 405), route.path, answer.status_code)
        found.note(worlds.EAST not in answer.text, route.path, "shows a page's content to a token")
    assert found == []


def test_strangers_are_sent_to_sign_in(world):
    """Own, foreign and missing rows are all the same to them, and no answer holds anything of anybody."""
    nobody = Principal(world, "anonymous")
    found = Findings()
    for route in ROUTES:
        if CATCH_ALL & route.parameters.keys():
            continue
        kinds = [kind_of(route, name) for name in route.parameters]
        kind = next((k for k in kinds if k in worlds.SEES), None)
        keys = [missing_key(route)] + ([row.pk for row in world.objects[kind]] if kind else [])
        for method in dict.fromkeys(method for method, _headers in [*tries(route), ("post", {})]):
            answers = [(key, nobody.ask(method, address_of(route, key), {"If-Match": "*"})) for key in keys]
            for key, answer in answers:
                found.check_any(nobody, method, address_of(route, key), answer)
                found.note(worlds.EAST not in answer.text, method, route.path, "shows", worlds.EAST)
                if not is_public(route):
                    wanted = (401,) if route.part == "api" and route.name != "api:docs" else (302, 405, 403)
                    found.note(answer.status_code in wanted, "anonymous", method, route.path, answer.status_code)
            found.note(len({plain(a, k) for k, a in answers}) == 1, method, route.path, "tells rows apart to strangers")
    assert found == []


def test_nothing_odd_in_an_address_is_a_failure(world):
    """Numbers no column holds, and characters no text column takes."""
    ada = Principal(world, "ada")
    found = Findings()
    for route in ABOUT_ROWS:
        odd = [10**18, 10**30] if "int" in route.parameters.values() else ["%00", "x", "1'", "%F0%9F", "_5F"]
        for key in odd:
            answer = ada.ask("get", address_of(route, key))
            found.note(answer.status_code < 500, route.path, key, answer.status_code)
    assert found == []


def test_the_world_holds_what_it_says(world):
    """The marks are there to be seen by those who may: else no leak could be found."""
    ada = Principal(world, "ada")
    for kind, address in (
        ("customer", "/api/v1/customers/"),
        ("region", "/api/v1/regions/"),
        ("user", "/api/v1/people/"),
        ("job", "/api/v1/jobs/"),
    ):
        text = ada.ask("get", address).text
        assert worlds.EAST in text and worlds.WEST in text, kind
    assert worlds.WEST in Principal(world, "lin").ask("get", "/api/v1/exports/").text
    assert connection.in_atomic_block
