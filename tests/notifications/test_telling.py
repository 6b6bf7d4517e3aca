"""Telling people: once, as they want it, in their language, and by letter when it is not quiet."""

from __future__ import annotations

import datetime

import pytest
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crm.jobs.models import Job
from crm.jobs.runner import run_here
from crm.models import Notification, NotificationHours
from crm.notifications import actions, jobs
from crm.notifications.kinds import DIGEST, NOW, OFF

pytestmark = pytest.mark.django_db
PARAMS = {"person": "美", "n": 2, "note": "先看嘉兴"}


def at(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def noon(monkeypatch):
    """A Friday at noon, in the company's time zone."""
    moment = timezone.make_aware(datetime.datetime(2026, 11, 27, 12, 1))
    for module in (actions, jobs):
        monkeypatch.setattr(module.timezone, "localtime", lambda *args: moment)
    return moment


def tell(*users, key="handover:1", kind="care.handover", params=PARAMS) -> int:
    return actions.notify(kind=kind, to=[user.pk for user in users], key=key, params=params, url="/customers/")


def test_each_is_told_once(cast):
    assert tell(cast.tao, cast.mei) == 2
    assert tell(cast.tao, cast.mei, cast.lin) == 1
    assert sorted(Notification.objects.values_list("user__username", flat=True)) == ["lin", "mei", "tao"]


def test_who_left_is_told_nothing(cast):
    cast.tao.is_active = False
    cast.tao.save()
    assert tell(cast.tao) == 0 and not Notification.objects.exists()


def test_many_cost_no_more_statements_than_one(cast):
    def statements(*users, key) -> int:
        with CaptureQueriesContext(connection) as asked:
            tell(*users, key=key)
        return len(asked)

    assert statements(cast.tao, key="a") == statements(cast.tao, cast.mei, cast.lin, cast.ana, key="b")


def test_it_is_read_in_the_readers_language_and_by_nobody_else(cast):
    tell(cast.tao)
    cast.tao.language = "zh-hans"
    cast.tao.save()
    assert "美" in at(cast.tao).get("/notifications/").content.decode()
    assert "先看嘉兴" not in at(cast.mei).get("/notifications/").content.decode()
    one = Notification.objects.get()
    assert at(cast.mei).post(f"/notifications/{one.pk}/open/").status_code == 404
    assert at(cast.ada).post(f"/notifications/{one.pk}/open/").status_code == 404
    one.refresh_from_db()
    assert one.read_at is None


def test_opening_one_marks_it_read_and_leads_there(cast):
    tell(cast.tao)
    one = Notification.objects.get()
    client = at(cast.tao)
    assert "1 unread" in client.get("/notifications/").content.decode()
    answer = client.post(f"/notifications/{one.pk}/open/")
    assert answer["Location"] == "/customers/"
    one.refresh_from_db()
    assert one.read_at is not None
    assert "0 unread" in client.get("/notifications/").content.decode()


def test_a_letter_waits_for_the_next_five_minutes_and_holds_all_that_came(cast, noon):
    tell(cast.tao, key="a")
    tell(cast.tao, key="b")
    job = Job.objects.get(kind="notifications.mail")
    assert job.run_after == noon.replace(minute=5)
    Job.objects.update(run_after=noon - datetime.timedelta(days=400))
    assert run_here(job).result == {"sent": 2}
    (letter,) = mail.outbox
    assert letter.to == ["tao@qiao.test"]
    assert letter.subject == "Qiao: 2 things to look at"
    assert letter.body.count("美 hands 2 customers over to you") == 2 and "先看嘉兴" in letter.body


def test_what_was_read_meanwhile_needs_no_letter(cast, noon):
    tell(cast.tao)
    actions.mark_read(user=cast.tao)
    job = Job.objects.get(kind="notifications.mail")
    Job.objects.update(run_after=noon - datetime.timedelta(days=400))
    assert run_here(job).result == {"sent": 0} and mail.outbox == []


def test_a_letter_that_comes_late_into_quiet_hours_waits_for_their_end(cast, monkeypatch):
    night = timezone.make_aware(datetime.datetime(2026, 11, 27, 23, 0))
    for module in (actions, jobs):
        monkeypatch.setattr(module.timezone, "localtime", lambda *args: night)
    tell(cast.tao)
    job = Job.objects.get(kind="notifications.mail")
    assert job.run_after == night.replace(hour=7) + datetime.timedelta(days=1)
    Job.objects.update(run_after=night - datetime.timedelta(days=400))
    assert run_here(job).result == {"sent": 0} and mail.outbox == []
    assert Notification.objects.get().mailed_at is None


def test_a_server_that_refuses_leaves_the_letter_to_the_next_try(cast, noon, monkeypatch):
    tell(cast.tao)

    def refuse(self, **kwargs):
        raise ConnectionRefusedError

    monkeypatch.setattr("django.core.mail.EmailMessage.send", refuse)
    job = Job.objects.get(kind="notifications.mail")
    Job.objects.update(run_after=noon - datetime.timedelta(days=400))
    assert run_here(job).state == "queued"
    assert Notification.objects.get().mailed_at is None


def test_wishes_are_kept_and_followed(cast, noon):
    actions.choose(
        user=cast.tao,
        choices={"care.handover": (True, DIGEST), "today.handed": (False, OFF)},
        digest="weekly",
        digest_at=datetime.time(8),
        quiet_from=None,
        quiet_until=None,
    )
    assert tell(cast.tao) == 1
    assert tell(cast.tao, kind="today.handed", key="x", params={}) == 0
    assert Job.objects.get(kind="notifications.mail").run_after == timezone.make_aware(
        datetime.datetime(2026, 11, 30, 8)
    )


def test_wishes_that_cannot_be_are_refused_and_nothing_changes(cast):
    client = at(cast.tao)
    sent = {"digest": "daily", "digest_at": "07:30", "quiet_from": "20:00", "quiet_until": ""}
    assert client.post("/notifications/settings/", sent).status_code == 422
    sent = {**sent, "quiet_until": "07:00", "mail-gossip": NOW}
    assert client.post("/notifications/settings/", sent).status_code == 422
    sent = {
        "digest": "daily",
        "digest_at": "07:30",
        "quiet_from": "",
        "quiet_until": "",
        "mail-care.handover": "pigeon",
    }
    assert client.post("/notifications/settings/", sent).status_code == 422
    assert not NotificationHours.objects.exists()


def test_the_page_of_wishes_keeps_them(cast):
    client = at(cast.tao)
    sent = {
        "digest": "none",
        "digest_at": "09:15",
        "quiet_from": "21:00",
        "quiet_until": "06:30",
        "mail-care.handover": OFF,
        "app-care.handover": "on",
        "mail-today.handed": DIGEST,
    }
    assert client.post("/notifications/settings/", sent).status_code == 302
    page = client.get("/notifications/settings/").content.decode()
    assert 'value="09:15"' in page and 'value="21:00"' in page
    found = {one.kind: (one.in_app, one.mail) for one in actions.NotificationChoice.objects.all()}
    assert found == {"care.handover": (True, OFF), "today.handed": (False, DIGEST)}


def test_over_the_api(cast):
    tell(cast.tao, key="a")
    tell(cast.tao, key="b")
    client = at(cast.tao)
    rows = client.get("/api/v1/notifications/?unread=true").json()["results"]
    assert [row["title"] for row in rows] == ["美 hands 2 customers over to you"] * 2
    answer = client.post("/api/v1/notifications/read/", {"ids": [rows[0]["id"]]}, content_type="application/json")
    assert answer.json() == {"read": 1}
    assert len(client.get("/api/v1/notifications/?unread=true").json()["results"]) == 1
    assert at(cast.mei).get("/api/v1/notifications/").json()["results"] == []


def test_old_ones_go(cast):
    tell(cast.tao, key="old")
    Notification.objects.update(created_at=timezone.now() - datetime.timedelta(days=91))
    tell(cast.tao, key="new")
    assert jobs.purge(None) == {"gone": 1}
    assert Notification.objects.get().key == "new"


@pytest.mark.parametrize(
    ("public", "hosts", "base"),
    [
        ("https://crm.qiao.test", ["other.qiao.test"], "https://crm.qiao.test"),
        ("", [".qiao.test", "*", "localhost", "crm.qiao.test", "b.qiao.test"], "https://crm.qiao.test"),
        ("", ["*", "127.0.0.1"], ""),
    ],
)
def test_links_of_a_letter_lead_somewhere_or_are_left_out(cast, settings, public, hosts, base):
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS, settings.TLS, settings.DEBUG = public, hosts, True, False
    tell(cast.tao)
    row = Notification.objects.get()
    body = jobs.compose(cast.tao, [row]).body
    if base:
        assert f"  {base}{row.url}\n" in body and f"{base}/notifications/settings/" in body
    else:
        assert row.url not in body and "://" not in body and "Open Qiao to look at them" in body
