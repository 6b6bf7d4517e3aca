"""Customers over the API."""

from __future__ import annotations

import datetime

import pytest

from crm.audit.models import AuditEntry
from customers.models import Customer, Responsibility

NEW = {"code": "N1", "name": "新店", "kind": "franchisee", "region": "JIANGSU"}
URL = "/api/v1/customers/"


def codes(response):
    assert response.status_code == 200, response.content
    return [row["code"] for row in response.json()["results"]]


def test_a_list_holds_what_is_in_reach(bot, api, shops):
    assert codes(bot.get(URL)) == ["E1", "E2"]
    assert codes(api("lin", "read").get(URL)) == ["W1-SECRET"]
    assert codes(api("tao", "read").get(URL)) == []
    assert codes(api("ada", "read").get(URL)) == ["E1", "E2", "W1-SECRET"]


def test_a_row_has_exactly_these_fields(bot, shops):
    row = bot.get(f"{URL}{shops.own.pk}/").json()
    assert list(row) == [
        "id",
        "code",
        "name",
        "kind",
        "state",
        "category",
        "region",
        "province",
        "city",
        "district",
        "address",
        "phone",
        "latitude",
        "longitude",
        "datum",
        "opened_on",
        "closed_on",
        "upstream",
        "manager",
        "standing",
        "profile",
        "receivable",
        "scores",
        "tiers",
        "rhythm",
        "tags",
        "version",
        "created_at",
        "updated_at",
    ]
    assert (row["region"], row["phone"], row["upstream"], row["standing"]) == ("JIANGSU", "0571-8888 1234", None, None)


def test_foreign_and_missing_rows_answer_alike(bot, shops):
    foreign, missing = bot.get(f"{URL}{shops.foreign.pk}/"), bot.get(f"{URL}999999999/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.json() == missing.json()
    assert bot.get(f"{URL}{10**18}/").status_code == 404
    assert bot.get(f"{URL}{10**30}/").status_code == 404


@pytest.mark.parametrize(
    "query,expected",
    [
        ("code=E2", ["E2"]),
        ("kind=agent", []),
        ("state=active", ["E1", "E2"]),
        ("region=EAST", ["E1", "E2"]),
        ("region=ZHEJIANG", ["E2"]),
        ("region=WEST", []),
        ("city=南京", ["E1"]),
        ("q=8888", ["E1"]),
        ("q=CANARY", []),
        ("tier=A", []),
        ("updated_since=2100-01-01T00:00:00Z", []),
        ("ordering=-code", ["E2", "E1"]),
    ],
)
def test_filters(bot, shops, query, expected):
    assert codes(bot.get(f"{URL}?{query}")) == expected


@pytest.mark.parametrize(
    "query,field",
    [
        ("phone__startswith=028", "phone__startswith"),
        ("region__code=WEST", "region__code"),
        ("knid=agent", "knid"),
        ("kind=other", "kind"),
        ("kind=agent&kind=franchisee", "kind"),
        ("ordering=phone", "ordering"),
        ("ordering=--code", "ordering"),
        ("page_size=0", "page_size"),
        ("page_size=501", "page_size"),
        ("page_size=٣", "page_size"),
        ("cursor=xyz", "cursor"),
        ("cursor=WyJjb2RlIixmYWxzZSxbIkUxIl1d", "cursor"),
        ("fields=code,search_text", "fields"),
        ("fields=", "fields"),
        ("q=%00", "q"),
        ("manager=x", "manager"),
        ("manager=1e999999", "manager"),
        ("updated_since=yesterday", "updated_since"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(bot, shops, query, field):
    response = bot.get(f"{URL}?{query}")
    assert response.status_code == 400, response.content
    assert list(response.json()) == [field]


def test_sparse_fields(bot, shops):
    assert bot.get(f"{URL}?fields=code,city").json()["results"][0] == {"code": "E1", "city": "南京"}
    assert bot.get(f"{URL}{shops.own.pk}/?fields=code").json() == {"code": "E1"}


@pytest.mark.parametrize("ordering", ["code", "-code", "name", "-name", "id", "-updated_at"])
def test_pages_hold_every_row_once_both_ways(bot, shops, ordering):
    for n in range(7):
        customer = shops.make(f"P{n}", shops.own.region)
        Customer.objects.filter(pk=customer.pk).update(name="同名")
    whole = codes(bot.get(f"{URL}?ordering={ordering}&page_size=500"))
    assert len(whole) == 9
    seen, url, pages = [], f"{URL}?ordering={ordering}&page_size=4", []
    while url:
        answer = bot.get(url).json()
        pages.append(answer)
        seen += [row["code"] for row in answer["results"]]
        url = answer["next"]
    assert seen == whole
    back = bot.get(pages[2]["previous"]).json()
    assert back["results"] == pages[1]["results"]
    first = bot.get(back["previous"]).json()
    assert (first["results"], first["previous"]) == (pages[0]["results"], None)


def test_a_customer_is_made_with_an_audit_entry(bot, cast, shops):
    response = bot.post(URL, NEW)
    assert response.status_code == 201, response.content
    made = Customer.objects.get(code="N1")
    assert response["Location"] == f"/api/v1/customers/{made.pk}/"
    assert response["ETag"] == f'"{made.pk}-1"'
    assert (made.region.code, made.version) == ("JIANGSU", 1)
    entry = AuditEntry.objects.of(made).get()
    assert (entry.action, entry.actor, entry.via) == ("customer.create", cast.bot, "api")


@pytest.mark.parametrize(
    "change,field",
    [
        ({"code": "E1"}, "code"),
        ({"code": ""}, "code"),
        ({"kind": "dealer"}, "kind"),
        ({"region": "WEST"}, "region"),
        ({"region": "NOWHERE"}, "region"),
        ({"upstream": "W1-SECRET"}, "upstream"),
        ({"upstream": "NOBODY"}, "upstream"),
        ({"latitude": "31.2"}, "longitude"),
        ({"latitude": "91", "longitude": "1"}, "latitude"),
        ({"opened_on": "2026-02-01", "closed_on": "2026-01-01"}, "non_field_errors"),
        ({"version": 7}, "version"),
        ({"id": 7}, "id"),
        ({"name": "x" * 201}, "name"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_written(bot, shops, change, field):
    before = Customer.objects.count()
    response = bot.post(URL, {**NEW, **change})
    assert response.status_code == 400, response.content
    assert list(response.json()) == [field]
    assert Customer.objects.count() == before


def test_foreign_and_missing_names_are_refused_in_the_same_words(bot, shops):
    def words(**change):
        return bot.post(URL, {**NEW, **change}).json()

    assert words(region="WEST") == words(region="NOWHERE")
    assert words(upstream="W1-SECRET") == words(upstream="NOBODY")


def test_changing_needs_the_version_one_saw(bot, shops):
    url = f"{URL}{shops.own.pk}/"
    tag = bot.get(url)["ETag"]
    assert bot.patch(url, {"city": "苏州"}).status_code == 428
    assert bot.patch(url, {"city": "苏州"}, headers={"If-Match": f'"{shops.own.pk}-9"'}).status_code == 412
    assert bot.patch(url, {"city": "苏州"}, headers={"If-Match": "nonsense"}).status_code == 412
    assert bot.patch(url, {"city": "苏州"}, headers={"If-Match": f"W/{tag}"}).status_code == 412
    shops.own.refresh_from_db()
    assert (shops.own.city, shops.own.version) == ("南京", 1)
    done = bot.patch(url, {"city": "苏州"}, headers={"If-Match": tag})
    assert (done.status_code, done.json()["city"], done["ETag"]) == (200, "苏州", f'"{shops.own.pk}-2"')
    late = bot.patch(url, {"city": "无锡"}, headers={"If-Match": tag})
    assert late.status_code == 412
    shops.own.refresh_from_db()
    assert (shops.own.city, shops.own.version) == ("苏州", 2)


def test_one_who_comes_between_is_noticed(bot, shops, monkeypatch):
    """The version is looked at again under the lock, not only when the request begins."""
    from customers.profile import api as module

    real = module.version_wanted

    def between(request, row):
        wanted = real(request, row)
        Customer.objects.filter(pk=row.pk).update(version=5)
        return wanted

    monkeypatch.setattr(module, "version_wanted", between)
    url = f"{URL}{shops.own.pk}/"
    response = bot.patch(url, {"city": "苏州"}, headers={"If-Match": f'"{shops.own.pk}-1"'})
    assert response.status_code == 412
    shops.own.refresh_from_db()
    assert shops.own.city == "南京"


def test_put_replaces_and_patch_does_not(bot, shops):
    url = f"{URL}{shops.own.pk}/"
    row = {"code": "E1", "name": "店 E1", "kind": "agent", "region": "ZHEJIANG"}
    done = bot.put(url, row, headers={"If-Match": "*"})
    assert done.status_code == 200, done.content
    assert (done.json()["kind"], done.json()["phone"], done.json()["city"]) == ("agent", "", "")
    assert bot.put(url, {"name": "x"}, headers={"If-Match": "*"}).status_code == 400


def test_a_supplier_beyond_reach_is_neither_shown_nor_lost(bot, shops):
    Customer.objects.filter(pk=shops.own.pk).update(upstream=shops.foreign)
    url = f"{URL}{shops.own.pk}/"
    assert bot.get(url).json()["upstream"] is None
    row = {"code": "E1", "name": "店 E1", "kind": "agent", "region": "ZHEJIANG"}
    assert bot.put(url, row, headers={"If-Match": "*"}).status_code == 200
    shops.own.refresh_from_db()
    assert shops.own.upstream == shops.foreign


def test_nothing_is_deleted(bot, shops):
    assert bot.delete(f"{URL}{shops.own.pk}/").status_code == 405
    assert bot.options(URL).status_code == 405
    assert Customer.objects.filter(pk=shops.own.pk).exists()


def test_closing(bot, shops):
    url = f"{URL}{shops.own.pk}/close/"
    done = bot.post(url, {"closed_on": "2026-01-31", "reason": "lease"})
    assert (done.status_code, done.json()["state"], done.json()["closed_on"]) == (200, "closed", "2026-01-31")
    again = bot.post(url, {"closed_on": "2026-02-28"})
    assert again.status_code == 400
    assert again.json() == {"non_field_errors": ["This customer is closed already."]}
    shops.own.refresh_from_db()
    assert shops.own.closed_on == datetime.date(2026, 1, 31)


def test_putting_somebody_in_charge(api, cast, shops):
    mei = api("mei")
    url = f"{URL}{shops.own.pk}/responsibilities/"
    done = mei.post(url, {"user": cast.mei.pk, "since": "2026-01-01"})
    assert done.status_code == 200, done.content
    assert [(row["user"]["username"], row["since"], row["until"]) for row in done.json()] == [
        ("mei", "2026-01-01", None)
    ]
    assert mei.get(f"{URL}{shops.own.pk}/").json()["manager"]["username"] == "mei"
    assert codes(mei.get(f"{URL}?manager={cast.mei.pk}")) == ["E1"]
    assert mei.get(url).json()["results"][0]["user"]["username"] == "mei"
    foreign = mei.post(url, {"user": cast.lin.pk})
    missing = mei.post(url, {"user": 999999})
    assert (foreign.status_code, foreign.json()) == (400, missing.json())
    assert Responsibility.objects.count() == 1
    assert mei.post(url, {"since": "2026-02-01"}).status_code == 400  # nobody must be said
    ended = mei.post(url, {"user": None, "since": "2026-02-01"})
    assert [(row["user"]["username"], row["until"]) for row in ended.json()] == [("mei", "2026-02-01")]
    assert mei.get(f"{URL}{shops.own.pk}/").json()["manager"] is None


@pytest.mark.parametrize("who,scope,status", [("bot", "read", 403), ("ana", "write", 403), ("lin", "write", 404)])
def test_who_may_not_write_writes_nothing(api, shops, who, scope, status):
    client = api(who, scope)
    url = f"{URL}{shops.own.pk}/"
    assert client.patch(url, {"city": "x"}, headers={"If-Match": "*"}).status_code == status
    assert client.post(f"{url}close/", {"closed_on": "2026-01-01"}).status_code == status
    assert client.post(f"{url}responsibilities/", {"user": 1}).status_code == status
    shops.own.refresh_from_db()
    assert (shops.own.city, shops.own.version) == ("南京", 1)


def test_the_number_of_statements_does_not_grow(bot, shops, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    bot.get(URL)
    with CaptureQueriesContext(
        connection,
    ) as few:
        bot.get(URL)
    for n in range(20):
        shops.make(f"Q{n}", shops.own.region, upstream=shops.own)
    with CaptureQueriesContext(connection) as many:
        assert len(codes(bot.get(URL))) == 22
    assert len(many) == len(few)
