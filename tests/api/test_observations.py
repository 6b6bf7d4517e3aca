"""Observations over the API."""

from __future__ import annotations

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.audit.models import AuditEntry
from crm.clock import today
from customers.models import Observation
from customers.relationship.actions import observe

SEEN = {"trait": "loyalty", "score": 80, "seen_on": "2026-01-05"}


def url(customer) -> str:
    return f"/api/v1/customers/{customer.pk}/observations/"


@pytest.fixture
def seen(shops, cast):
    for day, trait, score in ((3, "loyalty", 40), (9, "cooperation", 90), (3, "cooperation", 70)):
        observe(
            customer=shops.own,
            trait=trait,
            score=score,
            seen_on=datetime.date(2026, 1, day),
            seen_by=cast.mei if day == 9 else None,
            source="visit" if day == 9 else "",
        )
    observe(customer=shops.foreign, trait="loyalty", score=1, seen_on=datetime.date(2026, 1, 3), note="CANARY")


def test_they_are_listed_the_latest_first(bot, shops, seen, cast):
    rows = bot.get(url(shops.own)).json()["results"]
    assert [(row["seen_on"], row["trait"], row["score"]) for row in rows] == [
        ("2026-01-09", "cooperation", 90),
        ("2026-01-03", "cooperation", 70),
        ("2026-01-03", "loyalty", 40),
    ]
    assert list(rows[0]) == [
        "id",
        "trait",
        "score",
        "seen_on",
        "seen_by",
        "source",
        "note",
        "created_at",
        "kind",
        "ref",
    ]
    assert (rows[0]["seen_by"], rows[0]["source"]) == ({"id": cast.mei.pk, "username": "mei", "name": "美"}, "visit")
    assert (rows[1]["seen_by"], rows[1]["source"]) == (None, "")
    assert bot.get(url(shops.other)).json()["results"] == []


@pytest.mark.parametrize(
    "query,scores",
    [
        ("trait=loyalty", [40]),
        ("since=2026-01-04", [90]),
        ("until=2026-01-08&ordering=seen_on", [40, 70]),
        ("ordering=id", [40, 90, 70]),
    ],
)
def test_filters_and_order(bot, shops, seen, query, scores):
    assert [row["score"] for row in bot.get(f"{url(shops.own)}?{query}").json()["results"]] == scores


@pytest.mark.parametrize("query", ["trait=sales", "since=x", "until=2026-13-01", "score=40", "ordering=score"])
def test_filters_that_make_no_sense_are_refused_by_name(bot, shops, seen, query):
    answer = bot.get(f"{url(shops.own)}?{query}")
    assert (answer.status_code, list(answer.json())) == (400, [query.split("=")[0]])


def test_pages_hold_every_row_once(bot, shops, seen):
    scores, address = [], f"{url(shops.own)}?page_size=1"
    while address:
        answer = bot.get(address).json()
        scores += [row["score"] for row in answer["results"]]
        address = answer["next"]
    assert scores == [90, 70, 40]


def test_one_is_written_down_with_an_audit_entry(bot, shops, cast):
    answer = bot.post(url(shops.own), {**SEEN, "note": " paid  early "})
    assert answer.status_code == 201, answer.content
    made = Observation.objects.get()
    assert (made.customer, made.trait, made.score, made.seen_on, made.seen_by, made.source, made.note) == (
        shops.own,
        "loyalty",
        80,
        datetime.date(2026, 1, 5),
        cast.bot,
        "api",
        "paid early",
    )
    assert answer.json() == bot.get(url(shops.own)).json()["results"][0]
    entry = AuditEntry.objects.filter(action="customer.observe").get()
    assert (entry.object_id, entry.actor, entry.via) == (str(shops.own.pk), cast.bot, "api")


def test_the_same_key_writes_once(bot, shops):
    first, again = (bot.post(url(shops.own), SEEN, headers={"Idempotency-Key": "k1"}) for _ in range(2))
    assert (first.status_code, first.json()) == (201, again.json())
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    "change,field",
    [
        ({"trait": "sales"}, "trait"),
        ({"trait": None}, "trait"),
        ({"score": 101}, "score"),
        ({"score": -1}, "score"),
        ({"score": "x"}, "score"),
        ({"seen_on": "yesterday"}, "seen_on"),
        ({"seen_on": "2999-01-01"}, "seen_on"),
        ({"source": "x" * 61}, "source"),
        ({"source": ""}, "source"),
        ({"note": "x" * 301}, "note"),
        ({"seen_by": 1}, "seen_by"),
        ({"customer": 1}, "customer"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(bot, shops, change, field):
    deeds = AuditEntry.objects.count()
    answer = bot.post(url(shops.own), {**SEEN, **change})
    assert (answer.status_code, list(answer.json())) == (400, [field])
    assert (Observation.objects.count(), AuditEntry.objects.count()) == (0, deeds)


def test_tomorrow_is_refused_and_today_is_not(bot, shops):
    tomorrow = today() + datetime.timedelta(days=1)
    late = bot.post(url(shops.own), {**SEEN, "seen_on": tomorrow.isoformat()})
    assert (late.status_code, late.json()) == (400, {"seen_on": ["This day has not come yet."]})
    assert bot.post(url(shops.own), {**SEEN, "seen_on": today().isoformat()}).status_code == 201


@pytest.mark.parametrize("who,scope,status", [("bot", "read", 403), ("ana", "write", 403), ("lin", "write", 404)])
def test_who_may_not_write_writes_nothing(api, shops, who, scope, status):
    assert api(who, scope).post(url(shops.own), SEEN).status_code == status
    assert Observation.objects.count() == 0


def test_foreign_and_missing_customers_answer_alike(bot, shops, seen):
    missing = f"/api/v1/customers/{10**9}/observations/"
    for foreign, gone in (
        (bot.get(url(shops.foreign)), bot.get(missing)),
        (bot.post(url(shops.foreign), SEEN), bot.post(missing, SEEN)),
    ):
        assert (foreign.status_code, foreign.json()) == (404, gone.json())
    assert Observation.objects.filter(customer=shops.foreign).count() == 1


def test_the_number_of_statements_does_not_grow(bot, shops, seen, cast):
    bot.get(url(shops.own))
    with CaptureQueriesContext(connection) as few:
        bot.get(url(shops.own))
    for score in range(20):
        observe(customer=shops.own, trait="loyalty", score=score, seen_on=datetime.date(2026, 1, 4), seen_by=cast.tao)
    with CaptureQueriesContext(connection) as many:
        assert len(bot.get(url(shops.own)).json()["results"]) == 23
    assert len(many) == len(few)


def test_an_event_says_its_kind_and_none_of_the_other_trait(bot, shops):
    made = bot.post(url(shops.own), {**SEEN, "trait": "cooperation", "kind": "report"})
    assert (made.status_code, made.json()["kind"]) == (201, "report")
    refused = bot.post(url(shops.own), {**SEEN, "kind": "report"})
    assert (refused.status_code, list(refused.json())) == (400, ["kind"])
    assert Observation.objects.count() == 1
