"""The calendar on one's devices: whose visits, in what form, and who can open it."""

from __future__ import annotations

import datetime
import hashlib

import pytest
from django.test import Client
from icalendar import Calendar

from crm.clock import today
from crm.models import AuditEntry
from customers.profile.actions import assign, change_customer
from tests.visits.conftest import ahead, at
from visits.feed import actions
from visits.feed.calendar import Entry, calendar
from visits.models import CalendarFeed
from visits.plan.actions import call_off, change_visit, plan_visit

NOW = datetime.datetime(2026, 3, 2, 8, tzinfo=datetime.UTC)


def entry(**more) -> Entry:
    values = {
        "id": 7,
        "version": 3,
        "state": "planned",
        "agreed": True,
        "day": datetime.date(2026, 3, 4),
        "starts_at": datetime.time(9, 30),
        "minutes": 45,
        "title": "店0 · 例行",
        "place": "江苏省 南京市",
        "url": "https://qiao.test/visits/7/",
        "planned_at": NOW,
    }
    return Entry(**{**values, **more})


def events(body: bytes) -> dict[str, object]:
    return {str(one["uid"]): one for one in Calendar.from_ical(body).walk("VEVENT")}


def test_an_event_says_when_in_the_companys_zone():
    body = calendar([entry()], name="n", zone="Asia/Shanghai", now=NOW)
    (one,) = events(body).values()
    assert (one["uid"], one["sequence"], one["status"]) == ("visit-7@visits.qiao", 3, "CONFIRMED")
    start = one.decoded("dtstart")
    assert start.astimezone(datetime.UTC) == datetime.datetime(2026, 3, 4, 1, 30, tzinfo=datetime.UTC)
    assert one.decoded("dtend") - start == datetime.timedelta(minutes=45)
    assert b"DTSTART;TZID=Asia/Shanghai:20260304T093000" in body and b"BEGIN:VTIMEZONE" in body
    assert (one["location"], one["class"]) == ("江苏省 南京市", "PRIVATE")


def test_a_day_without_a_time_and_one_called_off():
    body = calendar(
        [entry(starts_at=None, agreed=False), entry(id=8, state="cancelled", version=4)],
        name="n",
        zone="Asia/Shanghai",
        now=NOW,
    )
    found = events(body)
    assert b"DTSTART;VALUE=DATE:20260304" in body and b"DTEND;VALUE=DATE:20260305" in body
    assert found["visit-7@visits.qiao"]["status"] == "TENTATIVE"
    assert (found["visit-8@visits.qiao"]["status"], found["visit-8@visits.qiao"]["sequence"]) == ("CANCELLED", 4)


def address(client) -> str:
    page = client.post("/visits/calendar/new/").content.decode()
    return page.partition("<code>http://testserver")[2].partition("</code>")[0]


@pytest.mark.django_db
def test_it_is_shown_once_and_only_its_digest_is_kept(visit, cast):
    client = at(cast.tao)
    path = address(client)
    token = path.removeprefix("/ical/").removesuffix(".ics")
    assert len(token) == 43 and token not in client.get("/visits/calendar/").content.decode()
    assert CalendarFeed.objects.get().digest == hashlib.sha256(token.encode()).hexdigest()
    told = AuditEntry.objects.filter(action="calendar_feed.create").get()
    assert token not in str(told.changes) and told.actor == cast.tao
    answer = Client().get(path)
    assert (answer.status_code, answer["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    assert "no-store" in answer["Cache-Control"] and not answer.cookies
    assert list(events(answer.content)) == [f"visit-{visit.pk}@visits.qiao"]
    for secret in ("看库存", "先打电话"):
        assert secret not in answer.content.decode()


@pytest.mark.django_db
def test_a_new_one_ends_the_old_and_revoking_ends_all(visit, cast):
    client = at(cast.tao)
    first = address(client)
    second = address(client)
    assert (Client().get(first).status_code, Client().get(second).status_code) == (404, 200)
    for _n in range(2):
        client.post("/visits/calendar/revoke/")
    assert Client().get(second).status_code == 404
    assert AuditEntry.objects.filter(action="calendar_feed.revoke").count() == 1
    assert CalendarFeed.objects.count() == 2
    third = address(client)
    type(cast.tao).objects.filter(pk=cast.tao.pk).update(is_active=False)
    assert Client().get(third).status_code == 404
    assert at(cast.ana).post("/visits/calendar/new/").status_code == 403


@pytest.mark.django_db
def test_changes_and_calling_off_reach_the_calendar(visit, shops, cast):
    _feed, token = actions.create_feed(user=cast.tao)
    path, uid = f"/ical/{token}.ics", f"visit-{visit.pk}@visits.qiao"
    assert events(Client().get(path).content)[uid]["sequence"] == 1
    change_visit(visit=visit, by=cast.tao, starts_at=datetime.time(14), day=ahead(2))
    moved = events(Client().get(path).content)[uid]
    assert (moved["sequence"], moved.decoded("dtstart").hour) == (2, 14)
    call_off(visit=visit, reason="盘点", by=cast.tao)
    gone = Client().get(path).content
    assert (events(gone)[uid]["sequence"], events(gone)[uid]["status"]) == (3, "CANCELLED")
    assert "盘点" not in gone.decode()


@pytest.mark.django_db
def test_ones_own_visits_only_and_no_address_of_who_is_out_of_sight(visit, shops, cast):
    change_customer(customer=shops[0], by=cast.ada, address="ADDRESSMARK 1")
    plan_visit(customer=shops[1], visitor=cast.mei, day=ahead(1), by=cast.mei)
    _feed, token = actions.create_feed(user=cast.tao)
    body = Client().get(f"/ical/{token}.ics").content
    assert len(events(body)) == 1 and b"ADDRESSMARK" in body
    assign(customers=[shops[0]], user=cast.mei, since=today())
    body = Client().get(f"/ical/{token}.ics").content
    assert len(events(body)) == 1 and b"ADDRESSMARK" not in body


def test_the_address_is_left_out_of_the_log():
    from crm.logs import without_secrets

    assert "SECRET" not in without_secrets("GET /ical/SECRETSECRET.ics 200")
