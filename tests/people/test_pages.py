"""The pages of people: the card's panel, a person, two at once, the drawn network, who knows whom."""

from __future__ import annotations

import datetime
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from customers.people import actions
from customers.people.models import Person, PersonRole, Relation

DAY = datetime.date(2026, 3, 1)


def text_of(response) -> str:
    return response.content.decode()


def plain(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", text_of(response)).split())


def queries(client, path) -> int:
    client.get(path)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(path).status_code == 200
    return len(asked)


@pytest.fixture
def met(shops, person, types):
    """王 owns A and B, was introduced by 李 (mall manager of C), and is friends with 远 (owner of W, out of East)."""
    wang, li = person("王老板", shops.a, shops.b, phone="138 0000"), person("李经理", shops.c, role="mall")
    far = person("远方WEST", shops.w)
    actions.relate(type=types["introduced"], start=li, end=wang, strength=3)
    actions.relate(type=types["friend"], start=wang, end=far)
    return wang, li, far


def test_the_card_shows_who_to_call_first_with_hints_in_one_statement(sign_in, cast, shops, met, policy):
    actions.create_person(name="老板娘", customer=shops.a, role={"role": "spouse", "is_primary": True})
    client = sign_in(cast.mei)
    page = plain(client.get(f"/customers/{shops.a.pk}/"))
    assert page.index("老板娘") < page.index("王老板")
    assert "王老板 owner 138 0000 also with 1 other customer · 1 relation" in page
    assert 'href="tel:1380000"' in text_of(client.get(f"/customers/{shops.a.pk}/"))
    before = queries(client, f"/customers/{shops.a.pk}/")
    for n in range(5):
        actions.create_person(name=f"店员{n}", customer=shops.a, role={"role": "manager"})
    assert queries(client, f"/customers/{shops.a.pk}/") == before


def test_a_person_is_added_from_the_card(sign_in, cast, shops):
    values = {"name": "周店长", "phone": "139", "role": "manager", "is_primary": "on"}
    response = sign_in(cast.tao).post(f"/customers/people/new/?customer={shops.a.pk}", values)
    assert (response.status_code, response["Location"]) == (302, f"/customers/{shops.a.pk}/")
    role = PersonRole.objects.get()
    assert (role.person.name, role.customer, role.role, role.is_primary) == ("周店长", shops.a, "manager", True)


def test_a_refusal_stands_under_its_field_and_nothing_is_written(sign_in, cast, shops):
    response = sign_in(cast.tao).post(f"/customers/people/new/?customer={shops.a.pk}", {"name": "周", "role": "other"})
    assert response.status_code == 422 and list(response.context["form"].errors) == ["role_other"]
    assert not Person.objects.exists()
    for foreign in (shops.w.pk, 999_999, "x"):
        assert sign_in(cast.tao).post(f"/customers/people/new/?customer={foreign}", {"name": "周"}).status_code == 404


def test_a_person_page_tells_roles_history_and_relations_in_its_own_words(sign_in, cast, shops, met):
    wang, li, _far = met
    role = wang.roles.get(customer=shops.b)
    actions.change_role(standing=role, since=datetime.date(2020, 1, 1))
    actions.end_role(standing=role, until=DAY)
    page = plain(sign_in(cast.mei).get(f"/customers/people/{wang.pk}/"))
    assert "was introduced by 李经理" in page and "1 role that has ended" in page
    assert "WEST" not in page
    assert "introduced 王老板" in plain(sign_in(cast.mei).get(f"/customers/people/{li.pk}/"))
    assert sign_in(cast.lin).get(f"/customers/people/{wang.pk}/").status_code == 404


def test_what_is_personal_is_not_shown_to_analysts(sign_in, cast, shops, person, types):
    one = person("王", shops.a, note="SECRETNOTE", birth_month=5, birth_day=20)
    actions.relate(type=types["married"], start=one, end=person("张", shops.a, role="spouse"))
    path = f"/customers/people/{one.pk}/"
    mei, ana = plain(sign_in(cast.mei).get(path)), plain(sign_in(cast.ana).get(path))
    assert "SECRETNOTE" in mei and "May 20" in mei and "is married to" in mei
    assert "SECRETNOTE" not in ana and "May 20" not in ana and "is married to" not in ana
    network = f"/customers/{shops.a.pk}/network/"
    assert "is married to" in plain(sign_in(cast.mei).get(network))
    assert "is married to" not in plain(sign_in(cast.ana).get(network))


def test_the_second_of_two_sees_the_difference_and_chooses(sign_in, cast, shops, person):
    one = person("王", shops.a, phone="1")
    client = sign_in(cast.mei)
    mine = {"name": "王", "phone": "2", "version": one.version}
    actions.change_person(person=one, phone="3", by=cast.tao)
    response = client.post(f"/customers/people/{one.pk}/edit/", mine)
    assert response.status_code == 409
    assert [(row["field"].name, row["mine"], row["theirs"]) for row in response.context["differing"]] == [
        ("phone", "2", "3")
    ]
    assert Person.objects.get(pk=one.pk).phone == "3"
    again = {name: field.value() or "" for name, field in
             ((field.name, field) for field in response.context["form"])}  # fmt: skip
    assert client.post(f"/customers/people/{one.pk}/edit/", again).status_code == 302
    assert Person.objects.get(pk=one.pk).phone == "2"


def test_a_role_and_a_relation_edited_by_two(sign_in, cast, shops, met):
    client, role = sign_in(cast.mei), met[0].roles.get(customer=shops.a)
    actions.change_role(standing=role, since=DAY)
    values = {"role": "owner", "since": "2020-01-01", "version": 1}
    assert client.post(f"/customers/people/roles/{role.pk}/edit/", values).status_code == 409
    relation = Relation.objects.get(type__code="introduced")
    actions.change_relation(relation=relation, strength=1)
    values = {"strength": 2, "version": 1}
    assert client.post(f"/customers/people/relations/{relation.pk}/edit/", values).status_code == 409
    role.refresh_from_db()
    relation.refresh_from_db()
    assert (role.since, relation.strength) == (DAY, 1)


def test_a_relation_is_written_from_either_end(sign_in, cast, shops, met):
    wang, li, _far = met
    client = sign_in(cast.mei)
    looked = client.post(f"/customers/people/{wang.pk}/relate/", {"find": "1", "q": "李经理", "type": "lends"})
    assert looked.status_code == 200 and f'value="p{li.pk}"' in text_of(looked)
    sent = {"type": "-lends", "q": "李经理", "end": f"p{li.pk}", "strength": "3"}
    assert client.post(f"/customers/people/{wang.pk}/relate/", sent)["Location"] == f"/customers/people/{wang.pk}/"
    made = Relation.objects.get(type__code="lends")
    assert (made.start, made.end, made.strength) == (li, wang, 3)
    twice = client.post(f"/customers/people/{wang.pk}/relate/", sent)
    assert twice.status_code == 422 and Relation.objects.filter(type__code="lends").count() == 1


def test_an_end_out_of_reach_is_refused_like_one_that_is_not_there(sign_in, cast, met):
    wang, _li, far = met
    client = sign_in(cast.mei)
    answers = [
        client.post(f"/customers/people/{wang.pk}/relate/", {"type": "lends", "end": end, "strength": "2"})
        for end in (f"p{far.pk}", "p999999")
    ]
    assert [answer.status_code for answer in answers] == [422, 422]
    assert answers[0].context["form"].errors == answers[1].context["form"].errors
    assert "WEST" not in plain(client.get("/customers/people/find/?q=远方"))


def test_ending_and_standing_elsewhere(sign_in, cast, shops, met):
    wang, li, _far = met
    client = sign_in(cast.mei)
    role = wang.roles.get(customer=shops.a)
    assert client.post(f"/customers/people/roles/{role.pk}/end/", {"until": "2026-04-01"}).status_code == 302
    relation = Relation.objects.get(type__code="introduced")
    assert client.post(f"/customers/people/relations/{relation.pk}/end/", {"until": "2026-04-01"}).status_code == 302
    assert [PersonRole.objects.get(pk=role.pk).until, Relation.objects.get(pk=relation.pk).until] == [
        datetime.date(2026, 4, 1)
    ] * 2
    sent = {"q": "乙店", "role": "landlord"}
    assert client.post(f"/customers/people/{li.pk}/stand/", sent).status_code == 302
    assert li.roles.get(role="landlord").customer == shops.b


def test_analysts_read_and_change_nothing(sign_in, cast, shops, met):
    client = sign_in(cast.ana)
    wang = met[0]
    role = wang.roles.get(customer=shops.a)
    assert client.get(f"/customers/people/{wang.pk}/").status_code == 200
    for path in (
        f"/customers/people/new/?customer={shops.a.pk}",
        f"/customers/people/{wang.pk}/edit/",
        f"/customers/people/{wang.pk}/relate/",
        f"/customers/people/{wang.pk}/stand/",
        f"/customers/people/roles/{role.pk}/end/",
    ):
        assert client.post(path, {"name": "x"}).status_code == 403, path


# --- the network ------------------------------------------------------------------------------------------------


def test_the_network_is_a_drawing_of_links_and_a_list(sign_in, cast, shops, met):
    wang, _li, _far = met
    response = sign_in(cast.mei).get(f"/customers/{shops.a.pk}/network/")
    page = text_of(response)
    for node in (f"/customers/{shops.b.pk}/network/", f"/customers/people/{wang.pk}/network/"):
        assert page.count(f'href="{node}"') >= 2  # drawn, and in the list
    told = [(one["here"].name, one["words"], one["there"].name) for one in response.context["edges"]]
    assert told == [
        ("甲店", "has as its owner", "王老板"),
        ("甲店", "has the same owner as", "乙店"),
        ("王老板", "is the owner of", "乙店"),
        ("王老板", "was introduced by", "李经理"),
    ]
    assert "WEST" not in page


def test_a_hidden_node_breaks_the_network(sign_in, cast, shops, person, types):
    """王 (A) – 远 (W, hidden from Mei) – 何 (C): without 远 nobody reaches 何."""
    wang, far, he = person("王", shops.a), person("远WEST", shops.w), person("何", shops.c)
    for one in (wang, he):
        actions.relate(type=types["friend"], start=one, end=far)
    for who, names in (("mei", {"甲店", "王"}), ("ada", {"甲店", "王", "远WEST"})):
        response = sign_in(getattr(cast, who)).get(f"/customers/{shops.a.pk}/network/")
        assert {node["named"].name for node in response.context["nodes"]} == names
    ask = f"/customers/people/who-knows/?to=p{he.pk}&from=c{shops.a.pk}"
    assert sign_in(cast.mei).get(ask).context["paths"] == []
    assert [step.named.name for step in sign_in(cast.ada).get(ask).context["paths"][0]] == [
        "甲店",
        "王",
        "远WEST",
        "何",
    ]


def test_the_network_is_filtered_by_kind_and_by_what_holds(sign_in, cast, shops, met):
    client, path = sign_in(cast.mei), f"/customers/{shops.a.pk}/network/"

    def names(query):
        found = client.get(path + query)
        return {node["named"].name for node in found.context["nodes"]}

    assert names("?kind=introduced") == {"甲店"}
    assert names("?kind=roles") == {"甲店", "王老板", "乙店"}
    assert names("?kind=roles&kind=introduced") == {"甲店", "王老板", "乙店", "李经理"}
    actions.end_role(standing=met[0].roles.get(customer=shops.b), until=DAY)
    assert names("?kind=roles") == {"甲店", "王老板"}
    assert names("?kind=roles&past=1") == {"甲店", "王老板", "乙店"}
    part = client.get(path, headers={"HX-Request": "true", "HX-Target": "network"})
    assert "<html" not in text_of(part) and 'id="network"' in text_of(part)


def test_the_network_asks_no_more_as_it_grows(sign_in, cast, shops, person, types):
    hub = person("房东", shops.a, role="landlord")
    person("王", shops.a)
    client, paths = sign_in(cast.mei), (f"/customers/{shops.a.pk}/network/", "/customers/people/?q=")
    actions.relate(type=types["friend"], start=hub, end=person("友", shops.b))
    before = [queries(client, path) for path in paths]
    for n in range(100):
        actions.relate(type=types["friend"], start=hub, end=person(f"友{n}", shops.b, role="partner"))
    assert [queries(client, path) for path in paths] == before
    assert before[0] <= 14
    response = client.get(paths[0])
    assert len(response.context["nodes"]) == 80
    assert response.context["graph"].left_out > 0
    assert f"{response.context['graph'].left_out} more stand within two steps" in plain(response)


def test_who_knows_somebody_begins_at_those_in_ones_charge(sign_in, cast, shops, person, types, regions):
    """Tao is in charge of A; 李 stands with nobody of his but is known to 王."""
    wang = person("王老板", shops.a)
    li = actions.create_person(name="李经理", by=cast.tao)
    actions.relate(type=types["introduced"], start=wang, end=li, by=cast.tao)
    client = sign_in(cast.tao)
    found = client.get("/customers/people/who-knows/?q=李经理")
    assert f"to=p{li.pk}" in text_of(found)
    page = plain(client.get(f"/customers/people/who-knows/?to=p{li.pk}"))
    assert "You in charge of 甲店 has as its owner 王老板 introduced 李经理" in page


def test_heads_are_told_through_whom(sign_in, cast, shops, met):
    response = sign_in(cast.mei).get(f"/customers/people/who-knows/?to=p{met[1].pk}")
    steps = response.context["paths"][0]
    assert [step.named.name for step in steps] == ["甲店", "王老板", "李经理"]
    assert steps[0].named.manager == "Tao"
    assert steps[2].words == "was introduced by"


def test_who_knows_somebody_asks_no_more_as_the_network_grows(sign_in, cast, shops, person, types):
    li = person("李", shops.c, role="mall")
    wang = person("王", shops.a)
    actions.relate(type=types["friend"], start=li, end=wang)
    client, path = sign_in(cast.mei), f"/customers/people/who-knows/?to=p{li.pk}"
    before = queries(client, path)
    for n in range(30):
        actions.relate(type=types["friend"], start=li, end=person(f"友{n}", shops.b, role="partner"))
    assert queries(client, path) == before
    assert len(client.get(path).context["paths"]) == 1


@pytest.mark.parametrize("to", ["p999999", "x", "p", "c-1", "p1x", "p" + "9" * 30, "²"])
def test_a_question_about_nobody_finds_nobody(sign_in, cast, shops, to):
    response = sign_in(cast.mei).get("/customers/people/who-knows/", {"to": to})
    assert response.status_code == 200 and "paths" not in response.context
