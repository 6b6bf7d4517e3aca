"""The pages of contacts: the panel, the form, lists, common ground; and what stays private everywhere."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import today
from customers.care import briefs
from customers.contacts import actions, exporting, ground, timeline
from customers.models import Commitment, Contact, Topic
from tests.contacts.conftest import A_DAY, at

pytestmark = pytest.mark.django_db
JSON = {"HTTP_ACCEPT": "application/json"}


def page(user, path: str) -> str:
    answer = at(user).get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()


def test_three_fields_and_it_is_logged(shops, cast):
    path = f"/contacts/new/?customer={shops[0].pk}"
    answer = at(cast.tao).post(path, {"channel": "call", "mood_after": "4", "text": "聊得好"})
    assert answer["Location"] == f"/contacts/customers/{shops[0].pk}/"
    made = Contact.objects.get()
    assert (made.mood_after, made.text, made.by, made.asked_nothing) == (4, "聊得好", cast.tao, True)


def test_the_form_with_everything(shops, cast, owner):
    topic = ground.add_topic(customer=shops[0], text="钓鱼", by=cast.tao)
    given = {
        "channel": "meal",
        "mood_before": "3",
        "mood_after": "5",
        "text": "吃火锅",
        "topics": [str(topic.pk)],
        "next_step": "寄鱼竿",
        "next_on": str(today() + A_DAY),
        "ours": "补断码",
        "ours_due": str(today() + A_DAY),
        "theirs": "清夏款",
        "theirs_due": str(today() + A_DAY),
        "person": str(owner.pk),
        "direction": "in",
        "purpose": "relation",
        "asked": "no",
        "openness": "5",
        "own_mood": "2",
    }
    answer = at(cast.tao).post(f"/contacts/new/?customer={shops[0].pk}", given)
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    made = Contact.objects.get()
    assert (made.direction, made.purpose, made.asked_nothing, made.openness, made.own_mood) == (
        "in",
        "relation",
        True,
        5,
        2,
    )
    assert Commitment.objects.count() == 2 and Topic.objects.get().used == 1
    text = page(cast.mei, f"/contacts/{made.pk}/")
    assert "吃火锅" in text and "My own mood" not in text
    assert "My own mood" in page(cast.tao, f"/contacts/{made.pk}/")


def test_a_promise_needs_a_day_and_words(shops, cast):
    path = f"/contacts/new/?customer={shops[0].pk}"
    for given in ({"ours": "货"}, {"theirs_due": str(today())}):
        assert at(cast.tao).post(path, {"channel": "call", **given}).status_code == 422
    assert not Contact.objects.exists() and not Commitment.objects.exists()


def test_by_script_it_answers_json_and_makes_one_of_a_key(shops, cast):
    path, key = f"/contacts/new/?customer={shops[0].pk}", str(uuid.uuid4())
    client = at(cast.tao)
    given = {"channel": "call", "text": "一", "client_key": key, "written_at": "2026-11-01T08:00:00.000Z"}
    first = client.post(path, given, **JSON, HTTP_X_STAY="1")
    again = client.post(path, given, **JSON, HTTP_X_STAY="1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert (
        first.json()
        == again.json()
        == {
            "id": Contact.objects.get().pk,
            "text": "The contact with 店0 is logged.",
            "url": f"/contacts/{Contact.objects.get().pk}/",
        }
    )
    assert Contact.objects.get().happened_at.isoformat() == "2026-11-01T08:00:00+00:00"
    refused = client.post(path, {"channel": "pigeon"}, **JSON)
    assert refused.status_code == 422 and "channel" in refused.json()["errors"]
    bad = client.post(path, {"channel": "call", "ours": "货", "ours_due": "2020-01-01"}, **JSON)
    assert bad.status_code == 422 and Contact.objects.count() == 1


def test_the_panel_knows_the_customer_channels_and_ground(shops, cast):
    actions.log_contact(customer=shops[1], by=cast.tao, channel="meal")
    ground.add_topic(customer=shops[0], text="钓鱼", by=cast.tao)
    ground.add_topic(customer=shops[0], text="分家", kind="avoid", by=cast.tao)
    text = page(cast.tao, f"/contacts/quick/?customer={shops[0].pk}")
    assert "店0" in text and "钓鱼" in text and "Better not" in text and "分家" in text
    assert text.index('value="meal"') < text.index('value="call"')
    choice = page(cast.tao, "/contacts/quick/")
    assert "店1" in choice and 'hx-get="/contacts/find/"' in choice
    assert "店2" in page(cast.tao, "/contacts/find/?q=店2")
    assert "西店" not in page(cast.tao, "/contacts/find/?q=西店")
    assert "店2" in page(cast.tao, "/contacts/new/?q=店2")


def test_who_may_log(shops, cast):
    path = f"/contacts/new/?customer={shops[0].pk}"
    for person, code in ((cast.ana, 403), (cast.lin, 404)):
        assert at(person).get(path).status_code == code
        assert at(person).post(path, {"channel": "call"}, **JSON).status_code == code
        assert at(person).get(f"/contacts/quick/?customer={shops[0].pk}").status_code == code
    assert at(cast.ana).get("/contacts/find/?q=店").status_code == 403
    assert not Contact.objects.exists()
    assert "data-key-log" not in page(cast.ana, "/") and "data-key-log" in page(cast.tao, "/")


def test_the_list_and_its_filters(shops, cast):
    actions.log_contact(customer=shops[0], by=cast.tao, channel="call", mood_after=1, text="火气大", just_listened=True)
    actions.log_contact(customer=shops[1], by=cast.mei, channel="meal", mood_before=5, text="很开心")
    for query, seen in (
        ("", (True, True)),
        ("?channel=call", (True, False)),
        ("?mood=low", (True, False)),
        ("?mood=high", (False, True)),
        ("?who=mine", (False, True)),
        (f"?who={cast.tao.pk}", (True, False)),
        ("?mark=vent", (True, False)),
        ("?channel=nonsense", (True, True)),
    ):
        text = page(cast.mei, f"/contacts/{query}")
        assert ("火气大" in text, "很开心" in text) == seen, query
    assert "火气大" not in page(cast.lin, "/contacts/")


def test_page_by_page_and_flat(shops, cast, monkeypatch):
    from customers.contacts import views

    monkeypatch.setattr(views, "PAGE", 2)
    client = at(cast.tao)

    def cost() -> int:
        client.get("/contacts/")
        with CaptureQueriesContext(connection) as seen:
            client.get("/contacts/")
        return len(seen)

    for n in range(3):
        actions.log_contact(customer=shops[0], by=cast.tao, channel="call", text=f"call-{n}")
    few = cost()
    for n in range(3, 5):
        actions.log_contact(customer=shops[1], by=cast.tao, channel="call", text=f"call-{n}")
    assert cost() == few
    seen, path = [], "/contacts/"
    while path:
        answer = client.get(path)
        seen += [one.text for one in answer.context["contacts"]]
        after = answer.context["page"].after
        path = f"/contacts/?after={after}" if after else ""
    assert seen == [f"call-{n}" for n in (4, 3, 2, 1, 0)]


def test_changed_and_taken_back_with_a_form(shops, cast):
    made = actions.log_contact(customer=shops[0], by=cast.tao, channel="call", text="一", next_step="送样品")
    path = f"/contacts/{made.pk}/edit/"
    assert at(cast.tao).get(path).status_code == 200
    given = {"channel": "wechat", "text": "二", "version": "1", "asked": "yes"}
    assert at(cast.tao).post(path, given).status_code == 302
    happened = made.happened_at
    made.refresh_from_db()
    assert (made.channel, made.text, made.next_step, made.happened_at) == ("wechat", "二", "", happened)
    assert at(cast.mei).post(path, given).status_code == 403
    assert at(cast.lin).get(f"/contacts/{made.pk}/").status_code == 404
    assert at(cast.mei).post(f"/contacts/{made.pk}/remove/").status_code == 302
    assert Contact.objects.live().exists()
    at(cast.tao).post(f"/contacts/{made.pk}/remove/", {"reason": "打错"})
    assert not Contact.objects.live().exists()
    assert "taken back" in page(cast.tao, f"/contacts/{made.pk}/")
    assert at(cast.mei).get(f"/contacts/{made.pk}/").status_code == 404
    assert at(cast.ada).get(path).status_code == at(cast.mei).post(f"/contacts/{made.pk}/restore/").status_code == 404
    assert not Contact.objects.live().exists()
    at(cast.tao).post(f"/contacts/{made.pk}/restore/")
    assert Contact.objects.live().exists()


def test_common_ground_on_the_customers_pages(shops, cast, owner):
    path = f"/contacts/customers/{shops[0].pk}/"
    at(cast.tao).post(f"{path}ground/", {"text": "钓鱼", "kind": "interest", "person": str(owner.pk)})
    at(cast.tao).post(f"{path}ground/", {"text": "分家", "kind": "avoid"})
    for one in (path, f"/customers/{shops[0].pk}/"):
        assert "钓鱼" in page(cast.mei, one) and "分家" in page(cast.mei, one)
        assert "钓鱼" in page(cast.ana, one) and "分家" not in page(cast.ana, one)
    topic = Topic.objects.get(text="钓鱼")
    assert topic.person == owner
    assert "钓鱼" in page(cast.mei, f"/customers/people/{owner.pk}/")
    assert at(cast.lin).post(f"/contacts/ground/{topic.pk}/retire/").status_code == 404
    assert at(cast.ana).post(f"/contacts/ground/{topic.pk}/retire/").status_code == 403
    at(cast.tao).post(f"/contacts/ground/{topic.pk}/retire/")
    topic.refresh_from_db()
    assert topic.retired_on == today()
    at(cast.tao).post(f"/contacts/ground/{topic.pk}/back/")
    topic.refresh_from_db()
    assert topic.retired_on is None


def test_the_brief_tells_of_talks_and_ground(shops, cast):
    actions.log_contact(customer=shops[0], by=cast.tao, channel="call", mood_before=2, mood_after=4, text="听他说完")
    ground.add_topic(customer=shops[0], text="钓鱼", by=cast.tao)
    ground.add_topic(customer=shops[0], text="分家", kind="avoid", by=cast.tao)
    built = briefs.build([shops[0]])[shops[0].pk]
    told = {one.key: one.lines for one in briefs.read(shops[0], built, cast.mei)[0]}
    assert told["common"] == ["钓鱼"] and told["avoid"] == ["分家"]
    assert "听他说完" in told["contacts"][0] and "uneasy, then content" in told["mood"][0]
    assert "avoid" not in {one.key for one in briefs.read(shops[0], built, cast.ana)[0]}


def test_the_timeline(shops, cast):
    made = actions.log_contact(customer=shops[0], by=cast.tao, channel="call", mood_after=1, text="火气大")
    (found,) = timeline.entries(cast.mei, shops[0], today(), today())
    assert (found.kind, found.title, found.text) == ("contact", "call, Tao", "火气大 · angry")
    assert (found.url, found.tone) == (f"/contacts/{made.pk}/", "bad")
    assert timeline.entries(cast.mei, shops[0], today() - 9 * A_DAY, today() - A_DAY) == []


def test_a_private_one_is_its_authors_alone_everywhere(shops, cast):
    shop = shops[0]
    made = actions.log_contact(customer=shop, by=cast.tao, channel="call", text="SECRET", mood_after=1, is_private=True)
    paths = [
        f"/customers/{shop.pk}/",
        f"/contacts/customers/{shop.pk}/",
        f"/contacts/?mark=private&who={cast.tao.pk}",
        "/contacts/",
        f"/customers/{shop.pk}/handover/",
        f"/api/v1/contacts/?customer={shop.pk}",
        f"/api/v1/customers/{shop.pk}/brief/",
        "/admin/customers/contact/",
        "/audit/",
        "/search/?q=SECRET",
        "/api/v1/search/?q=SECRET",
    ]
    for person in (cast.mei, cast.ada, cast.ana, cast.lin):
        client = at(person)
        for path in paths:
            text = client.get(path).content.decode()
            assert f"/contacts/{made.pk}/" not in text, (person, path)
            assert "SECRET" in path or "SECRET" not in text, (person, path)
        for path in (f"/contacts/{made.pk}/", f"/contacts/{made.pk}/edit/", f"/api/v1/contacts/{made.pk}/"):
            assert client.get(path).status_code in (404, 403), (person, path)
        assert [one.text for one in Contact.objects.visible_to(person)] == []
        assert timeline.entries(person, shop, today(), today()) == []
        assert "SECRET" not in str(list(exporting.rows(person, {})))
    assert "SECRET" not in str(briefs.build([shop]))
    tao = at(cast.tao)
    for path in paths[:4]:
        assert "SECRET" in tao.get(path).content.decode(), path
    assert f"/contacts/{made.pk}/" in tao.get("/search/?q=SECRET").content.decode()
    assert "SECRET" in str(list(exporting.rows(cast.tao, {})))


def test_found_by_what_was_said(shops, cast):
    made = actions.log_contact(customer=shops[0], by=cast.tao, channel="call", text="Wants crimson shelves")
    assert f"/contacts/{made.pk}/" in page(cast.mei, "/search/?q=crimson")
    assert f"/contacts/{made.pk}/" not in page(cast.lin, "/search/?q=crimson")
    actions.change_contact(contact=made, by=cast.tao, text="Wants purple shelves")
    assert f"/contacts/{made.pk}/" not in page(cast.mei, "/search/?q=crimson")
    actions.remove_contact(contact=made, by=cast.tao)
    assert f"/contacts/{made.pk}/" not in page(cast.mei, "/search/?q=purple")


def test_over_the_api(shops, cast):
    client, kind = at(cast.tao), "application/json"
    topic = client.post("/api/v1/topics/", {"customer": shops[0].pk, "text": "钓鱼"}, content_type=kind).json()
    given = {
        "customer": shops[0].pk,
        "channel": "call",
        "mood_after": 4,
        "text": "一",
        "own_mood": 2,
        "topics": [topic["id"]],
        "promises": [{"side": "ours", "text": "货", "due_on": str(today())}],
        "client_key": str(uuid.uuid4()),
    }
    made = client.post("/api/v1/contacts/", given, content_type=kind)
    assert made.status_code == 201, made.content
    assert client.post("/api/v1/contacts/", given, content_type=kind).json()["id"] == made.json()["id"]
    assert (Contact.objects.count(), Commitment.objects.count(), Topic.objects.get().used) == (1, 1, 1)
    path = f"/api/v1/contacts/{made.json()['id']}/"
    assert made.json()["own_mood"] == 2 and at(cast.mei).get(path).json()["own_mood"] is None
    assert client.patch(path, {"text": "二"}, content_type=kind).status_code == 428
    changed = client.patch(path, {"text": "二"}, content_type=kind, HTTP_IF_MATCH=made["ETag"])
    assert (changed.json()["text"], changed.json()["mood_after"]) == ("二", 4)
    assert at(cast.ana).post("/api/v1/contacts/", given, content_type=kind).status_code == 403
    foreign = given | {"customer": shops[3].pk}
    assert client.post("/api/v1/contacts/", foreign, content_type=kind).status_code == 400
    avoid = ground.add_topic(customer=shops[0], text="分家", kind="avoid", by=cast.tao)
    assert [one["id"] for one in at(cast.ana).get("/api/v1/topics/").json()["results"]] == [topic["id"]]
    assert at(cast.bot).get(f"/api/v1/topics/{avoid.pk}/").status_code == 404
    assert at(cast.mei).get(f"/api/v1/topics/{avoid.pk}/").status_code == 200
