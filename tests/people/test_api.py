"""People over the API: what a program reads and writes, and what it does not."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from crm.accounts.actions import create_token
from customers.people import actions
from customers.people.models import Person, PersonRole, Relation

PEOPLE = "/api/v1/customers/people/"


@pytest.fixture
def api(cast):
    def client(who="mei", scope="write") -> APIClient:
        _token, text = create_token(user=getattr(cast, who), scope=scope)
        found = APIClient()
        found.credentials(HTTP_AUTHORIZATION=f"Token {text}")
        return found

    return client


def test_a_person_is_made_placed_and_read(api, shops):
    client = api()
    made = client.post(PEOPLE, {"name": "王老板", "phone": "138", "birth_month": 5, "birth_day": 20})
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    assert made["Location"] == f"{PEOPLE}{pk}/"
    placed = client.post(f"/api/v1/customers/{shops.a.pk}/people/", {"person": pk, "role": "owner", "is_primary": True})
    assert placed.status_code == 201, placed.content
    row = client.get(f"{PEOPLE}{pk}/").json()
    assert (row["name"], row["birth_month"], row["roles"][0]["customer"]["code"]) == ("王老板", 5, "A")
    assert (row["roles"][0]["role"], row["roles"][0]["is_primary"]) == ("owner", True)
    listed = client.get(f"/api/v1/customers/{shops.a.pk}/people/").json()["results"]
    assert [(one["person"]["name"], one["role"]) for one in listed] == [("王老板", "owner")]


def test_what_is_personal_is_null_for_programs(api, shops, person, types):
    one = person("王", shops.a, note="SECRET", birth_month=5, birth_day=20, birth_year=1980)
    actions.change_role(standing=one.roles.get(), note="SECRET")
    actions.relate(type=types["married"], start=one, end=person("张", shops.a, role="spouse"))
    actions.relate(type=types["friend"], start=one, end=person("李", shops.b), note="SECRET")
    for who, shown in (("mei", True), ("bot", False)):
        client = api(who)
        row = client.get(f"{PEOPLE}{one.pk}/").json()
        assert (row["note"], row["birth_month"]) == (("SECRET", 5) if shown else (None, None))
        kinds = {one["type"] for one in client.get(f"{PEOPLE}relations/").json()["results"]}
        assert kinds == ({"married", "friend"} if shown else {"friend"})
        texts = [
            client.get(path).content.decode()
            for path in (f"{PEOPLE}relations/", f"{PEOPLE}roles/", f"/api/v1/customers/{shops.a.pk}/people/")
        ]
        assert any("SECRET" in text for text in texts) is shown


def test_filters(api, shops, person):
    wang, li = person("王老板", shops.a, phone="138 111"), person("李经理", shops.b, role="mall")
    client = api()

    def names(query):
        return [one["name"] for one in client.get(PEOPLE + query).json()["results"]]

    assert (
        names("?q=wlb")
        == names("?q=138-111")
        == names(f"?customer={shops.a.pk}")
        == names("?role=owner")
        == [wang.name]
    )
    assert names("?role=mall&ordering=-id") == [li.name]
    assert client.get(PEOPLE + "?nmae=x").status_code == 400
    actions.end_role(standing=li.roles.get(), until="2026-01-01")
    assert len(client.get(f"{PEOPLE}roles/?now=true").json()["results"]) == 1
    assert len(client.get(f"{PEOPLE}roles/?now=false").json()["results"]) == 1


def test_changes_need_the_version_seen(api, shops, person):
    one, client = person("王", shops.a), api()
    path = f"{PEOPLE}{one.pk}/"
    tag = client.get(path)["ETag"]
    assert client.patch(path, {"phone": "1"}).status_code == 428
    answer = client.patch(path, {"phone": "1"}, headers={"If-Match": tag})
    assert (answer.status_code, answer.json()["phone"], answer.json()["version"]) == (200, "1", 2)
    assert client.patch(path, {"phone": "2"}, headers={"If-Match": tag}).status_code == 412
    assert Person.objects.get().phone == "1"
    role = f"{PEOPLE}roles/{one.roles.get().pk}/"
    tag = client.get(role)["ETag"]
    ended = client.patch(role, {"until": "2026-01-01"}, headers={"If-Match": tag})
    assert (ended.status_code, ended.json()["until"]) == (200, "2026-01-01")
    assert client.patch(role, {"role": "mall"}, headers={"If-Match": tag}).status_code == 412


def test_relations_are_made_and_changed(api, shops, person, types):
    wang, li, far = person("王", shops.a), person("李", shops.b), person("远", shops.w)
    client = api()
    sent = {"type": "introduced", "start_person": li.pk, "end_person": wang.pk, "strength": 3}
    made = client.post(f"{PEOPLE}relations/", sent)
    assert made.status_code == 201, made.content
    assert (made.json()["start"], made.json()["end"]["name"]) == ({"kind": "person", "id": li.pk, "name": "李"}, "王")
    assert client.post(f"{PEOPLE}relations/", sent).status_code == 400
    foreign = client.post(f"{PEOPLE}relations/", {**sent, "end_person": far.pk})
    missing = client.post(f"{PEOPLE}relations/", {**sent, "end_person": 999_999})
    assert (foreign.status_code, foreign.json()) == (missing.status_code, missing.json()) == (400, foreign.json())
    assert client.post(f"{PEOPLE}relations/", {"type": "introduced", "start_person": li.pk}).status_code == 400
    path = f"{PEOPLE}relations/{made.json()['id']}/"
    assert client.patch(path, {"until": "2026-01-01"}, headers={"If-Match": made["ETag"]}).status_code == 200
    assert Relation.objects.get().until is not None
    kinds = client.get(f"{PEOPLE}relation-types/").json()["results"]
    assert kinds[0] == {
        "code": "introduced",
        "forward": "introduced",
        "backward": "was introduced by",
        "symmetric": False,
        "family": False,
        "active": True,
    }


def test_the_network_and_the_ways(api, shops, person, types):
    wang, li, far = person("王", shops.a), person("李", shops.c, role="mall"), person("远", shops.w)
    actions.relate(type=types["introduced"], start=li, end=wang)
    actions.relate(type=types["friend"], start=wang, end=far)
    client = api()
    answer = client.get(f"/api/v1/customers/{shops.a.pk}/network/").json()
    assert [(node["id"], node["steps"]) for node in answer["nodes"]] == [
        (f"c{shops.a.pk}", 0),
        (f"p{wang.pk}", 1),
        (f"p{li.pk}", 2),
    ]
    assert [(edge["kind"], edge["code"]) for edge in answer["edges"]] == [("role", "owner"), ("relation", "introduced")]
    narrow = client.get(f"/api/v1/customers/{shops.a.pk}/network/?kinds=roles").json()
    assert len(narrow["nodes"]) == 2
    assert client.get(f"/api/v1/customers/{shops.a.pk}/network/?kinds=nonsense").status_code == 400
    assert client.get(f"/api/v1/customers/{shops.w.pk}/network/").status_code == 404
    assert client.get(f"{PEOPLE}{wang.pk}/network/").json()["centre"] == f"p{wang.pk}"
    ways = client.get(f"{PEOPLE}ways/?to=p{li.pk}").json()
    assert [[node["name"] for node in way["nodes"]] for way in ways["paths"]] == [["甲店", "王", "李"]]
    assert client.get(f"{PEOPLE}ways/?to=p{far.pk}").json() == client.get(f"{PEOPLE}ways/?to=p999999").json()


def test_analysts_programs_and_foreign_rows(api, shops, person):
    one, far = person("王", shops.a), person("远", shops.w)
    assert api("ana").post(PEOPLE, {"name": "x"}).status_code == 403
    assert api("bot", "read").post(PEOPLE, {"name": "x"}).status_code == 403
    client = api()
    assert client.get(f"{PEOPLE}{far.pk}/").status_code == 404
    assert client.patch(f"{PEOPLE}{far.pk}/", {"phone": "1"}, headers={"If-Match": "*"}).status_code == 404
    assert client.get(f"/api/v1/customers/{shops.w.pk}/people/").status_code == 404
    assert client.post(f"/api/v1/customers/{shops.w.pk}/people/", {"person": one.pk, "role": "mall"}).status_code == 404
    assert PersonRole.objects.count() == 2


def test_a_list_asks_no_more_as_it_grows(api, shops, person):
    client = api()

    def queries():
        client.get(PEOPLE)
        with CaptureQueriesContext(connection) as asked:
            client.get(PEOPLE)
        return len(asked)

    person("王0", shops.a)
    before = queries()
    for n in range(1, 30):
        person(f"王{n}", shops.a, shops.b, role="mall")
    assert queries() == before
