"""The pages of duplicates, the warning at entry, the API; who sees what."""

from __future__ import annotations

from itertools import pairwise

import pytest
from django.core.files.base import ContentFile

from crm.imports import actions as imports
from crm.imports.models import ImportRun
from crm.jobs import runner
from customers.duplicates import scanning
from customers.models import Customer, DuplicatePair, Merge, Responsibility
from tests.duplicates.company import sell

pytestmark = pytest.mark.django_db
FORM = {"code": "NEW", "kind": "franchisee", "state": "active"}


@pytest.fixture
def twins(regions, policy):
    def shop(code, name, region, **more):
        return Customer.objects.create(code=code, name=name, kind="franchisee", region=region, **more)

    made = (
        shop("T1", "张三鲜母婴", regions.jiangsu, city="南京", phone="025-88881234"),
        shop("T2", "张三鲜母婴店", regions.zhejiang, city="南京", address="中山路1号", phone="02588881234"),
        shop("W1", "张三鲜母婴 WESTMARK", regions.sichuan, phone="02588881234"),
    )
    sell(
        [("T1", "2026-01-05", 10, None, None), ("T2", "2026-01-05", 20.5, 1, None), ("T2", "2026-01-06", 5, None, None)]
    )
    scanning.scan()()
    return made


@pytest.fixture
def pair(twins):
    return DuplicatePair.objects.get(first__code="T1", second__code="T2")


def test_a_list_shows_only_pairs_with_both_in_reach(twins, cast, sign_in):
    page = sign_in(cast.mei).get("/customers/duplicates/")
    assert [(one.first.code, one.second.code) for one in page.context["pairs"]] == [("T1", "T2")]
    text = page.content.decode()
    assert "same phone …1234" in text and "WESTMARK" not in text
    assert list(sign_in(cast.lin).get("/customers/duplicates/").context["pairs"]) == []
    assert len(sign_in(cast.ana).get("/customers/duplicates/").context["pairs"]) == 3


def test_a_list_costs_the_same_however_long(twins, cast, sign_in, regions, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = sign_in(cast.mei)
    client.get("/customers/duplicates/")
    with CaptureQueriesContext(
        connection,
    ) as few:
        client.get("/customers/duplicates/")
    rows = Customer.objects.bulk_create(
        Customer(code=f"M{n}", name=f"店{n}", kind="agent", region=regions.jiangsu) for n in range(60)
    )
    DuplicatePair.objects.bulk_create(
        DuplicatePair(first=one, second=two, score=60, reasons=[]) for one, two in pairwise(rows)
    )
    with CaptureQueriesContext(connection) as many:
        page = client.get("/customers/duplicates/")
    assert len(page.context["pairs"]) == 50
    assert len(few) == len(many)
    rest = client.get(f"/customers/duplicates/?after={page.context['more']}")
    assert len(rest.context["pairs"]) == 10


def test_two_side_by_side(pair, cast, sign_in):
    page = sign_in(cast.mei).get(f"/customers/duplicates/{pair.pk}/")
    lines = {one.name: one for one in page.context["lines"]}
    assert (lines["name"].differs, lines["city"].differs) == (True, False)
    assert (lines["address"].kept, lines["code"].kept) == ("second", "second")  # more hangs on the second
    counted = {str(one.label): (one.first, one.second) for one in page.context["moving"]}
    assert counted["sales ledger"] == (1, 2)


def test_merging_by_page_and_back(pair, twins, cast, sign_in):
    first, second, _west = twins
    client = sign_in(cast.mei)
    data = {"survivor": "first", "keep_name": "first", "keep_address": "second", "keep_region": "first"}
    answer = client.post(f"/customers/duplicates/{pair.pk}/merge/", data)
    made = Merge.objects.get()
    assert answer["Location"] == f"/customers/duplicates/merges/{made.pk}/"
    first.refresh_from_db()
    assert (first.name, first.address) == ("张三鲜母婴", "中山路1号")
    page = client.get(answer["Location"])
    assert "Undo the merge" in page.content.decode()
    gone = client.get(f"/customers/{second.pk}/")
    assert (gone.status_code, gone["Location"]) == (301, f"/customers/{first.pk}/")
    assert gone["Cache-Control"] == "no-store"
    assert sign_in(cast.lin).get(f"/customers/{second.pk}/").status_code == 404
    client = sign_in(cast.mei)
    assert "Merged, went" in client.get(f"/customers/{first.pk}/").content.decode()
    assert client.post(f"/customers/duplicates/merges/{made.pk}/undo/").status_code == 302
    made.refresh_from_db()
    assert made.state == "undone"
    assert client.get(f"/customers/{second.pk}/").status_code == 200
    assert client.get("/customers/duplicates/merges/").context["merges"] == [made]


def test_what_changed_since_is_listed(pair, twins, cast, sign_in):
    client = sign_in(cast.mei)
    client.post(f"/customers/duplicates/{pair.pk}/merge/", {"survivor": "first"})
    made = Merge.objects.get()
    sell([("T1", "2026-01-06", 6, None, None)])
    page = client.get(f"/customers/duplicates/merges/{made.pk}/")
    assert [(way.row, way.what) for way in page.context["ways"]] == [("2026-01-06", "has another value now: in force")]
    assert "Undo the merge" not in page.content.decode()
    client.post(f"/customers/duplicates/merges/{made.pk}/undo/")
    made.refresh_from_db()
    assert made.state == "done"


def test_dismissing_one_and_many(pair, cast, sign_in):
    client = sign_in(cast.mei)
    client.post(f"/customers/duplicates/{pair.pk}/dismiss/", {"note": "两家"})
    pair.refresh_from_db()
    assert (pair.state, pair.note) == ("dismissed", "两家")
    client.post(f"/customers/duplicates/{pair.pk}/reopen/")
    pair.refresh_from_db()
    assert (pair.state, pair.note) == ("open", "")
    client.post("/customers/duplicates/dismiss/", {"id": [pair.pk]})
    pair.refresh_from_db()
    assert pair.state == "dismissed"
    sign_in(cast.lin).post("/customers/duplicates/dismiss/", {"id": [DuplicatePair.objects.exclude(pk=pair.pk)[0].pk]})
    assert DuplicatePair.objects.filter(state="dismissed").count() == 1


def test_readers_read(pair, cast, sign_in):
    client = sign_in(cast.ana)
    assert client.get(f"/customers/duplicates/{pair.pk}/").status_code == 200
    for path in ("merge/", "dismiss/", "reopen/"):
        assert client.post(f"/customers/duplicates/{pair.pk}/{path}", {"survivor": "first"}).status_code == 403
    assert client.post("/customers/duplicates/scan/").status_code == 403
    assert not Merge.objects.exists()


# --- at entry ---------------------------------------------------------------------------------------------------


def test_a_new_customer_like_one_there_is_asked_about(twins, cast, sign_in, regions):
    client = sign_in(cast.mei)
    form = {**FORM, "name": "张三鲜母婴", "city": "南京", "region": regions.jiangsu.pk}
    asked = client.post("/customers/new/", form)
    assert asked.status_code == 409
    assert [one.customer.code for one in asked.context["alike"].likes] == ["T1", "T2"]
    text = asked.content.decode()
    assert "It is another one: add all the same" in text and "WESTMARK" not in text
    assert not Customer.objects.filter(code="NEW").exists()
    assert client.post("/customers/new/", {**form, "even_if_alike": "1"}).status_code == 302
    assert Customer.objects.filter(code="NEW").exists()


def test_of_customers_beyond_reach_only_that_there_are_some(twins, cast, sign_in, regions):
    asked = sign_in(cast.tao).get("/customers/duplicates/hint/", {"name": "张三鲜母婴", "phone": "025 8888 1234"})
    text = asked.content.decode()
    assert "A customer beyond your reach is very like this one; ask your head." in text
    assert "T1" not in text and "T2" not in text and "张三鲜" not in text


def test_the_hint_names_who_is_there(twins, cast, sign_in):
    client = sign_in(cast.mei)
    text = client.get("/customers/duplicates/hint/", {"name": "张三鲜母婴", "phone": ""}).content.decode()
    assert f'href="/customers/{twins[0].pk}/"' in text and "same name" in text
    assert "Is this customer" not in client.get("/customers/duplicates/hint/", {"name": "完全不同"}).content.decode()
    assert "hx-get" in client.get("/customers/new/").content.decode()


# --- old codes --------------------------------------------------------------------------------------------------


@pytest.fixture
def merged(pair, twins, cast):
    from customers.duplicates import actions

    return actions.merge(survivor=twins[0], loser=twins[1], by=cast.mei)


def refused(kind, text, by) -> ImportRun:
    run = imports.upload(kind=kind, file=ContentFile(text.encode()), name="x.csv", by=by)
    imports.start(run=run, by=by)
    runner.drain()
    run.refresh_from_db()
    assert run.state == "refused"
    return run


def test_imports_that_name_the_old_code_are_told_the_new(merged, cast):
    sales = refused("sales", "customer_code,date,amount\nT2,2026-02-01,5\n", cast.mei)
    assert (sales.errors[0]["code"], sales.errors[0]["params"]) == ("merged_customer", {"code": "T1"})
    customers = refused("customers", "code,name,kind,region\nT2,x,franchisee,JIANGSU\n", cast.mei)
    assert (customers.errors[0]["code"], customers.errors[0]["params"]) == ("merged_customer", {"code": "T1"})
    assert not Customer.objects.filter(code="T2").exists()
    foreign = refused("sales", "customer_code,date,amount\nT2,2026-02-01,5\n", cast.lin)
    assert foreign.errors[0]["code"] == "unknown_customer"


def test_nobody_takes_the_old_code(merged, cast, sign_in, regions):
    page = sign_in(cast.mei).post(
        "/customers/new/", {**FORM, "code": "T2", "name": "新的店", "region": regions.jiangsu.pk}
    )
    assert page.status_code == 422
    assert "This code belonged to a customer that was merged; take another." in page.content.decode()


# --- the API ----------------------------------------------------------------------------------------------------


@pytest.fixture
def bot(cast):
    from rest_framework.test import APIClient

    from crm.accounts.actions import create_token

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {create_token(user=cast.bot, scope='write')[1]}")
    return client


def test_pairs_and_merges_over_the_api(pair, twins, bot):
    first, second, west = twins
    found = bot.get("/api/v1/duplicates/?state=open").json()["results"]
    assert [(one["first"]["code"], one["second"]["code"], one["score"]) for one in found] == [("T1", "T2", 99)]
    assert found[0]["reasons"][0] == {"code": "name", "value": "", "text": "same name"}
    assert bot.post("/api/v1/merges/", {"survivor": first.pk, "loser": west.pk}).status_code == 400
    made = bot.post("/api/v1/merges/", {"survivor": first.pk, "loser": second.pk, "take": ["address"]})
    assert (made.status_code, made.json()["state"], made.json()["moved"]["customers.SaleLine"]) == (201, "done", 2)
    gone = bot.get(f"/api/v1/customers/{second.pk}/")
    assert (gone.status_code, gone["Location"]) == (308, f"/api/v1/customers/{first.pk}/")
    pk = made.json()["id"]
    assert bot.get(f"/api/v1/merges/{pk}/").json()["in_the_way"] == []
    assert [one["id"] for one in bot.get("/api/v1/merges/?state=done").json()["results"]] == [pk]
    assert bot.post(f"/api/v1/merges/{pk}/undo/").json()["state"] == "undone"
    assert bot.get(f"/api/v1/customers/{second.pk}/").status_code == 200
    assert bot.post(f"/api/v1/duplicates/{pair.pk}/dismiss/", {"note": "zwei"}).json()["state"] == "dismissed"


def test_the_api_refuses_a_likely_double_once(twins, bot):
    row = {"code": "NEW", "name": "张三鲜母婴", "kind": "franchisee", "region": "JIANGSU", "city": "南京"}
    refusal = bot.post("/api/v1/customers/", row)
    assert refusal.status_code == 409
    assert [one["code"] for one in refusal.json()["alike"]] == ["T1", "T2"]
    assert refusal.json()["beyond"] == 0
    assert bot.post("/api/v1/customers/", {**row, "even_if_alike": True}).status_code == 201


def test_managers_of_both_may_merge(pair, twins, cast, sign_in):
    from datetime import date

    for one in twins[:2]:
        Responsibility.objects.create(customer=one, user=cast.tao, since=date(2020, 1, 1))
    client = sign_in(cast.tao)
    client.post(f"/customers/duplicates/{pair.pk}/merge/", {"survivor": "second", "keep_region": "first"})
    made = Merge.objects.get()
    assert made.state == "done"
    client.post(f"/customers/duplicates/merges/{made.pk}/undo/")
    made.refresh_from_db()
    assert made.state == "undone"
