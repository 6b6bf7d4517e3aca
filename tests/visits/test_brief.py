"""The brief before a visit and the sheet of a day: what is on it, what is not, and how to get there."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm import geo
from crm.models import AuditEntry
from customers.care.notes import write_note
from customers.contacts.actions import log_contact
from customers.contacts.ground import add_topic
from customers.facts.actions import Origin, note_fact
from customers.profile.actions import change_customer
from tests.visits.conftest import ahead, at
from visits.plan.actions import plan_visit
from visits.plan.navigating import Ways, ways

OPENLY = Origin(purpose="advice", consent="spoken")


def test_each_map_program_gets_its_own_coordinates():
    found = ways(31.2304, 121.4737, "店 0", "南京路 1 号")
    lat, lon = geo.convert(31.2304, 121.4737, "wgs84", "gcj02")
    bd = geo.convert(31.2304, 121.4737, "wgs84", "bd09")
    assert found.geo == "geo:31.230400,121.473700?q=31.230400,121.473700(%E5%BA%97%200)"
    amap, baidu, apple = (parse_qs(urlsplit(one).query) for one in (found.amap, found.baidu, found.apple))
    assert amap["to"] == [f"{lon:.6f},{lat:.6f},店 0"] and amap["coordinate"] == ["gaode"]
    assert baidu["location"] == [f"{bd[0]:.6f},{bd[1]:.6f}"] and baidu["coord_type"] == ["bd09ll"]
    assert apple["daddr"] == [f"{lat:.6f},{lon:.6f}"]
    assert geo.distance_m(31.2304, 121.4737, lat, lon) > 400


def test_without_a_position_the_address_is_looked_for():
    assert ways(None, None, "店", "南京路 1 号").geo == "geo:0,0?q=%E5%8D%97%E4%BA%AC%E8%B7%AF%201%20%E5%8F%B7"
    assert ways(None, None, "店", " ") == Ways()
    abroad = ways(48.2, 16.37, "Wien")
    assert parse_qs(urlsplit(abroad.apple).query)["daddr"] == ["48.200000,16.370000"]


db = pytest.mark.django_db


@pytest.fixture
def known(shops, visit, cast, policy):
    change_customer(customer=shops[0], by=cast.ada, address="南京路 1 号", phone="025 1")
    log_contact(customer=shops[0], by=cast.tao, channel="call", text="聊了补货", mood_after=4, next_step="发新款图")
    log_contact(customer=shops[0], by=cast.tao, channel="call", text="PRIVATEMARK", is_private=True)
    write_note(customer=shops[0], text="PRIVATENOTE", is_private=True, by=cast.tao)
    add_topic(customer=shops[0], text="钓鱼", kind="interest", by=cast.tao)
    add_topic(customer=shops[0], text="离婚", kind="avoid", by=cast.tao)
    note_fact(customer=shops[0], field="family", value="FAMILYMARK", by=cast.tao, origin=OPENLY)
    return visit


def page(user, path: str, **posted) -> str:
    client = at(user)
    answer = client.post(path, posted) if posted else client.get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


@db
def test_a_brief_tells_what_one_needs_and_nothing_private(known, shops, cast):
    for path in (f"/visits/{known.pk}/brief/", f"/visits/customers/{shops[0].pk}/brief/"):
        text = page(cast.tao, path)
        for word in ("聊了补货", "Next step: 发新款图", "钓鱼", "离婚", "南京路 1 号", "uri.amap.com"):
            assert word in text, (path, word)
        assert "PRIVATEMARK" not in text and "PRIVATENOTE" not in text and "FAMILYMARK" not in text
    assert "看库存" in page(cast.tao, f"/visits/{known.pk}/brief/")
    assert "离婚" not in page(cast.ana, f"/visits/{known.pk}/brief/")
    assert not AuditEntry.objects.filter(action="fact.read").exists()


@db
def test_what_is_masked_is_shown_when_asked_for_and_written_down(known, cast):
    path = f"/visits/{known.pk}/brief/"
    assert "FAMILYMARK" in page(cast.tao, path, reveal="1")
    read = AuditEntry.objects.get(action="fact.read")
    assert (read.actor, read.reason, read.changes["field"]) == (cast.tao, "brief before a visit", "family")
    assert at(cast.ana).post(path).status_code == 403
    assert AuditEntry.objects.filter(action="fact.read").count() == 1


@db
def test_whose_customer_it_is_not_finds_no_brief(known, shops, cast):
    for path in (f"/visits/{known.pk}/brief/", f"/visits/customers/{shops[0].pk}/brief/"):
        assert at(cast.lin).get(path).status_code == 404


@db
def test_a_day_in_its_order(known, shops, cast):
    day = known.day
    first = plan_visit(customer=shops[2], visitor=cast.tao, day=day, starts_at="09:00", by=cast.tao)
    plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(2), by=cast.tao)
    text = page(cast.tao, f"/visits/sheet/?day={day}")
    assert text.index(f"/visits/{first.pk}/brief/") < text.index(f"/visits/{known.pk}/brief/")
    assert "店1" not in text and "钓鱼" in text and "FAMILYMARK" not in text
    assert f"/visits/{known.pk}/brief/" in page(cast.mei, f"/visits/sheet/?day={day}&person={cast.tao.pk}")
    assert f"/visits/{known.pk}/brief/" not in page(cast.lin, f"/visits/sheet/?day={day}&person={cast.tao.pk}")
    assert "No visit on this day" in page(cast.tao, "/visits/sheet/?day=9999-99-99")


@db
def test_a_day_takes_as_few_statements_for_many_as_for_few(known, shops, cast):
    client = at(cast.tao)

    def asked() -> int:
        client.get(f"/visits/sheet/?day={known.day}")
        with CaptureQueriesContext(connection) as found:
            client.get(f"/visits/sheet/?day={known.day}")
        return len(found)

    few = asked()
    for shop in shops[1:3]:
        plan_visit(customer=shop, visitor=cast.tao, day=known.day, by=cast.tao, goals=["x", "y"])
        note_fact(customer=shop, field="family", value="x", by=cast.tao, origin=OPENLY)
        log_contact(customer=shop, by=cast.tao, channel="call", text="好", next_step="再来")
    assert asked() == few


@db
def test_links_to_it(known, shops, cast):
    assert f"/visits/{known.pk}/brief/" in page(cast.tao, f"/visits/{known.pk}/")
    assert f"/visits/customers/{shops[0].pk}/brief/" in page(cast.tao, f"/customers/{shops[0].pk}/")


@db
def test_the_api_tells_it_masked(known, cast):
    told = at(cast.tao).get(f"/api/v1/visits/{known.pk}/brief/").json()
    parts = {one["key"]: one["lines"] for one in told["sections"]}
    assert parts["goals"] == ["看库存", "谈陈列"] and "FAMILYMARK" not in str(told)
    assert told["ways"]["geo"].startswith("geo:0,0?q=")
