"""While Redis is away, counters go on in the database: nobody guesses passwords unhindered, and no page fails."""

from __future__ import annotations

import time

import pytest
from django.core.cache import cache
from django.test import Client

from crm import cache as ours
from crm.audit.models import AuditEntry
from tests.conftest import PASSWORD

NOBODY = "redis://127.0.0.1:1/0"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_redis(db, settings):
    ours._away.clear()
    settings.CACHES = {"default": {"BACKEND": "crm.cache.ForgivingRedisCache", "LOCATION": NOBODY}}
    yield
    ours._away.clear()


def try_in(who, password, address):
    client = Client()
    return client, client.post(LOGIN, {"login": who, "password": password}, REMOTE_ADDR=address)


def test_after_ten_wrong_tries_the_right_password_is_refused_too(cast):
    for n in range(10):
        _client, answer = try_in("mei", f"wrong-{n}", f"10.0.1.{n}")
        assert answer.status_code == 200
    client, refusal = try_in("mei", PASSWORD, "10.0.2.1")
    assert refusal.status_code == 200
    assert refusal.context["form"].non_field_errors() == ["Too many failed login attempts. Try again later."]
    assert client.get("/profile/").status_code == 302
    assert not AuditEntry.objects.filter(action="session.begin").exists()
    _other, answer = try_in("tao", PASSWORD, "10.0.2.1")
    assert answer.status_code == 302


def test_an_address_that_tries_too_often_is_refused(cast):
    for n in range(50):
        try_in(f"name-{n}", "wrong", "10.9.9.9")
    client, refusal = try_in("mei", PASSWORD, "10.9.9.9")
    assert refusal.status_code == 200
    assert refusal.context["form"].non_field_errors() == ["Too many failed login attempts. Try again later."]
    assert client.get("/profile/").status_code == 302


def test_pages_and_the_api_answer(sign_in, cast):
    client = sign_in(cast.mei)
    for address in ("/", "/customers/", "/profile/", "/api/v1/customers/"):
        assert client.get(address).status_code == 200


def test_every_call_answers_as_redis_would():
    assert cache.get("a", "none") == "none"
    cache.set("a", 1)
    assert cache.get("a") == 1 and cache.has_key("a") and "a" in cache
    assert cache.incr("a", 2) == 3 and cache.decr("a") == 2
    assert cache.add("a", 9) is False and cache.add("b", 9) is True
    assert cache.touch("a", 60) is True and cache.touch("c") is False
    assert cache.set_many({"c": 3, "d": 4}) == []
    assert cache.get_many(["c", "d", "e"]) == {"c": 3, "d": 4}
    cache.delete_many(["c", "d"])
    assert cache.get_many(["c", "d"]) == {}
    assert cache.delete("a") is True and cache.delete("a") is False
    assert cache.get_or_set("f", 5) == 5
    with pytest.raises(ValueError):
        cache.incr("nothing")
    cache.clear()
    assert cache.get("f") is None


def test_an_absent_redis_is_asked_once_in_a_few_seconds(monkeypatch):
    asked = []
    original = ours.RedisCache.get

    def counted(self, *args, **kwargs):
        asked.append(1)
        return original(self, *args, **kwargs)

    monkeypatch.setattr(ours.RedisCache, "get", counted)
    began = time.monotonic()
    for _n in range(50):
        cache.get("a")
    assert len(asked) == 1 and time.monotonic() - began < 3
    ours._away[NOBODY] = time.monotonic() - 1
    cache.get("a")
    assert len(asked) == 2
