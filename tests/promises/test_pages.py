"""The promise book's pages, its API, and what Today, briefs and the timeline tell of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.care import briefs
from customers.models import Commitment
from customers.profile.actions import assign
from customers.promises import actions, timeline
from tests.promises.conftest import A_DAY, at
from tests.promises.test_actions import back

pytestmark = pytest.mark.django_db


def page(user, path: str) -> str:
    answer = at(user).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_the_book_by_side_and_nearness(ours, theirs, shops, cast):
    back(theirs, 10)
    text = page(cast.tao, "/promises/")
    assert text.index("清掉夏款") < text.index("补齐断码") and "overdue" in text
    assert "补齐断码" not in page(cast.tao, "/promises/?when=overdue")
    assert "清掉夏款" not in page(cast.tao, "/promises/?side=ours")
    assert "补齐断码" in page(cast.tao, "/promises/?when=week")
    actions.keep(commitment=ours, by=cast.tao)
    assert "补齐断码" in page(cast.tao, "/promises/?when=settled") and "补齐断码" not in page(cast.tao, "/promises/")


def test_others_see_it_in_their_reach_only(ours, cast):
    assert "补齐断码" in page(cast.mei, "/promises/?who=all") and "补齐断码" in page(cast.ana, "/promises/")
    assert "补齐断码" not in page(cast.lin, "/promises/?who=all")
    assert "/keep/" not in page(cast.ana, "/promises/")
    for part in ("", "edit/", "keep/", "put-off/"):
        assert at(cast.lin).get(f"/promises/{ours.pk}/{part}").status_code == 404
    assert at(cast.ana).post(f"/promises/{ours.pk}/keep/").status_code == 403
    assert at(cast.lin).post(f"/promises/{ours.pk}/keep/").status_code == 404
    ours.refresh_from_db()
    assert ours.state == "open"


def test_kept_in_one_tap_and_undone(ours, cast):
    client = at(cast.tao)
    answer = client.post(f"/promises/{ours.pk}/keep/", {"next": "list", "version": "1"}, follow=True)
    assert answer.redirect_chain == [("/promises/", 302)]
    assert f"/promises/{ours.pk}/reopen/" in answer.content.decode()
    ours.refresh_from_db()
    assert ours.state == "kept"
    client.post(f"/promises/{ours.pk}/reopen/")
    ours.refresh_from_db()
    assert ours.state == "open"


def test_after_a_handover_it_is_the_new_managers_to_look_after(ours, shops, cast):
    assert "补齐断码" not in page(cast.mei, "/promises/")
    assign(customers=[shops[0]], user=cast.mei, since=today())
    assert "补齐断码" in page(cast.mei, "/promises/")
    assert "补齐断码" not in page(cast.tao, "/promises/")


def test_written_down_with_a_form(shops, cast):
    path = f"/promises/new/?customer={shops[0].pk}"
    client = at(cast.tao)
    assert client.get(path).status_code == 200
    given = {"side": "theirs", "text": "周报", "due_on": str(today() + A_DAY), "owner": str(cast.tao.pk)}
    assert client.post(path, given)["Location"] == f"/promises/customers/{shops[0].pk}/"
    one = Commitment.objects.get()
    assert (one.side, one.text, one.owner) == ("theirs", "周报", None)
    assert client.post(path, given | {"due_on": "2020-01-01"}).status_code == 422
    assert client.get(f"/promises/new/?customer={shops[3].pk}").status_code == 404
    assert at(cast.ana).post(path, given).status_code == 403
    assert Commitment.objects.count() == 1


def test_put_off_with_a_form(ours, cast):
    day = today() + 30 * A_DAY
    answer = at(cast.tao).post(
        f"/promises/{ours.pk}/put-off/", {"due_on": str(day), "note": "工厂停工", "version": "1"}
    )
    assert answer.status_code == 302
    assert Commitment.objects.open().get().due_on == day
    assert str(ours.pk) in page(cast.tao, f"/promises/{Commitment.objects.open().get().pk}/")


def test_the_customers_pages_show_both_sides_and_rates(ours, theirs, shops, cast):
    actions.keep(commitment=ours, by=cast.tao)
    text = page(cast.mei, f"/promises/customers/{shops[0].pk}/")
    assert "清掉夏款" in text and "补齐断码" in text and "1 of 1 kept" in text
    card = page(cast.mei, f"/customers/{shops[0].pk}/")
    assert "清掉夏款" in card and "1 of 1 kept" in card
    assert at(cast.lin).get(f"/promises/customers/{shops[0].pk}/").status_code == 404


def test_today_shows_what_is_due(ours, theirs, cast):
    assert "清掉夏款" not in page(cast.tao, "/")
    back(theirs, 5)
    text = page(cast.tao, "/")
    assert "They promised until" in text and "清掉夏款" in text and "补齐断码" not in text
    assert "清掉夏款" not in page(cast.lin, "/") and "清掉夏款" not in page(cast.ana, "/")


def test_a_list_of_many_costs_no_more_statements(shops, cast):
    def cost() -> int:
        client = at(cast.tao)
        client.get("/promises/")
        with CaptureQueriesContext(
            connection,
        ) as seen:
            client.get("/promises/")
        return len(seen)

    def more(n):
        for _n in range(n):
            actions.make_commitment(customer=shops[0], side="ours", text="货", due_on=today(), by=cast.tao)

    more(2)
    few = cost()
    more(20)
    assert cost() == few


def test_open_promises_come_first_in_a_brief(ours, theirs, shops, cast):
    actions.keep(commitment=ours, by=cast.tao)
    sections, _may = briefs.read(shops[0], briefs.build([shops[0]])[shops[0].pk], cast.mei)
    assert sections[0].key == "promises"
    assert sections[0].lines[0].startswith("They promised by") and "清掉夏款" in sections[0].lines[0]


def test_the_timeline_tells_when_it_was_made_and_how_it_ended(ours, shops, cast):
    actions.break_(commitment=ours, by=cast.tao)
    found = timeline.entries(cast.mei, shops[0], today(), today())
    assert [(one.kind, one.title, one.text, one.tone) for one in found] == [
        ("promise", "We promised", "补齐断码", ""),
        ("promise", "Promise broken", "补齐断码", "bad"),
    ]
    assert timeline.entries(cast.lin, shops[0], today(), today()) == []
    assert timeline.entries(cast.mei, shops[0], today() - 9 * A_DAY, today() - A_DAY) == []


def test_over_the_api(shops, cast):
    client = at(cast.tao)
    given = {"customer": shops[0].pk, "side": "ours", "text": "补货", "due_on": str(today() + A_DAY)}
    made = client.post("/api/v1/promises/", given, content_type="application/json")
    assert made.status_code == 201, made.content
    pk, told = made.json()["id"], made.json()
    assert (told["side"], told["state"], told["owner"]["id"]) == ("ours", "open", cast.tao.pk)
    assert [one["id"] for one in at(cast.mei).get("/api/v1/promises/?side=ours").json()["results"]] == [pk]
    assert at(cast.lin).get("/api/v1/promises/").json()["results"] == []
    assert at(cast.lin).get(f"/api/v1/promises/{pk}/").status_code == 404
    path = f"/api/v1/promises/{pk}/"
    body = {"text": "补货和换货"}
    assert client.patch(path, body, content_type="application/json").status_code == 428
    tag = {"HTTP_IF_MATCH": made["ETag"]}
    assert client.patch(path, body, content_type="application/json", **tag).json()["text"] == "补货和换货"
    assert client.patch(path, body, content_type="application/json", **tag).status_code == 412
    later = client.post(f"{path}put-off/", {"due_on": str(today() + 8 * A_DAY)}, content_type="application/json").json()
    assert (later["earlier"], later["state"]) == (pk, "open")
    kept = client.post(f"/api/v1/promises/{later['id']}/keep/", {}, content_type="application/json").json()
    assert (kept["state"], kept["settled_on"], kept["kept_late"]) == ("kept", str(today()), False)
    assert at(cast.ana).post("/api/v1/promises/", given, content_type="application/json").status_code == 403
    assert (
        client.post("/api/v1/promises/", given | {"customer": shops[3].pk}, content_type="application/json").status_code
        == 400
    )
