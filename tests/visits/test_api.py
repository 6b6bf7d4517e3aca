"""Visits over the API: the same rules, with versions."""

from __future__ import annotations

import pytest

from crm.clock import today
from tests.visits.conftest import ahead, at
from visits.models import PlannedVisit
from visits.plan import actions

pytestmark = pytest.mark.django_db
URL = "/api/v1/visits/"
SENT = {"content_type": "application/json"}


def test_planned_read_changed_made_and_called_off(shops, cast):
    client = at(cast.mei)
    body = {"customer": shops[0].pk, "visitor": cast.tao.pk, "day": str(ahead(1)), "goals": ["看库存"]}
    made = client.post(URL, body, **SENT)
    assert made.status_code == 201
    row = made.json()
    assert {name: row[name] for name in ("customer", "day", "minutes", "purpose", "state", "version")} == {
        "customer": shops[0].pk,
        "day": str(ahead(1)),
        "minutes": 45,
        "purpose": "routine",
        "state": "planned",
        "version": 1,
    }
    assert row["visitor"]["username"] == "tao" and row["goals"][0]["text"] == "看库存"
    one = f"{URL}{row['id']}/"
    tag = client.get(one)["ETag"]
    assert tag == made["ETag"] == f'"{row["id"]}-1"'
    assert client.patch(one, {"minutes": 60}, **SENT).status_code == 428
    changed = client.patch(one, {"minutes": 60}, headers={"If-Match": tag}, **SENT)
    assert (changed.status_code, changed.json()["minutes"], changed.json()["goals"]) == (200, 60, row["goals"])
    assert client.patch(one, {"minutes": 30}, headers={"If-Match": tag}, **SENT).status_code == 412
    assert client.post(f"{one}done/", {}, **SENT).status_code == 400  # its day is yet to come
    PlannedVisit.objects.update(day=today())
    goal = row["goals"][0]["id"]
    done = client.post(f"{one}done/", {"outcome": "好", "goals": [{"id": goal, "met": True}]}, **SENT).json()
    assert (done["state"], done["outcome"], done["goals"][0]["met"]) == ("done", "好", True)
    assert client.post(f"{one}reopen/", {}, **SENT).json()["state"] == "planned"
    assert client.post(f"{one}cancel/", {"reason": ""}, **SENT).status_code == 400
    assert client.post(f"{one}cancel/", {"reason": "盘点"}, **SENT).json()["state"] == "cancelled"


def test_refusals_say_which_field(shops, cast):
    client = at(cast.mei)
    body = {"customer": shops[0].pk, "visitor": cast.tao.pk, "day": str(ahead(1))}
    for change, field in (
        ({"day": "2020-01-01"}, "day"),
        ({"minutes": 1}, "minutes"),
        ({"customer": shops[3].pk}, "customer"),
        ({"visitor": cast.lin.pk}, "visitor"),
        ({"visitor": cast.ana.pk}, "visitor"),
        ({"goal": "x"}, "goal"),
    ):
        answer = client.post(URL, {**body, **change}, **SENT)
        assert (answer.status_code, list(answer.json())) == (400, [field])
    assert not PlannedVisit.objects.exists()


def test_narrowed_by_day_person_customer_and_state(visit, shops, cast):
    other = actions.plan_visit(customer=shops[1], visitor=cast.mei, day=ahead(4), by=cast.mei)
    west = actions.plan_visit(customer=shops[3], visitor=cast.lin, day=ahead(4), by=cast.lin)
    actions.call_off(visit=other, reason="x", by=cast.mei)

    def found(query: str, user=cast.mei) -> list[int]:
        return [one["id"] for one in at(user).get(f"{URL}?{query}").json()["results"]]

    assert found("") == [visit.pk, other.pk]
    assert found(f"day_to={ahead(1)}") == [visit.pk] and found(f"day_from={ahead(2)}") == [other.pk]
    assert found(f"visitor={cast.tao.pk}") == [visit.pk] and found(f"customer={shops[1].pk}") == [other.pk]
    assert found("state=cancelled") == [other.pk]
    assert found("", cast.lin) == [west.pk] and found("ordering=-day") == [other.pk, visit.pk]
    assert at(cast.mei).get(f"{URL}?status=done").status_code == 400


def test_others_find_nothing_and_readers_change_nothing(visit, cast):
    one = f"{URL}{visit.pk}/"
    assert at(cast.lin).get(one).status_code == 404
    assert at(cast.lin).patch(one, {"minutes": 60}, headers={"If-Match": "*"}, **SENT).status_code == 404
    assert at(cast.ana).get(one).status_code == 200
    body = {"customer": visit.customer_id, "visitor": cast.tao.pk, "day": str(ahead(3))}
    assert at(cast.ana).post(URL, body, **SENT).status_code == 403
    for path in ("done/", "cancel/", "reopen/"):
        assert at(cast.ana).post(f"{one}{path}", {"reason": "x"}, **SENT).status_code == 403
    visit.refresh_from_db()
    assert (visit.version, PlannedVisit.objects.count()) == (1, 1)
