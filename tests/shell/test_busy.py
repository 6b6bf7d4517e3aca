"""A database that takes too long, or that somebody else holds: 503 and when to ask again, not a fault of ours."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client


@pytest.fixture
def visitor(settings, db):
    settings.ROOT_URLCONF = "tests.shell.busy_urls"
    return Client(raise_request_exception=False)


def test_who_waits_for_another_is_told_to_ask_again(visitor):
    answer = visitor.get("/api/v1/fail/", {"text": "database is locked"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer.json() == {"detail": "This took too long. Ask for less, or try again."}
    answer = visitor.get("/fail/", {"text": "database table is locked: customers_customer"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "This took too long" in answer.content.decode()


@pytest.mark.skipif(connection.vendor != "postgresql", reason="the limit is PostgreSQL's")
def test_a_statement_beyond_its_limit(visitor):
    assert visitor.get("/sleep/").status_code == 503


def test_other_failures_stay_ours(visitor):
    answer = visitor.get("/fail/", {"text": "no such table: x"})
    assert answer.status_code == 500 and "Something broke" in answer.content.decode()


def test_who_has_no_password_is_sent_for_a_link(cast, sign_in):
    cast.tao.set_unusable_password()
    cast.tao.save()
    answer = sign_in(cast.tao).get("/accounts/password/change/", follow=True)
    assert answer.redirect_chain == [("/accounts/password/set/", 302), ("/accounts/password/reset/", 302)]
