"""What is brought along on the phone, and what comes back from it: whose, once, and with the time it was written at."""

from __future__ import annotations

import datetime
import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crm.clock import now, today
from crm.models import AuditEntry
from customers.contacts.actions import log_contact
from customers.models import Attachment, Commitment, Contact, Issue, Responsibility
from customers.profile.actions import assign, create_customer
from tests.visits.conftest import ahead, at
from tests.visits.test_report_pages import picture
from visits.models import PlannedVisit, VisitReport
from visits.plan.actions import call_off, plan_visit
from visits.report.actions import file_report

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json", "X-Stay": "1"}}
A_DAY = datetime.timedelta(days=1)


@pytest.fixture
def due(visit):
    PlannedVisit.objects.filter(pk=visit.pk).update(day=today())
    visit.refresh_from_db()
    return visit


def listed(user) -> dict[str, str]:
    return {one["url"]: one["stamp"] for one in at(user).get("/visits/phone/list/").json()["pages"]}


def everything() -> list:
    models = (PlannedVisit, VisitReport, Contact, Commitment, Issue, Attachment, AuditEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def written(hours: float) -> str:
    return (now() - datetime.timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# --- what is brought along ----------------------------------------------------------------------------------------


def test_ones_own_visits_until_the_next_working_day(due, shops, cast):
    soon = plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(1), by=cast.tao)
    off = plan_visit(customer=shops[2], visitor=cast.tao, day=ahead(1), by=cast.tao)
    call_off(visit=off, reason="盘点", by=cast.tao)
    later = plan_visit(customer=shops[2], visitor=cast.tao, day=ahead(2), by=cast.tao)
    heads = plan_visit(customer=shops[2], visitor=cast.mei, day=ahead(1), by=cast.mei)
    west = plan_visit(customer=shops[3], visitor=cast.lin, day=ahead(1), by=cast.lin)
    found = listed(cast.tao)
    assert [url for url in found if "/contacts/" not in url] == [
        "/visits/phone/",
        "/visits/sheet/",
        f"/visits/sheet/?day={today()}",
        f"/visits/sheet/?day={ahead(1)}",
        *(f"/visits/{due.pk}/{part}" for part in ("", "brief/", "report/new/")),
        *(f"/visits/{soon.pk}/{part}" for part in ("", "brief/", "report/new/")),
    ]
    assert [url for url in found if "/contacts/" in url] == [
        "/contacts/quick/",
        *(f"/contacts/{part}/?customer={shop.pk}" for shop in shops[:2] for part in ("new", "quick")),
    ]
    assert [url for url in listed(cast.mei) if url.endswith("/brief/")] == [f"/visits/{heads.pk}/brief/"]
    assert [url for url in listed(cast.lin) if url.endswith("/brief/")] == [f"/visits/{west.pk}/brief/"]
    assert not any(f"/visits/{one.pk}/" in url for url in found for one in (off, later, heads, west))
    # Every address is a page of theirs.
    client = at(cast.tao)
    assert {client.get(url).status_code for url in found} == {200}


def test_those_who_visit_nobody_bring_nothing_along(due, cast):
    assert [url for url in listed(cast.ana) if "/visits/" in url and url[8].isdigit()] == []
    page = at(cast.ana).get("/visits/phone/").content.decode()
    assert "data-worker" not in page and "店0" not in page


def test_a_customer_out_of_sight_is_not_brought_along(due, shops, cast, regions):
    due.customer.region = regions.sichuan
    due.customer.save()
    Responsibility.objects.all().delete()
    assert not any(f"/visits/{due.pk}/" in url for url in listed(cast.tao))


def test_what_changed_has_another_stamp(due, shops, cast):
    other = plan_visit(customer=shops[1], visitor=cast.tao, day=ahead(1), by=cast.tao)
    before = listed(cast.tao)
    assert listed(cast.tao) == before
    file_report(visit=due, by=cast.tao, listened="好")
    after = listed(cast.tao)
    assert f"/visits/{due.pk}/report/" in after and f"/visits/{due.pk}/report/new/" not in after
    assert after[f"/visits/{due.pk}/"] != before[f"/visits/{due.pk}/"]
    assert after["/visits/sheet/"] != before["/visits/sheet/"]
    assert after[f"/visits/{other.pk}/"] == before[f"/visits/{other.pk}/"]


def test_as_few_statements_for_many_as_for_few(due, shops, cast):
    def asked(path):
        client = at(cast.tao)
        client.get(path)
        with CaptureQueriesContext(connection) as found:
            assert client.get(path).status_code == 200
        return len(found)

    paths = ("/visits/phone/", "/visits/phone/list/")
    few = [asked(path) for path in paths]
    for n in range(6):
        shop = create_customer(code=f"M{n}", name=f"多{n}", kind="franchisee", region=shops[0].region)
        assign(customers=[shop], user=cast.tao, since=datetime.date(2026, 1, 1))
        plan_visit(customer=shop, visitor=cast.tao, day=ahead(1), by=cast.tao)
    assert [asked(path) for path in paths] == few


# --- what comes back ----------------------------------------------------------------------------------------------


def test_a_report_sent_twice_is_there_once_with_the_time_it_was_written(due, cast):
    url, key = f"/visits/{due.pk}/report/new/", str(uuid.uuid4())
    given = {"minutes": "30", "listened": "补货慢", "client_key": key, "written_at": written(3)}
    client = at(cast.tao)
    first = client.post(url, given, **JSON)
    before = everything()
    again = client.post(url, {**given, "written_at": written(1)}, **JSON)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json() and everything() == before
    one = VisitReport.objects.get()
    assert one.written_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ") == given["written_at"]
    assert one.contact.written_at == one.written_at and one.filed_at - one.written_at >= datetime.timedelta(hours=3)
    assert "Written without a connection" in client.get(one.contact.link).content.decode()


def test_what_arrives_at_once_was_written_when_it_arrived(due, cast):
    one = file_report(visit=due, by=cast.tao, written_at=now())
    assert (one.written_at, one.contact.written_at) == (None, None)
    ahead_of_us = log_contact(customer=due.customer, by=cast.tao, channel="call", written_at=now() + A_DAY)
    assert ahead_of_us.written_at is None and abs(ahead_of_us.happened_at - now()) < datetime.timedelta(minutes=1)


def test_it_began_before_it_was_written_not_before_it_was_sent(due, cast, monkeypatch):
    noon = now().replace(hour=6, minute=0, second=0, microsecond=0)  # 14:00 in the company's time zone
    PlannedVisit.objects.filter(pk=due.pk).update(day=noon.date())
    due.refresh_from_db()
    for module in ("crm.clock.now", "visits.report.actions.now"):
        monkeypatch.setattr(module, lambda: noon + datetime.timedelta(hours=5))
    monkeypatch.setattr("customers.contacts.actions.now", lambda: noon + datetime.timedelta(hours=5))
    one = file_report(visit=due, by=cast.tao, minutes=40, written_at=noon)
    assert one.contact.happened_at == noon - datetime.timedelta(minutes=40)


def test_a_visit_that_nobody_planned_is_of_the_day_it_was_written(shops, cast):
    one = file_report(customer=shops[0], by=cast.tao, written_at=now() - A_DAY)
    assert one.visit.day == today() - A_DAY


def test_called_off_meanwhile_it_changes_nothing_and_shows_a_way_on(due, shops, cast):
    call_off(visit=due, reason="盘点", by=cast.tao)
    before = everything()
    given = {"minutes": "30", "listened": "去了", "client_key": str(uuid.uuid4()), "written_at": written(2)}
    answer = at(cast.tao).post(f"/visits/{due.pk}/report/new/", given, **JSON)
    assert answer.status_code == 409 and everything() == before
    assert answer.json()["ways"] == [
        {
            "label": "Report it as a visit that nobody planned",
            "url": f"/visits/report/new/?customer={shops[0].pk}",
            "back": True,
        }
    ]
    # There it is taken, with the same key.
    made = at(cast.tao).post(f"/visits/report/new/?customer={shops[0].pk}", {**given, "purpose": "routine"}, **JSON)
    assert made.status_code == 201, made.json()
    assert VisitReport.objects.get().contact.text == "去了"


def test_reported_meanwhile_it_leads_to_that_report(due, cast):
    file_report(visit=due, by=cast.tao, listened="电脑上写的")
    before = everything()
    given = {"minutes": "30", "listened": "手机上写的", "client_key": str(uuid.uuid4())}
    answer = at(cast.tao).post(f"/visits/{due.pk}/report/new/", given, **JSON)
    assert (answer.status_code, everything()) == (409, before)
    assert answer.json()["ways"] == [{"label": "Open the report", "url": f"/visits/{due.pk}/report/"}]


@pytest.mark.parametrize(
    "who,more,code",
    [("lin", {}, 404), ("ana", {}, 403), ("tao", {"minutes": "1"}, 422), ("tao", {"listened": "x" * 1001}, 422)],
)
def test_what_is_refused_changes_nothing(due, cast, who, more, code):
    before = everything()
    given = {"minutes": "30", "listened": "好", "client_key": str(uuid.uuid4()), **more}
    assert at(getattr(cast, who)).post(f"/visits/{due.pk}/report/new/", given, **JSON).status_code == code
    assert everything() == before


def test_photos_follow_once_and_say_nothing_on_the_next_page(due, cast):
    one = file_report(visit=due, by=cast.tao)
    client = at(cast.tao)
    for _n in range(2):
        sent = client.post(f"/visits/{due.pk}/report/photos/", {"photos": picture()}, **JSON)
        assert (sent.status_code, sent.json()) == (201, {"errors": []})
    assert (one.photos.count(), Attachment.objects.count()) == (1, 1)
    no_picture = SimpleUploadedFile("x.jpg", b"", "image/jpeg")
    refused = client.post(f"/visits/{due.pk}/report/photos/", {"photos": no_picture}, **JSON)
    assert refused.status_code == 422 and refused.json()["errors"][0].startswith("x.jpg: ")
    assert Attachment.objects.count() == 1
    assert "x.jpg" not in client.get(f"/visits/{due.pk}/report/").content.decode()


def test_many_photos_of_a_report_may_be_large(settings):
    allowed = dict(settings.UPLOAD_PATHS)
    paths = ("/visits/7/report/photos/", "/visits/7/report/new/", "/visits/report/new/")
    found = [next((most for path, most in allowed.items() if re.fullmatch(path, one)), 0) for one in paths]
    assert found == [settings.FILES_MAX_BYTES] * 3


def test_a_contact_sent_twice_is_there_once_with_the_time_it_was_written(shops, cast):
    url, key = f"/contacts/new/?customer={shops[0].pk}", str(uuid.uuid4())
    given = {"channel": "call", "text": "一", "client_key": key, "written_at": written(5)}
    client = at(cast.tao)
    first = client.post(url, given, **JSON)
    before = everything()
    again = client.post(url, given, **JSON)
    assert first.json() == again.json() and everything() == before
    one = Contact.objects.get()
    assert one.happened_at == one.written_at and one.created_at - one.written_at >= datetime.timedelta(hours=5)
    # The same key with another customer is no answer to this one.
    other = client.post(f"/contacts/new/?customer={shops[1].pk}", given, **JSON)
    assert other.status_code == 422 and everything() == before


def test_when_it_was_is_kept_beside_when_it_was_written(shops, cast):
    said = now() - 2 * A_DAY
    one = log_contact(customer=shops[0], by=cast.tao, channel="call", happened_at=said, written_at=now() - A_DAY)
    assert (one.happened_at, one.written_at.date()) == (said, (now() - A_DAY).date())
